/** Consecutive ids, both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** How many ids a range holds. */
export function sizeOf({ from, to }: Range): number {
  return to - from + 1;
}

/** The ids that two ranges share, which must be some. */
export function intersection(a: Range, b: Range): Range {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}
