import { sizeOf } from '../../shared/gaps/range.ts';
import type { Audit, StreamAudit } from '../audit.ts';
import { drawTable, paint, thousands, type Cell } from '../table.ts';
import type { Unpublished } from './unpublished.ts';

/** The most entries that are listed. */
const maxListed = 20;

/** Draws an audit: the identity of each stream, a row each, and below it what is worth a look. */
export function drawAudit({ streams, unpublished, openLetters }: Audit, isColoured: boolean): string {
  if (streams.length === 0) return 'no streams\n';
  const lines = [drawTable(columns, streams.map(cells), isColoured), '', ...streams.flatMap(verdict)];
  lines.push('', ...unpublishedLines(unpublished), '', letterLine(openLetters));
  return `${lines.map((line) => (line.startsWith('  off') ? paint(line, 'red', isColoured) : line)).join('\n')}\n`;
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

function cells({ stream, books, difference }: StreamAudit): readonly Cell[] {
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

function verdict({ stream, books, difference, findings }: StreamAudit): readonly string[] {
  const { from, scanned, moved } = books;
  if (difference !== 0)
    return [`  off by ${thousands(difference)}: ${stream}`, ...findings.map((finding) => `    ${finding}`)];
  if (scanned < from) return [`  ${stream}: nothing to prove yet`];
  const meanwhile = moved > 0 ? `, but for ${thousands(moved)} that came meanwhile` : '';
  return [`  ${stream} balances: every id from ${from} to ${scanned} is in one place${meanwhile}`];
}

function unpublishedLines(unpublished: readonly Unpublished[]): readonly string[] {
  if (unpublished.length === 0) return ['  accepted and not known to be published: none'];
  const listed = unpublished
    .slice(0, maxListed)
    .map(
      ({ stream, eventId, state, type, atLeastMs }) =>
        `    ${stream} ${eventId}  ${state}  ${type}  ${atLeastMs === undefined ? 'age not known' : `for ${Math.max(0, Math.floor(atLeastMs / 1_000))} s or more`}`,
    );
  const more = unpublished.length - listed.length;
  return [
    `  accepted and not known to be published: ${thousands(unpublished.length)}. For a second or so that is every event; for longer, one`,
    '  whose message will come again after a crash, or whose mark was lost',
    ...listed,
    ...(more > 0 ? [`    and ${thousands(more)} more`] : []),
  ];
}

function letterLine(openLetters: ReadonlyMap<string, number>): string {
  const byCode = [...openLetters].map(([code, count]) => `${thousands(count)} ${code}`);
  const all = [...openLetters.values()].reduce((sum, count) => sum + count, 0);
  return `  open dead letters: ${thousands(all)}${all > 0 ? ` (${byCode.join(', ')})` : ''}`;
}
