import { makeRandom } from '../../shared/embedded/random.ts';
import { digest } from '../../shared/digest.ts';
import { runLimited } from '../../shared/run-limited.ts';
import { timed } from '../processes/worker.ts';
import { makeCreateWriter, makePutAndCompleteWriter, makeTransactionWriter } from './document-writers.ts';
import { makeGroupCommitWriter } from './group-commit-writer.ts';
import { makePowertoolsWriter } from './powertools-writer.ts';
import type { BenchDatabase, MakeStateWriter, StateEvent, StateSideName } from './state-side.ts';

/** A run of a side: the events of one stream, which several writers handle at the same time. */
export interface StateTask {
  readonly side: StateSideName;
  /** The name of the run. The stream of each run is new. */
  readonly run: string;
  readonly events: number;
  readonly writers: number;
  /** How many places apart an event may come from its place. */
  readonly disorder: number;
  /** The writers of this process. */
  readonly own: readonly number[];
}

export interface StateReport {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly operations: number;
}

/** The events that each writer handles at a time. */
const inFlight = 1_000;

const makers: Readonly<Record<StateSideName, MakeStateWriter>> = {
  ours: makeGroupCommitWriter,
  transaction: makeTransactionWriter,
  create: makeCreateWriter,
  'put and complete': makePutAndCompleteWriter,
  powertools: makePowertoolsWriter,
};

/** Runs the writers of this process. @param databases A database for each of them. */
export async function runState(task: StateTask, databases: readonly BenchDatabase[]): Promise<StateReport> {
  const shares = eventsByWriter(task);
  const writers = task.own.map((number, i) => ({
    writer: makers[task.side](databaseOf(databases, i), task.run),
    events: shares[number] ?? [],
  }));
  const { wallMs, cpuMs } = await timed(() =>
    Promise.all(
      writers.map(async ({ writer, events }) => {
        await runLimited(events, inFlight, writer.handle);
        await writer.flush();
      }),
    ),
  );
  return { wallMs, cpuMs, operations: writers.reduce((sum, { writer }) => sum + writer.operations(), 0) };
}

function databaseOf(databases: readonly BenchDatabase[], i: number): BenchDatabase {
  const database = databases[i];
  if (!database) throw new Error(`writer ${i} has no database`);
  return database;
}

/** Shuffles the events within the disorder, and gives each to a random writer. All processes get the same result. */
function eventsByWriter({ events, writers, disorder, run }: StateTask): StateEvent[][] {
  const random = makeRandom(1);
  const shares = Array.from({ length: writers }, (): StateEvent[] => []);
  const places = Array.from({ length: events }, (_, n) => ({ id: n + 1, place: n + random() * disorder }));
  for (const { id } of places.sort((a, b) => a.place - b.place))
    shares[Math.floor(random() * writers)]?.push(stateEvent(run, id));
  return shares;
}

function stateEvent(run: string, id: number): StateEvent {
  const root = `events/${run}-${id}`;
  return { id, root, hash: digest(root) };
}
