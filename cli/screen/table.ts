import { styleText } from 'node:util';
import { fitColumns, type Column } from './fit-columns.ts';

export type Style = Parameters<typeof styleText>[0];

export interface TableCell {
  readonly text: string;
  readonly style?: Style;
}

/** The terminal that a command writes to. */
export interface TerminalShape {
  readonly isColoured: boolean;
  /** The number of characters in a line. Undefined if the output is no terminal. */
  readonly width: number | undefined;
}

export function terminalOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): TerminalShape {
  return { isColoured: stream.isTTY === true, width: stream.columns };
}

/** Draws a table with a line below its head. It is as wide as the terminal at most, unless whole cells need more. */
export function drawTable(
  columns: readonly Column[],
  rows: readonly (readonly TableCell[])[],
  terminal: TerminalShape,
): string {
  const natural = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]?.text.length ?? 0)));
  const shown = fitColumns(columns, natural, terminal.width ?? Number.POSITIVE_INFINITY);
  const line = (cellAt: (column: number) => TableCell | undefined): string => {
    const cells = shown.map(({ index, width }) => {
      const { text = '', style } = cellAt(index) ?? {};
      const fitting = cut(text, width);
      const padded = columns[index]?.align === 'right' ? fitting.padStart(width) : fitting.padEnd(width);
      return paint(padded, style, terminal);
    });
    return `  ${cells.join('  ')}`.trimEnd();
  };
  const body = rows.flatMap((row) => {
    const wrapped = columns.map(({ isWrapped }, i) => {
      const { text = '' } = row[i] ?? {};
      return isWrapped ? wrap(text, shown.find(({ index }) => index === i)?.width ?? text.length) : [text];
    });
    const height = Math.max(...wrapped.map(({ length }) => length));
    return Array.from({ length: height }, (_, at) => line((i) => ({ ...row[i], text: wrapped[i]?.[at] ?? '' })));
  });
  const head = line((i) => ({ text: columns[i]?.title ?? '', style: 'dim' }));
  const rule = `  ${paint(shown.map(({ width }) => '─'.repeat(width)).join('──'), 'dim', terminal)}`;
  return [head, rule, ...body].join('\n');
}

/** Breaks a text into lines at its spaces. A word that is too long for a line is cut later. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

export function paint(text: string, style: Style | undefined, { isColoured }: TerminalShape): string {
  return isColoured && style !== undefined ? styleText(style, text) : text;
}

/** Formats a whole number with separators: 8,577. */
export function thousands(n: number): string {
  return n.toLocaleString('en-US');
}
