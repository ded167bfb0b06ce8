import type { Range } from './range.ts';

/** Joins ranges that overlap or adjoin. @returns Ascending, apart. */
export function joinRanges(ranges: readonly Range[]): readonly Range[] {
  const joined: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && range.from <= last.to + 1)
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else joined.push({ from: range.from, to: range.to });
  }
  return joined;
}

/** Joins the nearest ranges until at most `limit` are left. @param ranges Ascending, apart. */
export function joinNearest(ranges: readonly Range[], limit: number): readonly Range[] {
  const left = [...ranges];
  while (left.length > limit) {
    const distance = (i: number): number => (left[i + 1]?.from ?? Infinity) - (left[i]?.to ?? 0);
    let nearest = 0;
    for (let i = 1; i + 1 < left.length; i++) if (distance(i) < distance(nearest)) nearest = i;
    const [low, high] = [left[nearest], left[nearest + 1]];
    if (low && high) left.splice(nearest, 2, { from: low.from, to: high.to });
  }
  return left;
}

/** Whether one of the ranges contains an id. */
export function contains(ranges: readonly Range[], id: number): boolean {
  return ranges.some(({ from, to }) => from <= id && id <= to);
}
