import type { StreamSettings } from '../stream-settings.ts';
import { uncovered } from '../gaps/cover.ts';
import { isTooLong, stepOf } from '../gaps/expected-ids.ts';
import { isUnresolved, type Gap } from '../gaps/gap.ts';
import { joinRanges } from '../gaps/range-set.ts';
import { intersection, overlap, sizeOf, type Range } from '../gaps/range.ts';
import type { ProvedFront } from './proved-front.ts';

/** The place of an id without an entry. */
export type EmptyIdPlace = (typeof places)[number];
const places = ['missing', 'givenUp', 'assumed'] as const;

export interface PlacedRange extends Range {
  readonly place: EmptyIdPlace;
}

/** Returns the place of the ids that are missing in a gap. Undefined if no id may be missing in it. */
export function placeOf(gap: Gap): EmptyIdPlace | undefined {
  if (gap.isReset) return undefined;
  if (isUnresolved(gap)) return 'missing';
  if (gap.state === 'abandoned') return 'givenUp';
  return gap.state === 'voided' && gap.assumed ? 'assumed' : undefined;
}

/**
 * Returns the place of each id of the proved part of a front that may be missing by the ledger. Gaps may overlap, but
 * an id has one place. Short gaps go before long ones. An unresolved gap goes before one that was given up.
 *
 * A gap that is too long tells nothing of single ids, if it was filed for the range between two fronts: the ids of a
 * front that came up in it later must be in short gaps. It counts only if it lies completely in the front, as gaps of
 * older releases do, and of a larger `maxGap`.
 *
 *     front     [1 ──────────────────── 20]   …   [90 ── 99]
 *     rows         5–6     5 ─ 9 given up    21 ─────────────── 200 too long
 *     places       5–6 missing, 7–9 given up       none
 *
 * @returns Ascending, apart.
 */
export function placesIn(
  { from, scanned, reach }: ProvedFront,
  rows: readonly Gap[],
  settings: Pick<StreamSettings, 'maxGap' | 'numbering'>,
): readonly PlacedRange[] {
  const proved = { from, to: scanned };
  const counted = rows.filter((row) => overlap(row, proved) && (!isTooLong(row, settings) || isInside(row, reach)));
  const placed: PlacedRange[] = [];
  let taken: readonly Range[] = [];
  for (const isLong of [false, true]) {
    for (const place of places) {
      const ranges = counted
        .filter((row) => placeOf(row) === place && isTooLong(row, settings) === isLong)
        .map((row) => intersection(row, proved));
      const free = uncovered(joinRanges(ranges), taken);
      placed.push(...free.map((range) => ({ ...range, place })));
      taken = joinRanges([...taken, ...free]);
    }
  }
  return placed.sort((a, b) => a.from - b.from);
}

function isInside(inner: Range, outer: Range): boolean {
  return inner.from >= outer.from && inner.to <= outer.to;
}

/**
 * Counts the expected ids of a hole that lie in a range.
 *
 * @param expected The lowest and the highest expected id of the hole.
 */
export function countExpected(expected: Range, range: Range, settings: Pick<StreamSettings, 'numbering'>): number {
  if (!overlap(expected, range)) return 0;
  const step = stepOf(settings);
  const { from, to } = intersection(expected, range);
  const first = expected.from + Math.ceil((from - expected.from) / step) * step;
  return first > to ? 0 : Math.floor(sizeOf({ from: first, to: to - 1 }) / step) + 1;
}
