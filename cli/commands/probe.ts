import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { openProject, type Project } from '../../shared/gcp/project.ts';
import type { Connection } from '../../shared/config.ts';
import { makeCommand, UsageError, type Arguments, type Io } from '../command.ts';
import { connectionOf, where } from '../connection.ts';
import type { OptionDeclarations } from '../options.ts';
import { checkGrants, checkSettings } from '../probe/check-subscriptions.ts';
import { followRoutes, type Result } from '../probe/follow-routes.ts';
import { firstFreeId, GooglePipeline } from '../probe/google-pipeline.ts';
import { drawResults, drawVerdict, failedOf } from '../probe/report.ts';
import { planRoutes } from '../probe/routes.ts';
import { reasonOf } from '../reason.ts';

/** How often it is looked, in milliseconds. */
const lookEveryMs = 500;

const options = {
  timeout: {
    kind: 'number',
    value: 'SECONDS',
    min: 1,
    max: 3_600,
    // Three ticks of the scheduler, a minute each, find, ask for and infer the probe's gap; cold starts come on top.
    default: 300,
    help: 'how long it waits for all of them',
  },
  json: { kind: 'flag', help: 'print the results as JSON' },
} as const satisfies OptionDeclarations;

export const probe = makeCommand({
  name: 'probe',
  summary: 'send events through a pipeline that is deployed, and check where each ends',
  positionals: [],
  options,
  notes: [
    'Publishes an event for each route through the pipeline, in a stream that consumers leave out, waits for where each ends, and',
    'checks that the subscriptions are what topology.json says. It leaves neither letters nor subscriptions behind.',
    'Uses the emulators at PUBSUB_EMULATOR_HOST and FIRESTORE_EMULATOR_HOST, or else the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: every route ends where it should. 1: one does not, and is named, or an error. 2: wrong arguments.',
  ],
  run: runProbe,
});

async function runProbe({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const connection = connectionOf(io);
  if (connection.usesEmulator && io.env.FIRESTORE_EMULATOR_HOST === undefined)
    throw new UsageError('PUBSUB_EMULATOR_HOST is set and FIRESTORE_EMULATOR_HOST is not: set both, or neither');
  const project = openProject(connection);
  try {
    const results = await examine(project, connection, values.timeout * 1_000, io.signal);
    const place = `${connection.projectId}${where(io)}`;
    const isPassed = failedOf(results).length === 0;
    if (values.json) {
      io.stdout.write(`${JSON.stringify({ passed: isPassed, project: connection.projectId, results }, null, 2)}\n`);
    } else {
      const isColoured = io.stdout.isTTY === true;
      io.stdout.write(`${drawResults(results, isColoured)}\n${drawVerdict(results, place, isColoured)}`);
    }
    return isPassed ? 0 : 1;
  } finally {
    await project.clients.close();
  }
}

async function examine(
  project: Project,
  { usesEmulator: isEmulated, publishTimeoutMs }: Connection,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const [pubsub, database] = [await project.clients.pubsub(), await project.clients.database()];
  const deps = { project, pubsub, database, isEmulated, timeoutMs: publishTimeoutMs };
  const run = { id: randomUUID(), firstId: await firstFreeId(project), startedAtMs: Date.now() };
  const pipeline = await GooglePipeline.listen(deps, run.id);
  const pause = () => setTimeout(lookEveryMs, undefined, { signal });
  const patience = { nowMs: () => performance.now(), pause, timeoutMs };
  // None of these throws: what goes wrong with one says nothing of the others.
  const [routes, ...checks] = await Promise.all([
    followRoutes(planRoutes(run), pipeline, patience),
    checkSettings(deps),
    checkGrants(deps),
  ]);
  const leftBehind = await pipeline.close().then(nothing, failedToCleanUp);
  // What a Ctrl-C has ended says nothing of the pipeline.
  signal.throwIfAborted();
  return [...routes, ...checks, ...leftBehind];
}

function nothing(): readonly Result[] {
  return [];
}

function failedToCleanUp(error: unknown): readonly Result[] {
  return [{ name: 'clean-up', outcome: 'failed', detail: reasonOf(error) }];
}
