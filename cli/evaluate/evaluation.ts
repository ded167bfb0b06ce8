import { formatCount } from '../../shared/views/format.ts';
import type { Catalog } from '../../shared/catalog-definition.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import type { AnswerCounts } from '../../shared/gaps/answers.ts';
import { sizeOf, type Range } from '../../shared/gaps/range.ts';
import { existenceOf } from '../../shared/inference/existence.ts';
import { History } from '../../shared/inference/history.ts';
import type { InferredEvent } from '../../shared/inference/infer.ts';
import { inferGap } from '../../shared/inference/infer-gap.ts';
import { knownEvents, spreadInstants, type Known } from '../../shared/inference/neighbours.ts';
import type { BlockStore, Clock } from '../../shared/ports.ts';
import { Turns } from '../../shared/turns.ts';
import { UsageError } from '../command.ts';
import type { InputRecord } from '../input/input-record.ts';
import type { ProgressBar } from '../screen/progress-bar.ts';
import { readEventFile } from './event-file.ts';
import { drawFates, runsToLearnFrom, type Fate, type FateShares } from './fates.ts';
import { chooseRuns, removeRuns, loadStreamIds } from './removal.ts';
import { scoreOf, type Judged, type Score } from './score.ts';

export interface EvaluationJob extends FateShares {
  readonly events: AsyncIterable<InputRecord>;
  readonly catalog: Catalog;
  /** The name of the source that the events are read by. */
  readonly source: string;
  /** Path of the entity. Undefined for the paths of the catalog. */
  readonly entity: string | undefined;
  readonly share: number;
  readonly runLength: number;
  readonly seed: number;
  readonly bars: { readonly reading: ProgressBar; readonly inferring: (runs: number) => ProgressBar };
  readonly signal: AbortSignal;
}

export interface Evaluation extends Score, FateShares {
  /** Events of the file that the pipeline would have published. */
  readonly events: number;
  /** Records that the pipeline would not have published: dead letters and duplicates. */
  readonly skipped: number;
  /** Ids that were missing before any event was removed. */
  readonly missing: number;
  readonly removed: number;
  /** Share of the events that the user asked to remove. */
  readonly share: number;
  /** Share of the events that was removed. It is lower if there was no room for more runs. */
  readonly removedShare: number;
  readonly runLength: number;
  readonly seed: number;
  /** The number of removed events that were judged. The ones before them were only learned from. */
  readonly judged: number;
  /** The answers that had come after their deadlines by the end of the evaluation. */
  readonly lateAnswers: AnswerCounts;
  /** The score of the baseline: the most frequent type, midway between the neighbours. */
  readonly baseline: Score;
}

const stream = 'evaluated';

/** Removes events of a file, infers them as the pipeline would, and compares them with the originals. */
export async function evaluateFile(job: EvaluationJob): Promise<Evaluation> {
  const { share, runLength, seed, holes, answers, catalog, bars } = job;
  const { blocks, skipped } = await readEventFile({
    events: job.events,
    stream,
    source: job.source,
    catalog,
    onRecord: (count) => {
      job.signal.throwIfAborted();
      bars.reading.draw(count, Date.now());
    },
  });
  bars.reading.clear();
  const { ids, missing } = await loadStreamIds(blocks, stream);
  const random = makeRandom(seed);
  const runs = chooseRuns(ids, { share, runLength, random });
  if (runs.length === 0) {
    const why = skipped === 0 ? '' : `; skipped: ${formatCount(skipped, 'record')}`;
    throw new UsageError(`no run of ${runLength} can be removed from ${formatCount(ids.length, 'event')}${why}`);
  }
  const removed = await removeRuns(blocks, stream, runs);
  const frequent = await frequentTypeOf(blocks);
  if (job.entity !== undefined && !frequent.hasEntities && removed.every(({ entity }) => entity === 0))
    throw new UsageError(`no event has a text or number at ${job.entity}, the path that --entity names`);
  // Drawn after the runs, so that a seed removes the same events whatever their fates.
  const fates = drawFates(
    removed.map(({ eventId }) => eventId),
    job,
    random,
  );
  const { byId: inferred, lateAnswers } = await inferRuns(job, blocks, runs, fates);
  const midway = await instantsMidway(blocks, runs);
  const firstJudged = runs[runsToLearnFrom(runs.length, job)]?.from ?? 0;
  const judged = removed.filter(({ eventId }) => eventId >= firstJudged);
  const existed = ({ eventId }: Known): boolean => fates.get(eventId)?.existed === true;
  return {
    events: ids.length,
    skipped,
    missing,
    removed: removed.length,
    share,
    removedShare: removed.length / ids.length,
    runLength,
    seed,
    holes,
    answers,
    judged: judged.length,
    lateAnswers,
    ...scoreOf(judged.map((event) => judge(event, existed(event), inferred.get(event.eventId)))),
    baseline: scoreOf(judged.map((event) => judgeBaseline(event, existed(event), midway.get(event.eventId), frequent))),
  };
}

/** The inferred events by id, and the late answers to all gaps. */
interface Inferences {
  readonly byId: ReadonlyMap<number, InferredEvent>;
  readonly lateAnswers: AnswerCounts;
}

/**
 * Infers the runs in the order of the stream. The answers to a run come after it was inferred, so an inference knows
 * only the answers to the runs before it. The events themselves stay removed.
 */
async function inferRuns(
  { catalog, bars, signal }: EvaluationJob,
  blocks: BlockStore,
  runs: readonly Range[],
  fates: ReadonlyMap<number, Fate>,
): Promise<Inferences> {
  const deps = { blocks, catalog, history: new History({ blocks, clock: stillClock }), turns: new Turns(stillClock) };
  const lateAnswers = { originals: 0, voids: 0 };
  const bar = bars.inferring(runs.length);
  const byId = new Map<number, InferredEvent>();
  for (const run of runs) {
    signal.throwIfAborted();
    const existence = existenceOf({ ...lateAnswers }, catalog.stream(stream));
    const { inferred } = await inferGap(deps, stream, run, () => Promise.resolve(existence));
    for (const event of inferred) byId.set(event.eventId, event);
    for (let id = run.from; id <= run.to; id++) {
      const fate = fates.get(id);
      if (fate?.isAnswered) lateAnswers[fate.existed ? 'originals' : 'voids']++;
    }
    bar.advance(1);
    bar.draw(byId.size, Date.now());
  }
  bar.clear();
  return { byId, lateAnswers };
}

/** A clock that stands still. Nothing changes during an evaluation, so no cached history becomes old. */
const stillClock: Clock = { now: () => 0, schedule: () => () => undefined };

function judge(event: Known, existed: boolean, inferred: InferredEvent | undefined): Judged {
  return {
    existed,
    isTypeRight: existed && inferred?.type === event.type,
    isEntityRight: event.entity === 0 || !existed ? undefined : inferred?.entity?.digest === event.entity,
    confidence: inferred?.confidence ?? 0,
    offMs: existed && inferred ? inferred.instantMs - event.instantMs : undefined,
  };
}

/** The type that the baseline infers for every event: the most frequent one of the events that are left. */
interface FrequentType {
  readonly type: string;
  /** Its share of all. */
  readonly share: number;
  readonly hasEntities: boolean;
}

function judgeBaseline(
  event: Known,
  existed: boolean,
  instantMs: number | undefined,
  { type, share }: FrequentType,
): Judged {
  return {
    existed,
    isTypeRight: existed && event.type === type,
    isEntityRight: undefined,
    confidence: share,
    offMs: instantMs === undefined || !existed ? undefined : instantMs - event.instantMs,
  };
}

/** Spreads the instants of removed events evenly between the nearest known events. @returns The instants by id. */
async function instantsMidway(blocks: BlockStore, runs: readonly Range[]): Promise<ReadonlyMap<number, number>> {
  const byId = new Map<number, number>();
  let [at, previous] = [0, undefined as Known | undefined];
  for await (const block of blocks.scan(stream, 0, Number.POSITIVE_INFINITY)) {
    for (const next of knownEvents(block)) {
      for (let run = runs[at]; run && run.to < next.eventId; run = runs[++at]) {
        const { from } = run;
        const instants = spreadInstants({ previous, next }, sizeOf(run));
        instants?.forEach((instantMs, i) => byId.set(from + i, instantMs));
      }
      if (next.eventId !== previous?.eventId) previous = next;
    }
  }
  return byId;
}

async function frequentTypeOf(blocks: BlockStore): Promise<FrequentType> {
  const counts = new Map<string, number>();
  let [events, hasEntities] = [0, false];
  for await (const block of blocks.scan(stream, 0, Number.POSITIVE_INFINITY)) {
    for (const { type, entity } of knownEvents(block)) {
      counts.set(type, (counts.get(type) ?? 0) + 1);
      events++;
      hasEntities ||= entity !== 0;
    }
  }
  const [type, count] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0] ?? ['', 0];
  return { type, share: count / events, hasEntities };
}
