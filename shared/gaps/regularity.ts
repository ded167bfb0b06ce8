/**
 * A regularity of holes that losses would hardly have. `unused`: every n-th id is missing. `ends`: holes of several ids
 * end at regular distances. `begins`: they begin there.
 *
 *     unused, period 10    … 9 · 11 12 13 14 15 16 17 18 19 · 21 …
 *     ends, period 10      … 17 · · · 21 22 … 34 · · · · · · 41 42 … 47 · · · 51 …
 *     begins, period 10    … 20 · · · 24 25 … 30 · · · · · · · 38 39 40 · · · 44 …
 */
export interface Regularity {
  readonly kind: 'unused' | 'ends' | 'begins';
  /** In ids. */
  readonly period: number;
  /** A missing id, the first id after a hole, or the first id of a hole. */
  readonly id: number;
}

/** A regularity, and how many regularities as clear as this one would be found by chance among losses. */
export interface FoundRegularity extends Regularity {
  readonly byChance: number;
}

/** Describes a regularity, and asks for its cause. */
export function spellRegularity({ kind, period, id }: Regularity): string {
  if (kind === 'unused') return `every ${ordinal(period)} id is missing, such as ${id}: is it never used?`;
  const place = `multiple of ${period}${id % period > 0 ? ` plus ${id % period}` : ''}`;
  const found = kind === 'ends' ? `after a hole, ids go on at the next ${place}` : `holes begin at a ${place}`;
  return `${found}: are ids reserved in blocks?`;
}

/** Spells a number as an ordinal: `2nd`, `11th`, `50th`. */
function ordinal(n: number): string {
  const isTeen = Math.floor(n / 10) % 10 === 1;
  return `${n}${(isTeen ? undefined : ['th', 'st', 'nd', 'rd'][n % 10]) ?? 'th'}`;
}
