import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { read, readOnly } from '../support/readings.ts';

const dataOf = (results: ReturnType<typeof read>) => results.map(({ data, position }) => [position, data]);

describe('a message with several events', () => {
  it('is split into slices of its text, byte for byte', () => {
    const text = ' [ {"a":1.0} ,\n{ "b" : "],é[" },[1 , 2],7 ] ';
    expect(dataOf(read({ split: 'array' }, text))).toEqual([
      [0, '{"a":1.0}'],
      [1, '{ "b" : "],é[" }'],
      [2, '[1 , 2]'],
      [3, '7'],
    ]);
  });

  it('may have the array at a pointer, the last one if the name comes twice', () => {
    const text = '{"batch":[1],"x":{"batch":[2]},"b\\u0061tch" : [ {"id":3} , {"id":4} ]}';
    expect(dataOf(read({ split: '/batch' }, text))).toEqual([
      [0, '{"id":3}'],
      [1, '{"id":4}'],
    ]);
    expect(dataOf(read({ split: '/a/1/b' }, '{"a":[0,{"b":[5]}]}'))).toEqual([[0, '5']]);
  });

  it('may have a line for each event; blank lines count, and are no events', () => {
    expect(dataOf(read({ split: 'lines' }, '{"a":1}\r\n\n \t\n  {"b":2}'))).toEqual([
      [1, '{"a":1}'],
      [4, '{"b":2}'],
    ]);
  });

  it('is one event if it has no array where the split expects one', () => {
    expect(dataOf(read({ split: 'array' }, '{"a":1}'))).toEqual([[undefined, '{"a":1}']]);
    expect(dataOf(read({ split: '/batch' }, '{"batch":{}}'))).toEqual([[undefined, '{"batch":{}}']]);
  });

  it('holds no event if its array is empty', () => {
    expect(read({ split: 'array' }, ' [ ] ')).toEqual([]);
  });

  it('is not split again if it is an event of another message', () => {
    expect(dataOf(read({ split: 'array' }, '[1,2]', { position: 7 }))).toEqual([[7, '[1,2]']]);
  });

  it('is one event for all if its text does not parse', () => {
    expect(readOnly({ split: 'array' }, '[{"a":1},{"b":}]').unread).toEqual({
      code: 'ERR_UNDECODABLE',
      detail: 'not JSON',
    });
    expect(readOnly({ split: 'lines' }, Buffer.from([0x7b, 0x7d, 0x0a, 0xff])).unread).toEqual({
      code: 'ERR_UNDECODABLE',
      detail: 'not UTF-8',
    });
  });

  it('has a bad event among good ones, and each is read by itself', () => {
    const lines = read({ split: 'lines' }, '{"type":"a"}\nnonsense\n{"type":"b"}');
    expect(lines.map(({ members, unread }) => members?.type ?? unread?.detail)).toEqual(['a', 'not JSON', 'b']);
  });

  it('is too large as a whole with more than 10,000 events', () => {
    const rows = (count: number) => `[${Array<string>(count).fill('{}').join(',')}]`;
    expect(read({ split: 'array' }, rows(10_000))).toHaveLength(10_000);
    expect(readOnly({ split: 'array' }, rows(10_001)).unread).toEqual({
      code: 'ERR_TOO_LARGE',
      detail: 'data: more than 10000 events',
    });
    expect(readOnly({ split: 'lines' }, '{}\n'.repeat(10_001)).unread?.code).toBe('ERR_TOO_LARGE');
  });

  it('is too large as a whole if its events with copies of the attributes have more than 64 MB', () => {
    const rows = `[${Array<string>(9_000).fill('{}').join(',')}]`;
    const attributes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`name-${i}`, 'x'.repeat(1_000)]));
    expect(read({ split: 'array' }, rows, { attributes: attributes(7) })).toHaveLength(9_000);
    expect(readOnly({ split: 'array' }, rows, { attributes: attributes(8) }).unread).toEqual({
      code: 'ERR_TOO_LARGE',
      detail: 'data: more than 64 MB of events with their attributes',
    });
  });

  it('may have more values than one event may have', () => {
    const event = JSON.stringify({ values: Array<number>(1_000).fill(1) });
    expect(read({ split: 'array' }, `[${Array<string>(500).fill(event).join(',')}]`)).toHaveLength(500);
  });

  it('loses nothing: the events, with what stands between them, are the text', () => {
    const blank = fc.stringMatching(/^[ \n\r\t]*$/);
    const parts = fc.array(fc.tuple(blank, fc.json({ maxDepth: 3 }), blank), { maxLength: 8 });
    fc.assert(
      fc.property(parts, blank, (given, around) => {
        const text = `${around}[${given.map((part) => part.join('')).join(',')}]`;
        const events = read({ split: 'array' }, text).map(({ data }) => data);
        expect(events).toEqual(given.map(([, event]) => event));
        const rejoined = `${around}[${given.map(([before, , after], i) => `${before}${events[i]!}${after}`).join(',')}]`;
        expect(rejoined).toBe(text);
      }),
    );
  });

  it('may be compressed: its events are not, and are not said to be', () => {
    const compressed = gzipSync('[{"a":1},{"b":2}]');
    const results = read({ split: 'array' }, compressed, { attributes: { 'Content-Encoding': 'gzip', other: 'kept' } });
    expect(results.map(({ data, attributes }) => [data, attributes])).toEqual([
      ['{"a":1}', { other: 'kept' }],
      ['{"b":2}', { other: 'kept' }],
    ]);
  });
});
