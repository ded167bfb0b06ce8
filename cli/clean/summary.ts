import { meaning, isCode } from '../../shared/failure.ts';
import { sizeOf } from '../../shared/gaps/range.ts';
import type { Summary } from './books.ts';
import { drawTable, paint, thousands, type TableCell, type Style } from '../screen/table.ts';

/** The maximum number of gaps to list. */
const maxGapsListed = 12;

/** Draws the summary of a file as text: what became of its events, its dead letters by code, and its gaps. */
export function drawSummary(summary: Summary, file: string, isColoured: boolean): string {
  const { received, cleaned, reconstructed, deadLettered, applied, dropped, pending } = summary;
  const row = (name: string, n: number, style?: Style): TableCell[] => [
    { text: name },
    { text: thousands(n), ...(n > 0 && style && { style }) },
  ];
  const counts = drawTable(
    [{ title: file === '-' ? 'standard input' : file }, { title: 'events', align: 'right' }],
    [
      row('received', received),
      row('cleaned', cleaned, 'green'),
      row('of them reconstructed', reconstructed, 'cyan'),
      row('dead-lettered', deadLettered, 'yellow'),
      ...(applied > 0 ? [row('voids applied', applied)] : []),
      ...(dropped > 0 ? [row('dropped', dropped)] : []),
      ...(pending > 0 ? [row('pending', pending, 'red')] : []),
    ],
    isColoured,
  );
  return [counts, drawCodes(summary, isColoured), drawGaps(summary, isColoured)].filter(Boolean).join('\n\n') + '\n';
}

function drawCodes({ byCode }: Summary, isColoured: boolean): string {
  const codes = Object.entries(byCode);
  if (codes.length === 0) return '';
  return drawTable(
    [{ title: 'dead letters' }, { title: 'letters', align: 'right' }, { title: 'meaning' }],
    codes.map(([code, n]) => [
      { text: code, style: 'yellow' },
      { text: thousands(n) },
      { text: isCode(code) ? meaning[code] : '' },
    ]),
    isColoured,
  );
}

function drawGaps({ gaps }: Summary, isColoured: boolean): string {
  if (gaps.length === 0) return '';
  const table = drawTable(
    [{ title: 'missing' }, { title: 'ids', align: 'right' }, { title: 'state' }],
    gaps
      .slice(0, maxGapsListed)
      .map((gap) => [
        { text: gap.from === gap.to ? String(gap.from) : `${gap.from}–${gap.to}` },
        { text: thousands(sizeOf(gap)), style: 'dim' },
        { text: gap.state, style: gap.state === 'reconstructed' ? 'cyan' : 'yellow' },
      ]),
    isColoured,
  );
  const rest = gaps.length - maxGapsListed;
  return rest > 0
    ? `${table}\n${paint(`  and ${thousands(rest)} more gaps (--json lists all)`, 'dim', isColoured)}`
    : table;
}
