import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

export interface TableCell {
  readonly text: string;
  readonly style?: Style;
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

/** Draws a table with a line below its head. */
export function drawTable(
  columns: readonly Column[],
  rows: readonly (readonly TableCell[])[],
  isColoured: boolean,
  maxWidth = Number.POSITIVE_INFINITY,
): string {
  const natural = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]?.text.length ?? 0)));
  const widths = fitted(natural, maxWidth);
  const pad = (whole: string, i: number): string => {
    const text = cut(whole, widths[i] ?? 0);
    return columns[i]?.align === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
  };
  const head = columns.map(({ title }, i) => paint(pad(title, i), 'dim', isColoured)).join('  ');
  const rule = paint(widths.map((width) => '─'.repeat(width)).join('──'), 'dim', isColoured);
  const body = rows.map((row) => row.map(({ text, style }, i) => paint(pad(text, i), style, isColoured)).join('  '));
  return [head, rule, ...body].map((line) => `  ${line.trimEnd()}`).join('\n');
}

/** The space before a row, and between two columns. */
const indent = 2;
const gutter = 2;
const minColumn = 8;

/** Narrows the widest columns until a row fits. */
function fitted(natural: readonly number[], maxWidth: number): readonly number[] {
  const widths = [...natural];
  const total = (): number => indent + widths.reduce((sum, width) => sum + width, 0) + gutter * (widths.length - 1);
  while (total() > maxWidth) {
    const widest = Math.max(...widths);
    if (widest <= minColumn) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

export function paint(text: string, style: Style | undefined, isColoured: boolean): string {
  return isColoured && style !== undefined ? styleText(style, text) : text;
}

/** Formats a whole number with separators: 8,577. */
export function thousands(n: number): string {
  return n.toLocaleString('en-US');
}
