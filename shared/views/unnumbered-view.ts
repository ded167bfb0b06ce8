import { bucketAt } from '../place.ts';
import type { BlockStore } from '../ports.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { latestInstant } from '../tracking/block.ts';
import type { Totals } from '../tracking/totals.ts';
import { formatCount, rfc3339 } from './format.ts';

/** The facts about a stream without numbers. Its gaps cannot be known, because nothing says which events exist. */
export interface UnnumberedView {
  /** The latest timestamp of an event that is remembered, as RFC 3339. Absent if there is none. */
  readonly latest: string | undefined;
  /** The number of events with timestamps of the last 24 hours or later, by state. */
  readonly lastDay: Totals;
}

const dayMs = 86_400_000;

/** Loads the facts about a stream without numbers. */
export async function loadUnnumbered(
  blocks: Pick<BlockStore, 'lastBucket' | 'eventTotals'>,
  stream: string,
  { bucketMs }: Pick<StreamSettings, 'bucketMs'>,
  nowMs: number,
): Promise<UnnumberedView> {
  const [last, lastDay] = await Promise.all([
    blocks.lastBucket(stream),
    blocks.eventTotals(stream, bucketAt(nowMs - dayMs, bucketMs)),
  ]);
  const latestMs = last ? latestInstant(last) : Number.NEGATIVE_INFINITY;
  return { latest: Number.isFinite(latestMs) ? rfc3339(latestMs) : undefined, lastDay };
}

/** Describes a stream without numbers in one sentence. */
export function describeUnnumbered({ latest, lastDay }: UnnumberedView): string {
  const { clean, suspect, closed } = lastDay;
  const parts = [
    `${formatCount(clean, 'event')} accepted`,
    ...(suspect > 0 ? [`${formatCount(suspect, 'event')} with verify`] : []),
    ...(closed > 0 ? [`${formatCount(closed, 'event')} refused`] : []),
  ];
  const counted = `${parts.join(', ')} with timestamps of the last day`;
  return `${gapsUnknown}; ${counted}; ${latest === undefined ? 'none is remembered' : `the latest is of ${latest}`}`;
}

/** Says why a stream has no gaps. */
export const gapsUnknown = 'no numbers, so gaps cannot be known';
