import { formatJson, lineOfFailure } from '../../functions/console/browser/format-json.ts';

test('each part of a JSON text is set on a line of its own, and strings and numbers keep their characters', () => {
  const text = '{"a":1.0,"b":[1e400, "x,{\\"y"],"c":{},"d":[ ]}';
  expect(formatJson(text)).toBe('{\n  "a": 1.0,\n  "b": [\n    1e400,\n    "x,{\\"y"\n  ],\n  "c": {},\n  "d": []\n}');
});

test.each(['', 'not JSON', '{"a":', '"never closed'])('a text that is not JSON keeps its words: %s', (text) => {
  expect(formatJson(text).replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
});

test('a text of deep lists becomes no text that is too long to show', () => {
  const deep = (count: number) => `${'['.repeat(count)}${']'.repeat(count)}`;
  expect(formatJson(deep(40))).toContain(`\n${' '.repeat(64)}[\n${' '.repeat(64)}[`);
  expect(formatJson(deep(3000)).length).toBeLessThan(6000 * 66);
  expect(formatJson(deep(100_000)).length).toBeLessThan(1_500_000);
});

test.each([
  ['data.amount: text; a number is accepted', 3],
  ['/data/amount: text; a number is accepted', 3],
  ['amount: missing', 1],
  ['timestamp: missing', -1],
  ['same key and content', -1],
])('the line is found that a failure is about: %s', (detail, line) => {
  const text = formatJson('{"amount":1,"data":{"amount":"12.50"}}');
  expect(lineOfFailure(text, detail)).toBe(line);
});

test('a path of which only the beginning is there leads to that', () => {
  expect(lineOfFailure(formatJson('{"data":{"b":1}}'), 'data.a: missing')).toBe(1);
});
