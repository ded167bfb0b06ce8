/**
 * Starts the function of a bundle: reads its settings, opens its ports, makes an instance and registers it with the
 * framework.
 *
 * It registers an HTTP function. The framework's event functions lose `deliveryAttempt` and mishandle a message without
 * data. A handler that the framework takes for an event function, because it has two parameters, never acks.
 */
import { userInfo } from 'node:os';
import process, { env, exit, stdout } from 'node:process';
import { http } from '@google-cloud/functions-framework';
import { localCallers, type CallerIdentifier } from '../shared/access.ts';
import { readFunctionConfig, type FunctionConfig } from '../shared/config.ts';
import type { FunctionContext, FunctionInstance, PortsOf, ServiceName } from '../shared/function-instance.ts';
import { makeClientPool } from '../shared/gcp/clients.ts';
import { systemClock as clock } from '../shared/gcp/clock.ts';
import { CloudLog } from '../shared/gcp/log.ts';
import { openPorts, type Openers } from '../shared/gcp/ports.ts';
import type { FunctionName } from '../shared/topology.ts';
import type { Console } from './console/handler.ts';
import { readSettings, type AskedSystems } from './read-settings.ts';
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
  const { config, catalog } = readAll(name, { asksRecords: 'systems' in openers, readsLists: 'lists' in openers });
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

/** Reads the settings and the catalog of a function. */
function readAll(name: FunctionName, asks: AskedSystems) {
  return readSettings(
    () => readFunctionConfig(env),
    asks,
    ({ target }) => (target === name ? [] : [`FUNCTION_TARGET is ${target}, but this is the bundle of ${name}`]),
  );
}
