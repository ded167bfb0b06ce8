import { formatCount } from './format.ts';

/** The remedies for numbers that have holes, a sentence each. */
export const doubtRemedies: readonly string[] = [
  'If ids grow by n, set numbering: { step: n }.',
  "If ids are never used, set numbering: { holes: 'normal' }, or let the producer answer with voids.",
];

/** Says how many gaps of a stream are doubtful. */
export function spellDoubtful(count: number): string {
  return `${formatCount(count, 'gap')} ${count === 1 ? 'does' : 'do'} not look like losses`;
}
