import { once } from 'node:events';
import { userInfo } from 'node:os';
import { localCallers } from '../../shared/access.ts';
import { consoleLog } from '../local/console-log.ts';
import { makeConsole } from '../../functions/console/handler.ts';
import { makeCatalog, withStreamSettings, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { functionNames, type FunctionName } from '../../shared/topology.ts';
import { openProject } from '../../shared/gcp/project.ts';
import { catalogFileOf, catalogOption, chooseCatalogDefinition } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, type Arguments, type Io } from '../command.ts';
import { startConsoleServer } from '../local/console-server.ts';
import { buildWithCatalog } from '../local/build-with-catalog.ts';
import { builtDirectory } from '../local/built.ts';
import { cleanUp, type Cleanups } from '../local/cleanups.ts';
import { LocalPipeline, type LocalPipelineOptions } from '../local/local-pipeline.ts';
import { useEmulators, rejectWhenLost, provideEmulators, type Emulators } from '../local/local-emulators.ts';
import { localEnv, readLocalConfig } from '../local/local-settings.ts';
import { endPushing } from '../local/resources.ts';
import { publishTicks } from '../local/sweep-timer.ts';
import { portOf } from '../local/port-setting.ts';
import type { OptionDeclarations } from '../options.ts';
import { summaries } from '../summaries.ts';

const options = {
  catalog: catalogOption,
  pull: { kind: 'flag', help: 'let a worker pull for validate and track, in place of functions that are pushed to' },
} as const satisfies OptionDeclarations;

/** The functions for which a worker pulls, as it does in the cloud. */
const pulledByWorker: readonly FunctionName[] = ['validate', 'track'];

export const dev = makeCommand({
  name: 'dev',
  summary: summaries.dev,
  positionals: [],
  options,
  notes: [
    'Starts the Pub/Sub and the Firestore emulator, unless PUBSUB_EMULATOR_HOST or FIRESTORE_EMULATOR_HOST names one.',
    'Makes the topics and subscriptions. Serves each function with the functions framework, and the console at',
    'http://localhost:8080 (PORT in the environment). Publish to the topic events, read cleaned-events.',
    'Ctrl-C ends everything that it started.',
    '',
    'Settings and their defaults: GOOGLE_CLOUD_PROJECT (eventmend-local), GRACE_MS and RESEND_TIMEOUT_MS (3000).',
    'With a catalog of your own, the functions are built with it into dist/dev.',
  ],
  run: runDev,
});

async function runDev({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const cleanups: Cleanups = [];
  try {
    const port = portOf(io);
    readLocalConfig(localEnv(io.env, anyHosts));
    const definition = await chooseCatalogDefinition(values.catalog, io);
    const file = catalogFileOf(values.catalog, io);
    const built = file === undefined ? builtDirectory() : await buildWithCatalog(file, io);
    const emulators = await provideEmulators(io, cleanups);
    await serve({ io, built, definition, port, emulators, cleanups, isPulled: values.pull });
    if (!io.signal.aborted) await Promise.race([once(io.signal, 'abort'), rejectWhenLost(emulators)]);
  } catch (error) {
    // After the signal, the work under way ends with an error.
    if (!io.signal.aborted) throw error;
  } finally {
    if (cleanups.length > 0) io.stdout.write('ending\n');
    await cleanUp(cleanups);
  }
  return 0;
}

/** Placeholders for the hosts of the emulators: the settings are checked before anything is started. */
const anyHosts = { PUBSUB_EMULATOR_HOST: 'localhost:1', FIRESTORE_EMULATOR_HOST: 'localhost:1' };

interface Service {
  readonly io: Io;
  readonly built: string;
  readonly definition: CatalogDefinition;
  readonly port: number;
  readonly emulators: Emulators;
  readonly cleanups: Cleanups;
  /** Whether a worker pulls. */
  readonly isPulled: boolean;
}

async function serve({ io, built, definition, port, emulators, cleanups, isPulled }: Service): Promise<void> {
  const hosts = useEmulators(emulators);
  const env = localEnv(io.env, hosts);
  const config = readLocalConfig(env);
  const catalog = makeCatalog(withStreamSettings(definition, config.streamSettings));
  const sources = catalog.sources.all.slice(1).map(({ name }) => name);
  const project = openProject(config, catalog);
  cleanups.push(() => project.clients.close());
  // In this process, because the server of the framework answers requests for any host name.
  const server = await startConsoleServer({
    console: makeConsole({ ...project, log: consoleLog(io), callers: localCallers(userInfo().username) }),
    port,
  });
  cleanups.push(() => server.close());

  const pubsub = await project.clients.pubsub();
  const show = (line: string): void => {
    io.stderr.write(`${line}\n`);
  };
  const pipeline = await LocalPipeline.start(
    { pubsub, sources, ...processesOf(isPulled), envOf: () => env, built, show },
    io.signal,
  );
  cleanups.push(() => pipeline.stop());
  if (!emulators.PUBSUB_EMULATOR_HOST.isOurs) cleanups.push(() => endPushing(pubsub, sources));
  const ticking = publishTicks(project.publisher, io.signal, show);
  cleanups.push(() => Promise.race([ticking, Promise.resolve()]));
  const settings = { ...hosts, GOOGLE_CLOUD_PROJECT: config.projectId };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  io.stdout.write(`${lines.join('')}Console: ${server.url}\n`);
  const topics = ['events', ...sources].join(', ');
  io.stdout.write(`ready: publish to ${topics}, read cleaned-events. Ctrl-C ends it.\n`);
}

function processesOf(isPulled: boolean): Pick<LocalPipelineOptions, 'functions' | 'workers'> {
  const functions = functionNames.filter((name) => name !== 'console');
  if (!isPulled) return { functions };
  return {
    functions: functions.filter((name) => !pulledByWorker.includes(name)),
    workers: [{ name: 'worker', functions: pulledByWorker }],
  };
}
