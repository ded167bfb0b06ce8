import fc from 'fast-check';
import { openEvents } from '../../../cli/input/event-file.ts';

/** The records of a file that is read in pieces: what stands on which line. */
async function recordsOf(...chunks: readonly (string | Uint8Array)[]): Promise<[number, string][]> {
  const records: [number, string][] = [];
  for await (const { data, line } of await openEvents(asStream(chunks), { name: 'f' }))
    records.push([line, data.toString('latin1')]);
  return records.map(([line, text]) => [line, Buffer.from(text, 'latin1').toString()]);
}

async function* asStream(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
}

async function textsOf(...chunks: readonly string[]): Promise<string[]> {
  return (await recordsOf(...chunks)).map(([, text]) => text);
}

describe('a file of lines', () => {
  test('has an event on each, which keeps its bytes and knows its line', async () => {
    expect(await recordsOf('{"a": 1.0}\n{"b":"é"}\n')).toEqual([
      [1, '{"a": 1.0}'],
      [2, '{"b":"é"}'],
    ]);
  });

  test.each([
    ['without a final line break', '{"a":1}\n{"b":2}'],
    ['with carriage returns', '{"a":1}\r\n{"b":2}\r\n'],
    ['with a byte order mark', '\ufeff{"a":1}\n{"b":2}\n'],
    ['with blanks around', '  {"a":1}\t\n {"b":2} \n'],
  ])('has the same events %s', async (_, text) => {
    expect(await recordsOf(text)).toEqual([
      [1, '{"a":1}'],
      [2, '{"b":2}'],
    ]);
  });

  test('may have blank lines, which are counted but are no events', async () => {
    expect(await recordsOf('\n\r\n{"a":1}\n \t\n\n{"b":2}\n\n')).toEqual([
      [3, '{"a":1}'],
      [6, '{"b":2}'],
    ]);
  });

  test('may begin with megabytes of blank lines', async () => {
    const blank = '\n'.repeat(200_000);
    expect(await recordsOf(blank, blank, '{"a":1}\n')).toEqual([[400_001, '{"a":1}']]);
  });

  test('may have lines that are no JSON: they are cut all the same', async () => {
    expect(await textsOf('not JSON\n{"a":\n"]"\n')).toEqual(['not JSON', '{"a":', '"]"']);
    expect(await textsOf('{"a":1,\n{"b":2}\n')).toEqual(['{"a":1,', '{"b":2}']);
  });

  test('of nothing has no events', async () => {
    for (const text of ['', '\n', ' \r\n\t', '\ufeff', '\ufeff\n']) expect(await recordsOf(text)).toEqual([]);
    expect(await recordsOf()).toEqual([]);
  });

  test('that begins with a line of megabytes is read', async () => {
    const long = `{"a":"${'x'.repeat(3_000_000)}"}`;
    expect((await textsOf(`${long}\n{"b":2}`)).map((text) => text.length)).toEqual([3_000_008, 7]);
  });
});

describe('a file of arrays', () => {
  test.each([
    ['in one line', '[{"a":1},{"b":2}]'],
    ['in one line, with its break', '[{"a":1},{"b":2}]\n'],
    ['with blanks', ' [ {"a":1} , {"b":2} ] \n\n'],
    ['with a byte order mark', '\ufeff[{"a":1},{"b":2}]'],
  ])('%s has its elements as events', async (_, text) => {
    expect(await recordsOf(text)).toEqual([
      [1, '{"a":1}'],
      [1, '{"b":2}'],
    ]);
  });

  test('that is pretty-printed has its elements as they stand, and knows their first lines', async () => {
    expect(await recordsOf('[\n  {\n    "a": 1.0\n  },\n\n  {"b": [\n1]},\r\n  3\n]\n')).toEqual([
      [2, '{\n    "a": 1.0\n  }'],
      [6, '{"b": [\n1]}'],
      [8, '3'],
    ]);
  });

  test('may have brackets, braces, commas, quotes and escapes in its strings', async () => {
    const elements = ['{"a":"]"}', '{"b":"},{"}', '{"c":"\\"]"}', '{"d":"\\\\"}', '"[,"', '{"e\\"]":[[],{}]}'];
    expect(await textsOf(`[${elements.join(',')}]`)).toEqual(elements);
    expect(await textsOf(`[\n${elements.join(',\n')}\n]`)).toEqual(elements);
  });

  test('may be empty, and may have nothing between its commas', async () => {
    expect(await textsOf('[]')).toEqual([]);
    expect(await textsOf('[\n]\n')).toEqual([]);
    expect(await textsOf('[ , {"a":1},, ]')).toEqual(['{"a":1}']);
  });

  test('may have any values as elements: each is cut out', async () => {
    expect(await textsOf('[1, -2.0e5 ,null,"a",[1,[2]],true]')).toEqual([
      '1',
      '-2.0e5',
      'null',
      '"a"',
      '[1,[2]]',
      'true',
    ]);
  });

  test('without an end has its last elements line by line', async () => {
    expect(await recordsOf('[{"a":1},\n{"b":2},\n{"c":\n{"d":4}\n')).toEqual([
      [1, '{"a":1}'],
      [2, '{"b":2}'],
      [3, '{"c":'],
      [4, '{"d":4}'],
    ]);
  });

  test('with an unclosed string continues behind that line', async () => {
    expect(await recordsOf('[\n{"a":1},\n{"b":"2},\n{"c":3}\n]\n')).toEqual([
      [2, '{"a":1}'],
      [3, '{"b":"2},'],
      [4, '{"c":3}'],
    ]);
  });

  test('is followed by lines if text comes after its end', async () => {
    expect(await recordsOf('[\n{"a":1}\n] {"b":2}\n\n{"c":3}\n')).toEqual([
      [2, '{"a":1}'],
      [3, '{"b":2}'],
      [5, '{"c":3}'],
    ]);
  });

  test('may hold several arrays one after another', async () => {
    expect(await textsOf('[{"a":1}]\n\n[{"b":2},\n{"c":3}][]\n')).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  });

  test.each([
    ['a bracket of the other kind', '[{"a":[1},\n{"b":2}]', ['{"a":[1}', '{"b":2}']],
    ['no closing brace', '[{"a":1,\n{"b":2}]', ['{"a":1,', '{"b":2}']],
    ['a line break in a string', '[\n  {\n    "a": "x\n  },\n  {"b":2}\n]', ['{\n    "a": "x', '}', '{"b":2}']],
  ])('that has an element with %s goes on with the next element', async (_, text, expected) => {
    expect(await textsOf(text)).toEqual(expected);
  });

  test('of more than one bufferful in one line is read element by element', async () => {
    const elements = Array.from({ length: 20_000 }, (_, i) => `{"event_id":${i}}`);
    expect(await textsOf(`[${elements.join(',')}]`)).toEqual(elements);
  });
});

describe('a file of objects one after another', () => {
  const pretty = '{\n  "a": {\n    "b": "}"\n  }\n}';

  test.each([
    [
      'pretty-printed',
      `${pretty}\n{\n  "c": 1\n}\n`,
      [
        [1, pretty],
        [6, '{\n  "c": 1\n}'],
      ],
    ],
    ['pretty-printed, a single one', pretty, [[1, pretty]]],
    [
      'in one line',
      '{"a":1}{"b":2} {"c":3}',
      [
        [1, '{"a":1}'],
        [1, '{"b":2}'],
        [1, '{"c":3}'],
      ],
    ],
    [
      'with commas between them',
      '{"a":1},\n{"b":2},\n',
      [
        [1, '{"a":1}'],
        [2, '{"b":2}'],
      ],
    ],
  ] as [string, string, [number, string][]][])('%s has each as an event', async (_, text, expected) => {
    expect(await recordsOf(text)).toEqual(expected);
  });

  test('loses only the event in which something is wrong', async () => {
    const broken = ['{\n  "a": 1,\n  "b": 2', '{\n  "a": 2\n}', '{\n  "a": "3\n}', '{\n  "a": 4\n}'];
    expect(await textsOf(broken.join('\n'))).toEqual([broken[0], broken[1], '{\n  "a": "3', '}', broken[3]]);
  });

  test('of which one has no end is cut where the next begins in the same column', async () => {
    const file = '{\n  "a": 1\n}\n{\n  "b":\n{\n  "c": 3\n}\n';
    expect(await textsOf(file)).toEqual(['{\n  "a": 1\n}', '{\n  "b":', '{\n  "c": 3\n}']);
  });
});

describe('a file that ends in the middle of an event', () => {
  async function cutLineOf(text: string): Promise<number | undefined> {
    const events = await openEvents(asStream([text]), { name: 'f' });
    for await (const record of events) expect(record.data.length).toBeGreaterThan(0);
    return events.cutLine;
  }

  test.each([
    ['of lines', '{"a":1}\n{"b":', 2],
    ['of an array', '[{"a":1},\n{"b":2', 2],
    ['of an array, behind a comma', '[{"a":1},\n', 2],
    ['of objects', '{\n  "a": 1\n}\n{\n  "b', 4],
  ])('%s says so', async (_, text, line) => {
    expect(await cutLineOf(text)).toBe(line);
  });

  test.each([
    ['lines', '{"a":1}\n{"b":\n{"c":3}'],
    ['an array', '[{"a":1},{"b":}]'],
    ['objects', '{\n  "a": 1\n}'],
  ])('is told from broken %s', async (_, text) => {
    expect(await cutLineOf(text)).toBeUndefined();
  });
});

test('a sequence has an event behind each separator, and knows its line', async () => {
  expect(await recordsOf('\x1e{"a":1}\n\x1e{\n"b":2}\n\x1e\x1e{"c":3}\n')).toEqual([
    [1, '{"a":1}'],
    [2, '{\n"b":2}'],
    [4, '{"c":3}'],
  ]);
});

describe('standard input', () => {
  test('is read as soon as its first line is there, and not only when more of it comes', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"a":1}\n');
      await new Promise(() => undefined);
    }
    const events = await openEvents(endless(), { name: 'standard input' });
    const first = await events[Symbol.asyncIterator]().next();
    expect(first.value).toMatchObject({ line: 1, data: Buffer.from('{"a":1}') });
  });
});

const aPiece = fc.oneof(
  fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', '\n', '\r\n', ' ', '\ufeff', 'é', '1', ':'),
  fc.constantFrom('{"a":1}', '[1,2]', '"x"', '{"b":"],\\""}', '\n\n', '],\n['),
);
const anything = fc.array(aPiece, { maxLength: 40 }).map((pieces) => pieces.join(''));
const lines = fc
  .tuple(
    fc.constantFrom('', '\ufeff'),
    fc.array(fc.constantFrom('{"a":1}', '', '[1]', '{"b":"é"}', 'no'), { maxLength: 8 }),
  )
  .map(([mark, texts]) => mark + texts.join('\n'));
const anArray = fc
  .tuple(
    fc.constantFrom('', '\ufeff'),
    fc.array(fc.constantFrom('{"a":1}', '\n{"b":"],"}', '[{}]', '"\\""'), { maxLength: 8 }),
  )
  .map(([mark, texts]) => `${mark}[${texts.join(',')}\n]\n`);
const aFile = fc.oneof(anything, lines, anArray).map((text) => Buffer.from(text));

function cut(file: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % (file.length + 1)).sort((a, b) => a - b), file.length];
  return cuts.slice(1).map((to, i) => file.subarray(cuts[i], to));
}

test('a file has the same records however its bytes are cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(aFile, fc.array(fc.nat(), { maxLength: 8 }), async (file, places) => {
      expect(await recordsOf(...cut(file, places))).toEqual(await recordsOf(file));
    }),
    { numRuns: 500 },
  );
});

test('a first line that is a long array has the same records however it is cut', async () => {
  // Longer than what is kept until it is clear whether the array is the whole file.
  const file = Buffer.from(`[${'1,'.repeat(40_000)}1]\n{"a":1}\n`);
  const whole = await recordsOf(file);
  expect(String(await recordsOf(...cut(file, [65_000, 66_000, 70_000])))).toBe(String(whole));
  expect(whole.at(-1)).toEqual([2, '{"a":1}']);
});

test('a byte order mark is left out, be it cut in two or three', async () => {
  const file = Buffer.from('\ufeff{"a":1}\n');
  expect(await recordsOf(...cut(file, [1, 2]))).toEqual([[1, '{"a":1}']]);
});

test('whatever a file holds, nothing but blanks, the brackets of arrays and commas is left out', async () => {
  await fc.assert(
    fc.asyncProperty(aFile, async (file) => {
      const text = withoutMark(file.toString());
      const kept = (await recordsOf(file)).map(([, record]) => record);
      let rest = text;
      let leftOut = '';
      for (const record of kept) {
        const at = rest.indexOf(record);
        expect(at).toBeGreaterThanOrEqual(0);
        leftOut += rest.slice(0, at);
        rest = rest.slice(at + record.length);
      }
      leftOut += rest;
      const marks = leftOut.replaceAll(/[ \t\r\n]/g, '');
      const { form } = await openEvents(asStream([file]), { name: 'f' });
      expect(marks).toMatch(form === 'one JSON event a line' ? /^$/ : /^[[\],]*$/);
    }),
    { numRuns: 500 },
  );
});

test('a record stands on the line on which it begins', async () => {
  await fc.assert(
    fc.asyncProperty(aFile, async (file) => {
      const all = withoutMark(file.toString()).split('\n');
      for (const [line, record] of await recordsOf(file)) expect(all[line - 1]).toContain(record.split('\n')[0]);
    }),
  );
});

test('a record begins at its byte of the file, however the file is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(aFile, fc.array(fc.nat(), { maxLength: 8 }), async (file, places) => {
      for await (const { data, offset } of await openEvents(asStream(cut(file, places)), { name: 'f' }))
        expect(file.subarray(offset, offset + data.length).toString('latin1')).toBe(data.toString('latin1'));
    }),
    { numRuns: 500 },
  );
});

test('a record behind megabytes of blank lines knows its byte', async () => {
  const file = asStream(['\ufeff', '\n'.repeat(200_000), ' {"a":1}\n']);
  for await (const { offset } of await openEvents(file, { name: 'f' })) expect(offset).toBe(200_004);
  expect.assertions(1);
});

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
