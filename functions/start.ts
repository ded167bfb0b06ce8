/**
 * Starts the function of a bundle: reads its settings, opens its ports, makes an instance and registers it with the
 * framework.
 *
 * It registers an HTTP function. The framework's event functions lose `deliveryAttempt` and mishandle a message without
 * data. A handler that the framework takes for an event function, because it has two parameters, never acks.
 */
import { userInfo } from 'node:os';
import process, { env, exit, stderr, stdout } from 'node:process';
import { http } from '@google-cloud/functions-framework';
import { localCallers, type CallerIdentifier } from '../shared/access.ts';
import { makeCatalog, withStreamSettings } from '../shared/catalog-definition.ts';
import { catalog as definition } from '../shared/catalog.ts';
import { missingSystemKeys, readFunctionConfig, type FunctionConfig } from '../shared/config.ts';
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
import { withShortNames } from './short-names.ts';

/**
 * @param make Makes the instance. It is the `make*` function of the handler.ts.
 * @param atStart The openers of services that every instance needs. They are opened before the first delivery.
 * @param onFirstCall The openers of services that few instances need. Opening them at each start would make every cold
 * start slower.
 */
export function startFunction<AtStart extends ServiceName, OnFirstCall extends ServiceName = never>(
  name: FunctionName,
  make: (ports: PortsOf<NoInfer<AtStart | OnFirstCall>> & WithCallers) => FunctionInstance | Console,
  atStart: Openers<AtStart>,
  onFirstCall?: Openers<OnFirstCall>,
): void {
  const openers = { ...atStart, ...onFirstCall } as Openers<AtStart | OnFirstCall>;
  const { config, catalog } = readAll(name, { asksSystems: 'systems' in openers, readsLists: 'lists' in openers });
  // An emulator needs no credentials. Outside Google Cloud the lookup of the metadata server would time out.
  if (config.usesEmulator) env.METADATA_SERVER_DETECTION ??= 'none';
  const { projectId, countsIntervalMs, revision } = config;
  const write = (line: string): void => {
    stdout.write(`${line}\n`);
  };
  const log = new CloudLog({ projectId, functionName: name, revision, clock, countsIntervalMs, write });
  reportUncaught(process, log, () => exit(1));
  const context: FunctionContext = { catalog, clock, random: Math.random, log };
  const services = openPorts({ ...context, clients: makeClientPool(config), systemSettings: config.systems }, openers);
  // If a library cannot be loaded, the uncaught error ends the instance.
  void services.open(Object.keys(atStart) as AtStart[]);
  const made = make({ ...context, ...services, callers: callersFor(config) });
  http(
    name,
    serve(
      name,
      typeof made === 'function' ? made : flushing(withShortNames(made, config.namePrefix), services),
      log,
      clock,
    ),
  );
}

interface WithCallers {
  /** Only the console has callers. */
  readonly callers: CallerIdentifier;
}

/** On Cloud Run the platform says who calls. Elsewhere it is the user of the machine. */
function callersFor({ isOnCloudRun, consoleAccess }: FunctionConfig): CallerIdentifier {
  if (!isOnCloudRun) return localCallers(userInfo().username);
  const loading = import('../shared/gcp/cloud-callers.ts').then(({ CloudCallers }) => new CloudCallers(consoleAccess));
  return { identify: async (headers) => (await loading).identify(headers) };
}

/** Returns the instance with a `finish` that also waits until nothing is left to publish. */
function flushing(instance: FunctionInstance, { flush }: { readonly flush: () => Promise<void> }): FunctionInstance {
  const finish = async (): Promise<void> => {
    await instance.finish?.();
    await flush();
  };
  return { ...instance, finish };
}

/** Reads the settings and the catalog. If there are problems, it prints all of them and ends the process. */
function readAll(name: FunctionName, { asksSystems, readsLists }: { asksSystems: boolean; readsLists: boolean }) {
  const problems: string[] = [];
  const settings = attempt(() => readFunctionConfig(env), problems);
  const made = attempt(() => makeCatalog(withStreamSettings(definition, settings?.streamSettings ?? {})), problems);
  if (settings && settings.target !== name)
    problems.push(`FUNCTION_TARGET is ${settings.target}, but this is the bundle of ${name}`);
  if (made && asksSystems) problems.push(...missingSystemKeys(env, made.systems, 'events with records'));
  if (made && readsLists) problems.push(...missingSystemKeys(env, made.listedSystems, 'streams with the list'));
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
