export interface Column {
  readonly title: string;
  /** A number, which is never cut: a part of it would be another number. */
  readonly align?: 'right';
  /** Whether the cells are never cut, such as an id that users copy. */
  readonly isWhole?: true;
  /** Whether the column is left out where there is no room for it. The last one goes first. */
  readonly isOptional?: true;
  /** Whether a long text goes on in the next line, in place of being cut. */
  readonly isWrapped?: true;
}

/** A column that is shown. */
export interface FittedColumn {
  /** Its place among all columns. */
  readonly index: number;
  /** In characters. */
  readonly width: number;
}

type Narrowing = Pick<Column, 'align' | 'isWhole' | 'isOptional'>;

/** The space before a row, and between two columns. */
const indent = 2;
const gutter = 2;
/** A cell is cut to this width at least. */
const minWidth = 8;
/** An optional column is left out before others are cut below this width. */
const readableWidth = 20;

/**
 * Chooses the columns of a table and their widths so that a row fits into a line. It leaves out optional columns, the
 * last one first, and then cuts the widest cells. Whole cells and numbers are never cut, so a row can still be too wide.
 *
 * @param natural The width of the widest cell of each column.
 */
export function fitColumns(
  columns: readonly Narrowing[],
  natural: readonly number[],
  maxWidth: number,
): readonly FittedColumn[] {
  let shown = natural.map((width, index) => ({ index, width, column: columns[index] ?? {} }));
  for (;;) {
    const needed = rowWidth(shown.map((one) => (isCuttable(one.column) ? least(one) : one.width)));
    const last = shown.findLast(({ column }) => column.isOptional);
    if (needed <= maxWidth || !last) break;
    shown = shown.filter((one) => one !== last);
  }
  const optionalFirst = [true, undefined].map((isOptional) =>
    shown.filter(({ column }) => isCuttable(column) && column.isOptional === isOptional),
  );
  const widths = new Map(shown.map(({ index, width }) => [index, width]));
  for (const cuttable of optionalFirst) {
    narrow(
      widths,
      cuttable.map(({ index }) => index),
      maxWidth,
    );
  }
  return [...widths].map(([index, width]) => ({ index, width }));
}

/** Cuts the widest of some columns until a row fits, or none of them can be cut further. */
function narrow(widths: Map<number, number>, cuttable: readonly number[], maxWidth: number): void {
  const widthOf = (index: number): number => widths.get(index) ?? 0;
  while (rowWidth([...widths.values()]) > maxWidth) {
    const [widest] = cuttable.toSorted((a, b) => widthOf(b) - widthOf(a));
    if (widest === undefined || widthOf(widest) <= minWidth) return;
    widths.set(widest, widthOf(widest) - 1);
  }
}

function isCuttable({ align, isWhole }: Narrowing): boolean {
  return align !== 'right' && isWhole !== true;
}

/** Returns the width that a column needs while there are optional ones. An optional text may be cut further. */
function least({ width, column }: { readonly width: number; readonly column: Narrowing }): number {
  return Math.min(width, column.isOptional ? minWidth : readableWidth);
}

function rowWidth(widths: readonly number[]): number {
  return indent + widths.reduce((sum, width) => sum + width, 0) + gutter * Math.max(0, widths.length - 1);
}
