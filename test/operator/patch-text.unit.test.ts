import { patchText } from '../../shared/operator/patch-text.ts';

const text = '{ "id": 9007199254740993, "amount" : 12.50, "tags":[ 1.0, "b" ], "note":null }';

function patched(...operations: readonly string[]) {
  return patchText(text, `[${operations.join(',')}]`);
}

test.each([
  ['{"op":"replace","path":"/amount","value":1e400}', text.replace('12.50', '1e400')],
  ['{"op":"replace","path":"/tags/0","value":{"x": 1.0}}', text.replace('[ 1.0', '[ {"x": 1.0}')],
  ['{"op":"add","path":"/new","value":"x"}', text.replace('null }', 'null ,"new":"x"}')],
  ['{"op":"add","path":"/tags/1","value":2}', text.replace('"b"', '2,"b"')],
  ['{"op":"add","path":"/tags/-","value":2}', text.replace('"b" ]', '"b" ,2]')],
  ['{"op":"remove","path":"/amount"}', text.replace('"amount" : 12.50, ', '')],
  ['{"op":"remove","path":"/note"}', text.replace(', "note":null', '')],
  ['{"op":"remove","path":"/tags/1"}', text.replace(', "b"', '')],
  ['{"op":"test","path":"/amount","value":12.5}', text],
  ['{"op":"copy","from":"/id","path":"/note"}', text.replace('null', '9007199254740993')],
  [
    '{"op":"move","from":"/amount","path":"/data"}',
    text.replace('"amount" : 12.50, ', '').replace('null }', 'null ,"data":12.50}'),
  ],
])('a patch changes what it names and no other byte: %s', (operation, expected) => {
  expect(patched(operation)).toEqual({ text: expected });
});

test('operations are applied one after the other', () => {
  expect(patched('{"op":"remove","path":"/tags/0"}', '{"op":"remove","path":"/tags/0"}')).toEqual({
    text: text.replace('[ 1.0, "b" ]', '[  ]'),
  });
});

test.each([
  ['{"op":"remove","path":"/nothing"}', 'operation 0 (remove /nothing): there is nothing at this path'],
  ['{"op":"replace","path":"/tags/7","value":1}', 'there is nothing at this path'],
  ['{"op":"test","path":"/amount","value":13}', 'the value is another one'],
  ['{"op":"replace","path":"amount","value":1}', 'operation 0 (replace amount): path is not a JSON Pointer'],
  ['{"op":"replace","path":"/a~2","value":1}', 'operation 0 (replace /a~2): path is not a JSON Pointer'],
  ['{"op":"add","path":"/a/b/c","value":1}', 'there is nothing at this path'],
  ['{"op":"replace","path":"","value":{}}', 'there is nothing at this path'],
  ['{"op":"add","path":"/__proto__/x","value":1}', 'a member __proto__ cannot be patched'],
  ['{"op":"merge","path":"/amount","value":1}', 'operation 0 (merge /amount): op must be one of add, remove, replace'],
  ['{"path":"/amount","value":1}', 'operation 0 (/amount): op must be one of add'],
  ['{"op":"add","path":"/amount"}', 'operation 0 (add /amount): value is missing'],
  ['{"op":"copy","path":"/amount"}', 'operation 0 (copy /amount): from is missing'],
  ['{"op":"remove"}', 'operation 0 (remove): path is missing'],
  ['{"op":"move","from":"/tags","path":"/tags/0"}', 'a value cannot be moved into itself'],
  ['7', 'operation 0: is no object'],
])('a patch that cannot be applied is refused with the reason: %s', (operation, reason) => {
  expect(patched(operation)).toEqual({ problem: expect.stringContaining(reason) as string });
});

test('a member that the object has twice cannot be patched, nor can bytes that are not JSON', () => {
  const operation = '[{"op":"replace","path":"/a","value":1}]';
  expect(patchText('{"a":1,"a":2}', operation)).toMatchObject({ problem: expect.stringContaining('twice') as string });
  expect(patchText('a=1', operation)).toMatchObject({ problem: expect.stringContaining('not JSON') as string });
  expect(patchText('{"a":0}', 'x')).toEqual({ problem: 'the patch is not JSON' });
  expect(patchText('{"a":0}', '{}')).toEqual({ problem: 'a JSON Patch (RFC 6902) is a list of operations' });
  expect(patchText('{"a":0}', `[${Array.from({ length: 101 }, () => '{}').join()}]`)).toEqual({
    problem: 'a patch may have 100 operations, and this one has 101',
  });
});
