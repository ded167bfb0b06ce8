import type { Progress } from '../../../shared/gaps/progress.ts';
import type { ProgressSeen } from '../journal.ts';
import { isUnresolved } from '../../../shared/gaps/gap.ts';
import type { Observations } from './observations.ts';
import { isClaimed } from './events.ts';
import { groupBy } from './group-by.ts';
import type { Law } from './law.ts';

/** At every moment, all that is at or below the watermark had come to be tracked, or was given up; and progress goes one way. */
export const watermarkIsTrue: Law = function* (observations) {
  for (const [stream, saves] of groupBy(observations.journal.progress, ({ progress }) => progress.stream)) {
    let before: Progress | undefined;
    for (const save of saves) {
      const { progress } = save;
      yield* goesForward(before, progress);
      if (progress.first !== undefined) {
        const from = Math.max(progress.first, (before?.watermark ?? -1) + 1);
        for (let id = from; id <= progress.watermark; id++) {
          if (!isAccountedFor(observations, stream, id, save))
            yield `the watermark of ${stream} rose to ${progress.watermark}, past ${id}`;
        }
      }
      before = progress;
    }
  }
};

/** A stream begins with the lowest id that was to be seen when it was looked for: lower ones would never be missed. */
export const beginsAtLowest: Law = function* (observations) {
  const { progress: saves, looks, slept } = observations.journal;
  for (const stream of observations.streams) {
    const begun = saves.find(({ progress }) => progress.stream === stream && progress.first !== undefined);
    const look = looks.findLast((one) => one.stream === stream && one.by === begun?.by && one.order < begun.order);
    // What had come before the scheduler slept may be forgotten.
    if (begun?.progress.first === undefined || !look || (slept && slept.order < begun.order)) continue;
    for (const seen of [...observations.cleans, ...observations.letters]) {
      const isBelow = seen.id !== undefined && seen.id < begun.progress.first;
      if (isBelow && seen.stream === stream && seen.n !== undefined && isClaimed(seen) && seen.order < look.order)
        yield `${stream} begins with ${begun.progress.first}, though ${seen.id} had been seen`;
    }
  }
};

/** In the end all below the first id that is still missing is accounted for, and the watermark says so. */
export const watermarkArrives: Law = function* (observations) {
  for (const stream of observations.streams) {
    const progress = observations.progress(stream);
    if (progress?.first === undefined) continue;
    const unresolved = observations.rowsOf(stream).filter(isUnresolved);
    const isWaitedFor = (id: number): boolean => unresolved.some(({ from, to }) => from <= id && id <= to);
    let id = progress.first;
    while (id <= progress.scanned && !isWaitedFor(id)) id++;
    if (progress.watermark < id - 1)
      yield `the watermark of ${stream} is ${progress.watermark}, and could be ${id - 1}`;
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

function isAccountedFor({ journal }: Observations, stream: string, id: number, { order }: ProgressSeen): boolean {
  return (
    journal.deliveries.some((one) => one.stream === stream && one.from <= id && id <= one.to && one.order < order) ||
    journal.rows.some(
      ({ row, ...seen }) =>
        row.stream === stream && row.from <= id && id <= row.to && row.state === 'abandoned' && seen.order < order,
    )
  );
}
