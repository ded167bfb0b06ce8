import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { openProject, type Project } from '../../shared/gcp/project.ts';
import type { Connection } from '../../shared/config.ts';
import { catalogOption, chooseCatalog } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, UsageError, type Arguments, type Io } from '../command.ts';
import { connectionOf, atEmulator } from '../connection.ts';
import type { OptionDeclarations, OptionValues } from '../options.ts';
import { checkGrants, checkSettings, grantsNotChecked } from '../probe/check-subscriptions.ts';
import { followRoutes, type Result } from '../probe/follow-routes.ts';
import { firstFreeId, GooglePipeline } from '../probe/google-pipeline.ts';
import { drawResults, drawVerdict, failedOf } from '../probe/report.ts';
import { planRoutes } from '../probe/routes.ts';
import { reasonOf } from '../reason.ts';
import { checkListening } from '../listening.ts';
import { summaries } from '../summaries.ts';
import { terminalOf } from '../screen/table.ts';

/** The time between two checks of the routes, in milliseconds. */
const lookEveryMs = 500;

const options = {
  timeout: {
    kind: 'number',
    value: 'SECONDS',
    min: 1,
    max: 3_600,
    // The scheduler ticks once a minute. Three ticks find, ask for and infer the probe's gap. Cold starts take extra
    // time.
    default: 300,
    help: 'how long to wait for all routes',
  },
  subscription: {
    kind: 'text',
    value: 'NAME',
    help: "listen on this subscription to cleaned-events with the probe's stream, and make none",
  },
  'skip-grants': { kind: 'flag', help: 'do not check grants, for an account that may not read them' },
  catalog: catalogOption,
  json: { kind: 'flag', help: 'print the results as JSON' },
} as const satisfies OptionDeclarations;

export const probe = makeCommand({
  name: 'probe',
  summary: summaries.probe,
  positionals: [],
  options,
  notes: [
    'Publishes an event for each route through the pipeline, in a stream that consumers filter out, and waits for each result.',
    'Checks that the subscriptions match topology.json. Deletes its dead letters and its subscription at the end.',
    'Uses the emulators at PUBSUB_EMULATOR_HOST and FIRESTORE_EMULATOR_HOST, or else the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: every route ends as expected. 1: a route or a check failed (the last line names it), or an error. 2: wrong arguments.',
  ],
  run: runProbe,
});

async function runProbe({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const connection = connectionOf(io);
  if (connection.usesEmulator && io.env.FIRESTORE_EMULATOR_HOST === undefined)
    throw new UsageError('PUBSUB_EMULATOR_HOST is set and FIRESTORE_EMULATOR_HOST is not: set both, or neither');
  await checkListening('PUBSUB_EMULATOR_HOST', io.env.PUBSUB_EMULATOR_HOST);
  const project = openProject(connection, await chooseCatalog(values.catalog, io));
  try {
    const results = await examine(project, connection, values, io.signal);
    const place = `${connection.projectId}${atEmulator(io)}`;
    const isPassed = failedOf(results).length === 0;
    if (values.json) {
      io.stdout.write(`${JSON.stringify({ passed: isPassed, project: connection.projectId, results }, null, 2)}\n`);
    } else {
      const terminal = terminalOf(io.stdout);
      io.stdout.write(`${drawResults(results, terminal)}\n${drawVerdict(results, place, terminal)}`);
    }
    return isPassed ? 0 : 1;
  } finally {
    await project.clients.close();
  }
}

async function examine(
  project: Project,
  { usesEmulator: isEmulated, namePrefix, publishTimeoutMs }: Connection,
  { timeout, subscription, 'skip-grants': skipsGrants }: OptionValues<typeof options>,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const [pubsub, database] = [await project.clients.pubsub(), await project.clients.database.letters()];
  const sources = project.catalog.sources.all.slice(1).map(({ name }) => name);
  const deps = { project, pubsub, database, sources, isEmulated, namePrefix, timeoutMs: publishTimeoutMs };
  const run = { id: randomUUID(), firstId: await firstFreeId(project), startedAtMs: Date.now() };
  const pipeline = await GooglePipeline.listen(deps, run.id, subscription);
  const pause = () => setTimeout(lookEveryMs, undefined, { signal });
  const policy = { nowMs: () => performance.now(), pause, timeoutMs: timeout * 1_000 };
  // None of these throws. A failure of one says nothing about the others.
  const [routes, ...checks] = await Promise.all([
    followRoutes(planRoutes(run), pipeline, policy),
    checkSettings(deps),
    skipsGrants ? grantsNotChecked('it was not asked for') : checkGrants(deps),
  ]);
  const leftBehind = await pipeline.close().then(nothing, failedToCleanUp);
  // Results that Ctrl-C cut short say nothing about the pipeline.
  signal.throwIfAborted();
  return [...routes, ...checks, ...leftBehind];
}

function nothing(): readonly Result[] {
  return [];
}

function failedToCleanUp(error: unknown): readonly Result[] {
  return [{ name: 'clean-up', outcome: 'failed', detail: reasonOf(error) }];
}
