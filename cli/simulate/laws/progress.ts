import type { Progress } from '../../../shared/gaps/progress.ts';
import type { ProgressSeen } from '../journal.ts';
import type { Account } from './account.ts';
import { groupBy } from './group-by.ts';
import type { Law } from './law.ts';

/** At every moment, all that is at or below the watermark had come to be tracked, or was given up; and progress goes one way. */
export const watermarkIsTrue: Law = function* (account) {
  for (const [stream, saves] of groupBy(account.journal.progress, ({ progress }) => progress.stream)) {
    let before: Progress | undefined;
    for (const save of saves) {
      const { progress } = save;
      yield* goesForward(before, progress);
      if (progress.first !== undefined) {
        const from = Math.max(progress.first, (before?.watermark ?? -1) + 1);
        for (let id = from; id <= progress.watermark; id++) {
          if (!isAccountedFor(account, stream, id, save))
            yield `the watermark of ${stream} rose to ${progress.watermark}, past ${id}`;
        }
      }
      before = progress;
    }
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

function isAccountedFor({ journal }: Account, stream: string, id: number, { order }: ProgressSeen): boolean {
  return (
    journal.deliveries.some((one) => one.stream === stream && one.from <= id && id <= one.to && one.order < order) ||
    journal.rows.some(
      ({ row, ...seen }) =>
        row.stream === stream && row.from <= id && id <= row.to && row.state === 'abandoned' && seen.order < order,
    )
  );
}
