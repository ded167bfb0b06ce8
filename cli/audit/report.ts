import { sizeOf, spellRange } from '../../shared/gaps/range.ts';
import type { Audit, StreamAudit } from './stream-audit.ts';
import { drawTable, paint, thousands, type TableCell, type Style } from '../screen/table.ts';
import { isUnproved } from './books.ts';

/** The most entries that are listed. */
const maxListed = 20;

/** Draws an audit: a table of the streams, and below it the findings, the unpublished entries and the open letters. */
export function drawAudit(audit: Audit, isColoured: boolean): string {
  const { streams, openLetters } = audit;
  if (streams.length === 0) return 'no streams\n';
  const lines = [drawTable(columns, streams.map(cells), isColoured), '', ...streams.flatMap(verdict)];
  lines.push('', ...unpublishedLines(audit), '', letterLine(openLetters));
  return `${lines.map((line) => paint(line, styleOf(line), isColoured)).join('\n')}\n`;
}

function styleOf(line: string): Style | undefined {
  if (line.startsWith('  off')) return 'red';
  return line.startsWith('  never swept') ? 'yellow' : undefined;
}

const columns = [
  { title: 'stream' },
  { title: 'ids' },
  ...[
    'how many',
    'clean',
    'with verify',
    'reconstructed',
    'closed',
    'missing',
    'given up',
    'not looked at yet',
    'off',
  ].map((title) => ({ title, align: 'right' as const })),
];

function cells({ stream, books, difference }: StreamAudit): readonly TableCell[] {
  const { from, to, held, missing, givenUp, notLookedAt } = books;
  const { clean, suspect, reconstructed, closed } = held;
  const places = [clean, suspect, reconstructed, closed, missing, givenUp, notLookedAt];
  return [
    { text: stream },
    { text: from <= to ? `${from}–${to}` : '–' },
    ...[sizeOf({ from, to }), ...places].map((count) => ({ text: thousands(count) })),
    { text: thousands(difference), ...(difference !== 0 && { style: 'red' as const }) },
  ];
}

function verdict(audited: StreamAudit): readonly string[] {
  const { stream, books, difference, findings, notes = [] } = audited;
  const more = [...findings, ...notes].map((line) => `    ${line}`);
  if (difference !== 0) return [`  off by ${thousands(difference)}: ${stream}`, ...more];
  if (findings.length > 0) return [`  off: ${stream}`, ...neverSwept(audited), ...more];
  return [...(isUnproved(books) ? neverSwept(audited) : [provedLine(audited)]), ...more];
}

/** Says that nothing is proved, so that nobody takes the table for a proof. */
function neverSwept({ stream, books }: StreamAudit): readonly string[] {
  if (!isUnproved(books)) return [];
  return [`  never swept: ${stream} ${spellRange(books)}; nothing is proved of these ids`];
}

function provedLine({ stream, books: { from, to, scanned, moved } }: StreamAudit): string {
  if (to < from) return `  ${stream}: nothing to prove, since all that it held may be forgotten by now`;
  const meanwhile = moved > 0 ? `, except for ${thousands(moved)} that came meanwhile` : '';
  return `  ${stream} balances: every id from ${from} to ${scanned} is in one place${meanwhile}`;
}

function unpublishedLines({ unpublished, isUnpublishedCut = false }: Audit): readonly string[] {
  const known = 'accepted and not known to be published';
  if (unpublished.length === 0 && !isUnpublishedCut) return [`  ${known}: none`];
  const listed = unpublished
    .slice(0, maxListed)
    .map(
      ({ stream, eventId, state, type, atLeastMs }) =>
        `    ${stream} ${eventId}  ${state}  ${type}  ${atLeastMs === undefined ? 'age not known' : `for ${Math.max(0, Math.floor(atLeastMs / 1_000))} s or more`}`,
    );
  const more = unpublished.length - listed.length;
  const atLeast = isUnpublishedCut ? 'at least ' : '';
  return [
    `  ${known}: ${atLeast}${thousands(unpublished.length)}. Every event is in this state for about a second.`,
    '  If it stays longer, its message will come again after a crash, or its mark was lost.',
    ...listed,
    ...(more > 0 ? [`    and ${atLeast}${thousands(more)} more`] : []),
  ];
}

function letterLine(openLetters: ReadonlyMap<string, number>): string {
  const byCode = [...openLetters].map(([code, count]) => `${thousands(count)} ${code}`);
  const all = [...openLetters.values()].reduce((sum, count) => sum + count, 0);
  return `  open dead letters: ${thousands(all)}${all > 0 ? ` (${byCode.join(', ')})` : ''}`;
}
