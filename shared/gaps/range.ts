/** Consecutive ids, both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Returns the number of ids in a range. */
export function sizeOf({ from, to }: Range): number {
  return to - from + 1;
}

/** Returns the number of ids in some ranges. */
export function countIds(ranges: readonly Range[]): number {
  return ranges.reduce((sum, range) => sum + sizeOf(range), 0);
}

/** Joins ids to ranges. @param ids Ascending, without duplicates. */
export function rangesOf(ids: readonly number[]): readonly Range[] {
  const ranges: Range[] = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    if (last?.to === id - 1) ranges[ranges.length - 1] = { from: last.from, to: id };
    else ranges.push({ from: id, to: id });
  }
  return ranges;
}

/** Lists the ids of some ranges. */
export function idsIn(ranges: readonly Range[]): readonly number[] {
  return ranges.flatMap((range) => Array.from({ length: sizeOf(range) }, (_, i) => range.from + i));
}

/** Removes ids from ranges. @param ranges Ascending, without overlaps. */
export function withoutIds(ranges: readonly Range[], ids: ReadonlySet<number>): readonly Range[] {
  return rangesOf(idsIn(ranges).filter((id) => !ids.has(id)));
}

/** Whether two ranges share any id. */
export function overlap(a: Range, b: Range): boolean {
  return a.from <= b.to && a.to >= b.from;
}

/** Returns the ids that two overlapping ranges share. */
export function intersection(a: Range, b: Range): Range {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

/** Spells a range: `3`, `6–7`. */
export function spellRange({ from, to }: Range): string {
  return from === to ? String(from) : `${from}–${to}`;
}

/** The maximum number of ranges in a text. */
const maxSpelt = 8;

/**
 * Spells ranges: `3, 6–7, 12 and more, 9 ids in all`. @param ids The number of all ids, including those that `ranges`
 * does not list.
 */
export function spellRanges(ranges: readonly Range[], ids = countIds(ranges)): string {
  const shown = ranges.slice(0, maxSpelt).map(spellRange).join(', ');
  return ranges.length <= maxSpelt ? shown : `${shown} and more, ${ids} ids in all`;
}

/** Returns the position of the first number at or above a bound. @param sorted Ascending. */
export function firstAtOrAbove(sorted: readonly number[], bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
