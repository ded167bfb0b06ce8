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
): string {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]?.text.length ?? 0)));
  const pad = (text: string, i: number): string =>
    columns[i]?.align === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
  const head = columns.map(({ title }, i) => paint(pad(title, i), 'dim', isColoured)).join('  ');
  const rule = paint(widths.map((width) => '─'.repeat(width)).join('──'), 'dim', isColoured);
  const body = rows.map((row) => row.map(({ text, style }, i) => paint(pad(text, i), style, isColoured)).join('  '));
  return [head, rule, ...body].map((line) => `  ${line.trimEnd()}`).join('\n');
}

export function paint(text: string, style: Style | undefined, isColoured: boolean): string {
  return isColoured && style !== undefined ? styleText(style, text) : text;
}

/** Formats a whole number with separators: 8,577. */
export function thousands(n: number): string {
  return n.toLocaleString('en-US');
}
