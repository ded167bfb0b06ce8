/** The way in which ids look numbered. */
export type LearnedNumbering = 'consecutive' | { readonly step: number } | { readonly holes: 'normal' } | 'none';

/** The number of distances between ids from which on a step, and holes, are believed. */
const enough = { step: 4, holes: 10 };
/** The share of distances beyond the step from which on holes look normal. */
const holedShare = 0.3;

/** Says how ids look numbered. Without ids they are not. A few ids are taken to be consecutive. */
export function numberingOf(ids: readonly number[]): LearnedNumbering {
  if (ids.length === 0) return 'none';
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const distances = sorted.slice(1).map((id, i) => id - (sorted[i] ?? id));
  if (distances.length < enough.step) return 'consecutive';
  const step = distances.reduce(greatestCommonDivisor);
  const holed = distances.filter((distance) => distance > step).length;
  if (distances.length >= enough.holes && holed > distances.length * holedShare) return { holes: 'normal' };
  return step > 1 ? { step } : 'consecutive';
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
