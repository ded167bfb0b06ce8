import type { Column } from '../../../cli/screen/fit-columns.ts';
import { drawTable } from '../../../cli/screen/table.ts';
import { plainTerminal } from '../../support/plain-terminal.ts';

const columns: readonly Column[] = [{ title: 'id' }, { title: 'detail' }];
const rows = [[{ text: 'a1' }, { text: 'x'.repeat(60) }]];
const wide = (width: number) => ({ isColoured: false, width });

test('a table is as wide as its widest cells where there is room', () => {
  const lines = drawTable(columns, rows, plainTerminal).split('\n');
  expect(lines[2]).toBe(`  a1  ${'x'.repeat(60)}`);
});

test('a table that is wider than the terminal narrows its widest column, and says so by an ellipsis', () => {
  const lines = drawTable(columns, rows, wide(40)).split('\n');
  expect(lines.map((line) => line.length)).toEqual([12, 40, 40]);
  expect(lines[2]).toBe(`  a1  ${'x'.repeat(33)}…`);
});

describe('a table of letters', () => {
  const letterColumns: readonly Column[] = [
    { title: 'id', isWhole: true },
    { title: 'state', isWhole: true },
    { title: 'event' },
    { title: 'letters', align: 'right', isOptional: true },
    { title: 'detail', isOptional: true },
  ];
  const id = 'a5ed2de32c30cc8a0aa346c5';
  const row = [id, 'discarded', 'orders/1042', '1,234,567', 'd'.repeat(50)].map((text) => ({ text }));
  const bodyAt = (width: number): string => drawTable(letterColumns, [row], wide(width)).split('\n')[2] ?? '';

  test.each([
    [80, `  ${id}  discarded  orders/1042  1,234,567  ${'d'.repeat(16)}…`],
    [70, `  ${id}  discarded  orders/1042  1,234,567`],
    [60, `  ${id}  discarded  orders/1042`],
    [49, `  ${id}  discarded  orders/10…`],
    [20, `  ${id}  discarded  orders/…`],
  ])(
    'cuts optional texts first, leaves optional columns out next, and never cuts an id or a number: width %d',
    (width, body) => {
      expect(bodyAt(width)).toBe(body);
    },
  );
});

test('a text that may be wrapped goes on in the next line, below its own column', () => {
  const text = 'the catalog names no record for its type';
  const drawn = drawTable([{ title: 'id' }, { title: 'why', isWrapped: true }], [[{ text: 'a1' }, { text }]], wide(24));
  expect(drawn.split('\n').slice(2)).toEqual(['  a1  the catalog names', '      no record for its', '      type']);
});
