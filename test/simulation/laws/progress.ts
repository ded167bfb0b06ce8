import type { Progress } from '../../../shared/gaps/progress.ts';
import type { Range } from '../../../shared/gaps/range.ts';
import { isUnresolved } from '../../../shared/gaps/gap.ts';
import type { Observations } from './observations.ts';
import { isClaimed } from './events.ts';
import { groupBy } from './group-by.ts';
import type { Law } from './law.ts';

/** Whenever progress is saved, each id at or below the watermark has reached track or was given up. Progress never falls. */
export const watermarkIsTrue: Law = function* (observations) {
  for (const [stream, saves] of groupBy(observations.journal.progress, ({ progress }) => progress.stream)) {
    const since = accountedSince(observations, stream);
    let before: Progress | undefined;
    for (const save of saves) {
      const { progress } = save;
      yield* goesForward(before, progress);
      if (progress.first !== undefined) {
        const from = Math.max(progress.first, (before?.watermark ?? -1) + 1);
        for (let id = from; id <= progress.watermark; id++) {
          if (!((since.get(id) ?? Number.POSITIVE_INFINITY) < save.order))
            yield `the watermark of ${stream} rose to ${progress.watermark}, past ${id}`;
        }
      }
      before = progress;
    }
  }
};

/** A stream begins with the lowest id that was stored when sweep first looked. Gaps below that id are never found. */
export const beginsAtLowest: Law = function* (observations) {
  const { progress: saves, looks, slept } = observations.journal;
  for (const stream of observations.streams) {
    const begun = saves.find(({ progress }) => progress.stream === stream && progress.first !== undefined);
    const look = looks.findLast((one) => one.stream === stream && one.by === begun?.by && one.order < begun.order);
    // Ids that came before the scheduler stopped may be forgotten.
    if (begun?.progress.first === undefined || !look || (slept && slept.order < begun.order)) continue;
    for (const seen of [...observations.cleans, ...observations.letters]) {
      const isBelow = seen.id !== undefined && seen.id < begun.progress.first;
      if (isBelow && seen.stream === stream && seen.n !== undefined && isClaimed(seen) && seen.order < look.order)
        yield `${stream} begins with ${begun.progress.first}, though ${seen.id} had been seen`;
    }
  }
};

/** At the end of a run the watermark is right below the first missing id. */
export const watermarkArrives: Law = function* (observations) {
  for (const stream of observations.streams) {
    const progress = observations.progress(stream);
    if (progress?.first === undefined) continue;
    const unresolved = observations.rowsOf(stream).filter(isUnresolved);
    const isWaitedFor = (id: number): boolean => unresolved.some(({ from, to }) => from <= id && id <= to);
    let id = progress.first;
    while (id <= progress.scanned && !isWaitedFor(id)) id++;
    if (progress.watermark < id - 1)
      yield `the watermark of ${stream} is ${progress.watermark}, but should be ${id - 1}`;
  }
};

function* goesForward(before: Progress | undefined, after: Progress): Iterable<string> {
  if (!before) return;
  for (const field of ['highWater', 'floor'] as const) {
    if (after[field] < before[field]) yield `${field} of ${after.stream} fell from ${before[field]} to ${after[field]}`;
  }
  if (before.first === undefined) return;
  if (after.first !== before.first)
    yield `first of ${after.stream} moved from ${before.first} to ${after.first ?? '-'}`;
  for (const field of ['watermark', 'scanned'] as const) {
    if (after[field] < before[field]) yield `${field} of ${after.stream} fell from ${before[field]} to ${after[field]}`;
  }
}

/** Finds for each id of a stream the order of its first delivery to track, or of the write that gave it up. */
function accountedSince({ journal }: Observations, stream: string): ReadonlyMap<number, number> {
  const since = new Map<number, number>();
  const account = ({ from, to }: Range, order: number): void => {
    for (let id = from; id <= to; id++) if (order < (since.get(id) ?? Number.POSITIVE_INFINITY)) since.set(id, order);
  };
  for (const delivery of journal.deliveries) if (delivery.stream === stream) account(delivery, delivery.order);
  for (const { row, order } of journal.rows)
    if (row.stream === stream && row.state === 'abandoned') account(row, order);
  return since;
}
