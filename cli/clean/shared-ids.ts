import { spellRanges } from '../../shared/gaps/range.ts';
import { formatCount } from '../../shared/views/format.ts';
import { revisionAdvice } from '../../shared/views/spell-revisions.ts';
import { paint, thousands } from '../screen/table.ts';
import type { Summary } from './books.ts';

/**
 * Draws how many events came under ids that other events hold, and what to do. Two producers that share a stream cause
 * conflicts where their events have the same time, and revisions elsewhere. So both count.
 *
 * @returns An empty text if there are none.
 */
export function drawSharedIds({ revisions, revisionRuns, otherContent }: Summary, isColoured: boolean): string {
  if (revisions + otherContent === 0) return '';
  const count = `${formatCount(revisions + otherContent, 'event')} came under ids that other events hold`;
  const lines = [
    paint(`${count}: ${thousands(revisions)} cleaned, ${thousands(otherContent)} dead-lettered.`, 'yellow', isColoured),
    ...(revisionRuns.length > 0 ? [`All or most of these ids hold several events: ${spellRanges(revisionRuns)}.`] : []),
    ...revisionAdvice,
    'Clean its lines apart, with another --stream.',
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}
