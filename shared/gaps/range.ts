/** Consecutive ids, both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** How many ids a range holds. */
export function sizeOf({ from, to }: Range): number {
  return to - from + 1;
}
