import { hasNormalHoles, stepOf, isTooLong } from './expected-ids.ts';
import type { Gap } from './gap.ts';
import { uncovered } from './cover.ts';
import { joinRanges } from './range-set.ts';
import { overlap, sizeOf, type Range } from './range.ts';
import { isOfOldNumbering } from './reset.ts';
import { doubtOf, expectedIn, type DoubtSettings } from './surroundings.ts';

export interface HolesToFile {
  readonly stream: string;
  /** Ascending. */
  readonly holes: readonly Range[];
  /** The rows of the ledger near the holes, ascending by their first id. */
  readonly rows: readonly Range[];
  /** The ids of events near the holes, ascending. */
  readonly events: readonly number[];
  readonly nowMs: number;
  readonly settings: DoubtSettings;
}

/**
 * Makes a gap of each hole, except for the ids that are in a row already. Doubtful holes share a gap of at most
 * `maxGap` ids, since a row for each would fill the ledger. So do all holes of a stream in which holes are normal. These
 * are not asked for.
 *
 *     held      1 2 3 · 5 6 7 8 9 · · 12 …      two gaps
 *     held      1 · 3 · 5 · 7 · 9 · 11 …        one gap, 2–10
 */
export function fileHoles({ stream, holes, rows, events, nowMs, settings }: HolesToFile): readonly Gap[] {
  const isNormal = hasNormalHoles(settings);
  const taken = joinRanges(rows);
  const gaps: Gap[] = [];
  /** Whether the last gap may be extended. */
  let isShared = false;
  for (const hole of uncovered(holes, taken)) {
    const gap = expectedIn(hole, events, settings);
    if (!gap) continue;
    const mayShare = isNormal || doubtOf(gap, sizeOf(gap) / stepOf(settings), events, settings) === 'holes';
    const last = gaps.at(-1);
    if (last && isShared && mayShare && mayReach(last, gap.to, taken, settings))
      gaps[gaps.length - 1] = { ...last, to: gap.to };
    else gaps.push(newGap({ ...gap, stream, foundAtMs: nowMs }, isNormal));
    isShared = mayShare;
  }
  return gaps;
}

function newGap(found: Pick<Gap, 'from' | 'to' | 'stream' | 'foundAtMs'>, isNormal: boolean): Gap {
  if (!isNormal) return { ...found, state: 'open' };
  return { ...found, state: 'voided', assumed: true, resolvedAtMs: found.foundAtMs };
}

/** Whether a gap may be extended: it stays short enough, and reaches into no other row. */
function mayReach(gap: Range, to: number, taken: readonly Range[], settings: DoubtSettings): boolean {
  return !isTooLong({ from: gap.from, to }, settings) && !taken.some((row) => overlap(row, { from: gap.to, to }));
}

/**
 * Whether ids in a row are not filed again: the row is young, short enough to say something of single ids, and of the
 * present numbering.
 */
export function hidesIds(row: Gap, nowMs: number, settings: DoubtSettings & { readonly windowMs: number }): boolean {
  if (row.isReset || isOfOldNumbering(row, settings.reset)) return false;
  return row.foundAtMs > nowMs - 2 * settings.windowMs && !isTooLong(row, settings);
}
