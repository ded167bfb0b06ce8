import { openEvents, type EventFile } from '../../../cli/input/event-file.ts';
import { InputError, type InputRecord } from '../../../cli/input/input-record.ts';

async function read(text: string, at?: string, chunkBytes = 1_000) {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const file = Buffer.from(text);
    for (let from = 0; from < file.length; from += chunkBytes) yield file.subarray(from, from + chunkBytes);
    await Promise.resolve();
  }
  const events: EventFile = await openEvents(chunks(), { name: 'f', at });
  const records: InputRecord[] = [];
  for await (const record of events) records.push(record);
  return { records, events };
}

async function textsAt(at: string, text: string, chunkBytes?: number): Promise<string[]> {
  return (await read(text, at, chunkBytes)).records.map(({ data }) => data.toString());
}

describe('the events at a pointer', () => {
  const page =
    '{"next": "x]}", "a/b": {"events": [ {"n": 1.0},\n {"n":{"events":[0]}} ], "count": 2}, "more": [[{"m":1}]]}';

  test('are the elements of the array there, as they stand', async () => {
    for (const chunkBytes of [1, 3, 1_000])
      expect(await textsAt('/a~1b/events', page, chunkBytes)).toEqual(['{"n": 1.0}', '{"n":{"events":[0]}}']);
  });

  test('are looked for in each object of the file', async () => {
    expect(await textsAt('/e', '{"e":[1,2]}\n{"x":{"e":[0]},"e":[3]}\n')).toEqual(['1', '2', '3']);
  });

  test('may be below an element of an array, and may be a single object', async () => {
    expect(await textsAt('/more/0', page)).toEqual(['{"m":1}']);
    expect(await textsAt('/1/e', '[{"e":[1]},{"e":{"a":1}}]')).toEqual(['{"a":1}']);
  });

  test('know the lines of the file', async () => {
    const { records } = await read(`{\n"e": [\n{"a":1},\n{"a":2}\n]}\n{"e":[\n{"a":3}]}`, '/e');
    expect(records.map(({ line }) => line)).toEqual([3, 4, 7]);
  });

  test('that are not there are an error, which names the members that are', async () => {
    await expect(read('{"data":[1],"next":2}', '/events')).rejects.toThrow(
      new InputError('--at /events leads to no array or object in the value on line 1 (it has data, next)'),
    );
    await expect(read('{"events":5}', '/events')).rejects.toThrow(InputError);
  });

  test('go on behind a mistake in the array, and nothing of the rest is left out', async () => {
    expect(await textsAt('/e', '{"e":[{"a":"1\n},\n{"b":2}],"f":3}')).toEqual(['{"a":"1', '}', '{"b":2}', '"f":3}']);
  });

  test('of a file that is cut off are those in front of the cut', async () => {
    const { records, events } = await read('{"e":[{"a":1},\n{"a":', '/e');
    expect(records.map(({ data }) => data.toString())).toEqual(['{"a":1}', '{"a":']);
    expect(events.cutLine).toBe(2);
  });
});

describe('messages that were pulled', () => {
  const pulled = (data: string, more = '') =>
    `{"ackId":"x","message":{"data":"${Buffer.from(data).toString('base64')}","messageId":"101"${more}}}`;
  const attributed = pulled('{"a": 1}', ',"attributes":{"stream":"shop"},"orderingKey":"k"');
  const unwrapped = { messageId: '101', attributes: { stream: 'shop' }, orderingKey: 'k', line: 1 };

  test.each([
    ['by gcloud', `[${attributed}]`],
    ['by the REST interface', `{"receivedMessages":[${attributed}]}`],
    ['and written one a line', `${attributed}\n`],
  ])('%s are unwrapped: data, attributes, id and ordering key', async (_, file) => {
    const { records, events } = await read(file);
    expect(records).toMatchObject([{ ...unwrapped, data: Buffer.from('{"a": 1}') }]);
    expect(events.form).toContain('messages that were pulled from a subscription');
  });

  test('may have no data, and one that is no message is kept with its problem', async () => {
    const { records } = await read(`[${pulled('{}')},{"message":{"messageId":"7"}},{"message":{"data":"?"}}]`);
    expect(records.map(({ data, problem }) => [data.toString(), problem])).toEqual([
      ['{}', undefined],
      ['', undefined],
      ['{"message":{"data":"?"}}', 'not a message like the first one, which was pulled from a subscription'],
    ]);
  });
});
