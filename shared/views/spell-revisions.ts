import { formatCount } from './format.ts';

/** The remedy for several sequences of numbers in a stream. */
export const separateSequences = 'Give each sequence of numbers a stream of its own.';

/** The advice for a stream with many revisions, a sentence each. */
export const revisionAdvice: readonly string[] = [
  'Did numbering restart, or do two producers share the stream?',
  'A lost event is not found while another event holds its id.',
  separateSequences,
];

/** Describes the revisions of a stream in one line. */
export function spellRevisions(revisions: number): string {
  return `${formatCount(revisions, 'event')} came under ids that other events hold. ${revisionAdvice.join(' ')}`;
}
