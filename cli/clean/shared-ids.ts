import { spellRanges } from '../../shared/gaps/range.ts';
import { formatCount } from '../../shared/views/format.ts';
import { revisionAdvice } from '../../shared/views/spell-revisions.ts';
import { paint, thousands, type TerminalShape } from '../screen/table.ts';
import type { Summary } from './books.ts';

/** The remedies for copies that are not recognised as such. */
const ignoreAdvice = 'Are they copies that differ in a retry count or a sending time? Name such members under ignore.';
const keyAdvice = "Are they copies with another timestamp? Set key: 'event_id' and ignore: ['/timestamp'].";

/**
 * Draws how many events came under ids that other events hold, and what to do. Two producers that share a stream cause
 * conflicts where their events have the same time, and revisions elsewhere. So both count.
 *
 * @returns An empty text if there are none.
 */
export function drawSharedIds({ revisions, revisionRuns, otherContent }: Summary, terminal: TerminalShape): string {
  if (revisions + otherContent === 0) return '';
  const count = `${formatCount(revisions + otherContent, 'event')} came under ids that other events hold`;
  const lines = [
    paint(`${count}: ${thousands(revisions)} cleaned, ${thousands(otherContent)} dead-lettered.`, 'yellow', terminal),
    ...(revisionRuns.length > 0 ? [`All or most of these ids hold several events: ${spellRanges(revisionRuns)}.`] : []),
    ...revisionAdvice,
    'Clean its lines apart, with another --stream.',
    ...(otherContent > 0 ? [ignoreAdvice] : []),
    ...(revisions > 0 ? [keyAdvice] : []),
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}
