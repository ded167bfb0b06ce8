/**
 * Starts the function of a bundle: reads its settings, opens its ports, makes an instance and registers it with the framework.
 *
 * It serves plain HTTP. The framework's own reading of a push loses `deliveryAttempt` and mishandles a message without data; and
 * a handler that it takes for one of an event, because of two parameters, never acks.
 */
import process, { env, exit, stderr, stdout } from 'node:process';
import { http } from '@google-cloud/functions-framework';
import { makeCatalog, withStreamSettings } from '../shared/catalog-definition.ts';
import { catalog as definition } from '../shared/catalog.ts';
import { readFunctionConfig } from '../shared/config.ts';
import { ConfigError } from '../shared/errors.ts';
import type { FunctionContext, FunctionInstance, PortsOf, ServiceName } from '../shared/function-instance.ts';
import { makeClientPool } from '../shared/gcp/clients.ts';
import { systemClock as clock } from '../shared/gcp/clock.ts';
import { CloudLog } from '../shared/gcp/log.ts';
import { openPorts, type Openers } from '../shared/gcp/ports.ts';
import type { FunctionName } from '../shared/topology.ts';
import type { Console } from './console/handler.ts';
import { reportUncaught } from './report-uncaught.ts';
import { serve } from './serve.ts';

/**
 * @param make Makes the instance, from the handler.ts of the function.
 * @param atStart Opens the services that every instance needs: they are loaded before the first delivery comes.
 * @param onFirstCall Opens services that few instances need: to load them at each start would make every cold start longer.
 */
export function startFunction<AtStart extends ServiceName, OnFirstCall extends ServiceName = never>(
  name: FunctionName,
  make: (ports: PortsOf<NoInfer<AtStart | OnFirstCall>>) => FunctionInstance | Console,
  atStart: Openers<AtStart>,
  onFirstCall?: Openers<OnFirstCall>,
): void {
  const { config, catalog } = readAll(name);
  // An emulator needs no credentials, and off Google Cloud nobody answers who has them.
  if (config.usesEmulator) env.METADATA_SERVER_DETECTION ??= 'none';
  const { projectId, countsIntervalMs } = config;
  const write = (line: string): void => {
    stdout.write(`${line}\n`);
  };
  const log = new CloudLog({ projectId, speaker: name, clock, countsIntervalMs, write });
  reportUncaught(process, log, () => exit(1));
  const context: FunctionContext = { catalog, clock, random: Math.random, log };
  const openers = { ...atStart, ...onFirstCall } as Openers<AtStart | OnFirstCall>;
  const services = openPorts({ ...context, clients: makeClientPool(config) }, openers);
  // A library that cannot be loaded is an uncaught error, and ends the instance.
  void services.open(Object.keys(atStart) as AtStart[]);
  const made = make({ ...context, ...services });
  http(name, serve(name, typeof made === 'function' ? made : flushing(made, services), log, clock));
}

/** The instance, which ends when nothing waits to be published any more. */
function flushing(instance: FunctionInstance, { flush }: { readonly flush: () => Promise<void> }): FunctionInstance {
  const finish = async (): Promise<void> => {
    await instance.finish?.();
    await flush();
  };
  return { ...instance, finish };
}

/** Reads the settings and the catalog, and ends the process with all that is wrong with either. */
function readAll(name: FunctionName) {
  const problems: string[] = [];
  const settings = attempt(() => readFunctionConfig(env), problems);
  const made = attempt(() => makeCatalog(withStreamSettings(definition, settings?.streamSettings ?? {})), problems);
  if (settings && settings.target !== name)
    problems.push(`FUNCTION_TARGET is ${settings.target}, and this is the bundle of ${name}`);
  if (settings && made && problems.length === 0) return { config: settings, catalog: made };
  stderr.write(`${new ConfigError(problems).message}\n`);
  return exit(1);
}

function attempt<T>(read: () => T, problems: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
