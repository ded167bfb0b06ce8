/** A cell, and why its row cannot be read. */
export type CsvRow = { readonly cells: readonly string[] } | { readonly problem: string };

/** Splits a row into its cells, by RFC 4180. A cell in quotes may hold delimiters, line breaks and doubled quotes. */
export function parseCsvRow(text: string, delimiter: string): CsvRow {
  if (!text.includes('"')) return { cells: text.split(delimiter) };
  const cells: string[] = [];
  for (let at = 0; ;) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at, delimiter);
    if (typeof cell === 'string') return { problem: cell };
    cells.push(cell.text);
    if (cell.end >= text.length) return { cells };
    if (text[cell.end] !== delimiter) return { problem: 'text follows a closing quote' };
    at = cell.end + 1;
  }
}

interface CsvCell {
  readonly text: string;
  readonly end: number;
}

function plainCell(text: string, from: number, delimiter: string): CsvCell {
  const found = text.indexOf(delimiter, from);
  const end = found < 0 ? text.length : found;
  return { text: text.slice(from, end), end };
}

function quotedCell(text: string, from: number): CsvCell | string {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return { text: text.slice(from + 1, at).replaceAll('""', '"'), end: at + 1 };
  return 'a quote has no end';
}

/** A column, or several that share the part of their names in front of a dot. */
export interface CsvColumn {
  readonly name: string;
  readonly index: number;
  readonly columns: readonly CsvColumn[];
}

/** Arranges the names of a header: `data.amount` and `data.currency` become members of one object `data`. */
export function arrangeColumns(names: readonly string[]): readonly CsvColumn[] {
  return arrange(names.map((name, index) => ({ path: pathOf(name), index })));
}

function pathOf(name: string): readonly string[] {
  return /^\w+(\.\w+)+$/.test(name) ? name.split('.') : [name];
}

function arrange(
  columns: readonly { readonly path: readonly string[]; readonly index: number }[],
): readonly CsvColumn[] {
  const names = new Set(columns.map(({ path: [first = ''] }) => first));
  return [...names].map((name) => {
    const members = columns.filter(({ path }) => path[0] === name);
    const deeper = members.filter(({ path }) => path.length > 1);
    const index = members.find(({ path }) => path.length === 1)?.index ?? -1;
    return { name, index, columns: arrange(deeper.map(({ path, index }) => ({ path: path.slice(1), index }))) };
  });
}

/** Members whose value is a text, even if it looks like a number. */
const texts = new Set(['type', 'uuid']);

/** Writes a row as the text of a JSON object. An empty cell is no member. */
export function rowAsJson(columns: readonly CsvColumn[], cells: readonly string[]): string {
  return `{${membersOf(columns, cells).join(',')}}`;
}

function membersOf(columns: readonly CsvColumn[], cells: readonly string[]): readonly string[] {
  return columns.flatMap(({ name, index, columns: inner }) => {
    const cell = cells[index] ?? '';
    const members = inner.length > 0 ? membersOf(inner, cells) : [];
    if (cell === '' && members.length === 0) return [];
    return [`${JSON.stringify(name)}:${members.length > 0 ? `{${members.join(',')}}` : valueOf(name, cell)}`];
  });
}

/** Returns a cell as JSON: a number, truth value, null, object or array if it is spelt as one, and a text otherwise. */
function valueOf(name: string, cell: string): string {
  if (texts.has(name)) return JSON.stringify(cell);
  if (name === 'valid' && /^(true|false)$/i.test(cell)) return cell.toLowerCase();
  return isJsonValue(cell) ? cell : JSON.stringify(cell);
}

function isJsonValue(cell: string): boolean {
  // Other programs would round a larger number.
  if (/^-?(0|[1-9]\d*)$/.test(cell)) return Number.isSafeInteger(Number(cell));
  if (/^-?(0|[1-9]\d*)\.\d+$/.test(cell) || /^(true|false|null)$/.test(cell)) return true;
  if (!/^[[{]/.test(cell)) return false;
  try {
    JSON.parse(cell);
    return true;
  } catch {
    return false;
  }
}
