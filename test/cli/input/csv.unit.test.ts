import { openEvents } from '../../../cli/input/event-file.ts';
import type { InputRecord } from '../../../cli/input/input-record.ts';

async function read(...chunks: readonly (string | Buffer)[]): Promise<{ records: InputRecord[]; form: string }> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk as string);
    await Promise.resolve();
  }
  const events = await openEvents(stream(), { name: 'events.csv' });
  const records: InputRecord[] = [];
  for await (const record of events) records.push(record);
  return { records, form: events.form };
}

async function textsOf(...chunks: readonly string[]): Promise<string[]> {
  return (await read(...chunks)).records.map(({ data }) => data.toString());
}

const header = 'event_id,type,timestamp';

describe('a CSV file', () => {
  test('has an event in each row, with the members that its header names', async () => {
    const { records, form } = await read(
      `${header}\r\n1,LeadCreated,2025-02-09T12:00:00\r\n\r\n2,Login,2025-02-09\r\n`,
    );
    expect(records.map(({ line, data }) => [line, data.toString()])).toEqual([
      [2, '{"event_id":1,"type":"LeadCreated","timestamp":"2025-02-09T12:00:00"}'],
      [4, '{"event_id":2,"type":"Login","timestamp":"2025-02-09"}'],
    ]);
    expect(form).toBe('CSV with a header, separated by ,');
  });

  test.each([
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['bars', '|'],
  ])('may be separated by %s', async (_, mark) => {
    expect(await textsOf(`event_id${mark}type\n1${mark}a,b\n`)).toEqual(['{"event_id":1,"type":"a,b"}']);
  });

  test('may have cells in quotes, with delimiters, line breaks and doubled quotes, cut anywhere', async () => {
    const file = `event_id,type,note\n1,"a,""b""","first\nsecond"\n2,"",plain "quoted"\n`;
    const expected = [
      '{"event_id":1,"type":"a,\\"b\\"","note":"first\\nsecond"}',
      '{"event_id":2,"note":"plain \\"quoted\\""}',
    ];
    expect(await textsOf(file)).toEqual(expected);
    expect(await textsOf(...file.split(/(?=[^])/))).toEqual(expected);
    expect((await read(`${file}3,c,d\n`)).records.map(({ line }) => line)).toEqual([2, 4, 5]);
  });

  test.each([
    ['12', '12'],
    ['-1.50', '-1.50'],
    ['true', 'true'],
    ['null', 'null'],
    ['"{""a"":[1]}"', '{"a":[1]}'],
    ['007', '"007"'],
    ['12345678901234567890', '"12345678901234567890"'],
    ['1e5', '"1e5"'],
    ['[no JSON', '"[no JSON"'],
    [' 1', '" 1"'],
  ])('has the cell %s as the value %s', async (cell, value) => {
    expect(await textsOf(`event_id,x\n1,${cell}\n`)).toEqual([`{"event_id":1,"x":${value}}`]);
  });

  test('has texts for type and uuid, even where they look like numbers', async () => {
    expect(await textsOf('event_id,type,uuid\n1,2,3\n')).toEqual(['{"event_id":1,"type":"2","uuid":"3"}']);
  });

  test('has the truth values of spreadsheets for valid', async () => {
    expect(await textsOf('event_id,valid\n1,TRUE\n2,False\n')).toEqual([
      '{"event_id":1,"valid":true}',
      '{"event_id":2,"valid":false}',
    ]);
  });

  test('has an object for columns with dots in their names, and no member for empty cells', async () => {
    expect(await textsOf('event_id,data.amount,type,data.by.name\n1,5,T,Ann\n2,,T,\n')).toEqual([
      '{"event_id":1,"data":{"amount":5,"by":{"name":"Ann"}},"type":"T"}',
      '{"event_id":2,"type":"T"}',
    ]);
  });
});

describe('a row that does not fit its file is kept as it stands, with its line and the problem:', () => {
  async function problemsOf(rows: string | Buffer) {
    const { records } = await read(`${header}\n1,A,2025\n`, rows);
    return records.filter(({ problem }) => problem).map(({ line, data, problem }) => [line, data.toString(), problem]);
  }

  test.each([
    ['a cell too few', '2,B\n', [[3, '2,B', '2 cells, where the header has 3']]],
    ['a cell too many', '2,B,2025,x\n3,C,2025\n', [[3, '2,B,2025,x', '4 cells, where the header has 3']]],
    ['text behind a quote', '2,"B"b,2025\n', [[3, '2,"B"b,2025', 'text follows a closing quote']]],
    [
      'a quote without an end',
      '2,"B,2025\n3,C,2025\n4\n',
      [
        [3, '2,"B,2025', 'a quote has no end'],
        [5, '4', '1 cell, where the header has 3'],
      ],
    ],
  ])('%s', async (_, rows, expected) => {
    expect(await problemsOf(rows)).toEqual(expected);
  });

  test('bytes that are not UTF-8', async () => {
    const row = Buffer.from('2,caf\xe9,2025\n', 'latin1');
    expect(await problemsOf(row)).toMatchObject([[3, expect.any(String), 'not UTF-8']]);
  });
});

describe('a text is no CSV file', () => {
  test.each([
    ['if its first line names no columns', 'hello, world!\nso, what?\n'],
    ['if its lines have other numbers of cells, and no column is known', 'hello, world\nno\n'],
    ['if its names are not all different', 'id,id\n1,2\n'],
  ])('%s', async (_, text) => {
    expect((await read(text)).form).toBe('one JSON event a line');
  });

  test('if it is form-encoded', async () => {
    const text = 'MessageSid=SM1&MessageStatus=sent\nMessageSid=SM1&MessageStatus=read\n';
    expect(await read(text)).toMatchObject({
      form: 'one form-encoded event a line',
      records: [{ line: 1 }, { line: 2 }],
    });
  });

  test.each(['', '\n', ' \r\n\t'])('if it is empty: %j', async (text) => {
    expect(await read(text)).toMatchObject({ form: 'an empty file', records: [] });
  });
});
