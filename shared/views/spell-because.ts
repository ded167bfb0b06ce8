import type { LetterHead } from './letter-head.ts';

/** Says why a letter is open. */
export function spellBecause(because: NonNullable<LetterHead['because']>): string {
  switch (because) {
    case 'failed':
      return 'its event failed';
    case 'no answer':
      return 'its replay got no answer';
    case 'reopened':
      return 'somebody reopened it';
  }
}
