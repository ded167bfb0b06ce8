import { drawTable } from '../../../cli/screen/table.ts';

const columns = [{ title: 'id' }, { title: 'detail' }];
const rows = [[{ text: 'a1' }, { text: 'x'.repeat(60) }]];

test('a table is as wide as its widest cells where there is room', () => {
  const lines = drawTable(columns, rows, false).split('\n');
  expect(lines[2]).toBe(`  a1  ${'x'.repeat(60)}`);
});

test('a table that is wider than the terminal narrows its widest column, and says so by an ellipsis', () => {
  const lines = drawTable(columns, rows, false, 40).split('\n');
  expect(lines.map((line) => line.length)).toEqual([12, 40, 40]);
  expect(lines[2]).toBe(`  a1  ${'x'.repeat(33)}…`);
});
