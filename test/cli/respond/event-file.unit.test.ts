import { gzipSync } from 'node:zlib';
import { ResendFile } from '../../../cli/respond/event-file.ts';
import { UsageError } from '../../../cli/command.ts';
import { RetryableError } from '../../../shared/errors.ts';
import { Directory } from '../../support/command-run.ts';

const directory = new Directory();
let opened: ResendFile[] = [];

async function open(content: string | Uint8Array, name = 'events'): Promise<ResendFile> {
  const file = await ResendFile.open(await directory.write(name, content));
  opened.push(file);
  return file;
}

afterEach(async () => {
  await Promise.all(opened.map((file) => file.close()));
  opened = [];
});

async function textsOf(file: ResendFile, from = 0, to = 1_000): Promise<string[]> {
  const places = [...file.index.between(from, to)];
  return Promise.all(places.map(async (place) => (await file.read(place)).data.toString()));
}

test('events are read as they stand in the file, be it of lines or one array', async () => {
  const [two, one, eins] = ['{"event_id": 2, "n": 1.0}', '{ "event_id":1,\n "ä":"é" }', '{"event_id":1.0}'];
  expect(await textsOf(await open(`\ufeff${two}\r\n\n ${eins}`))).toEqual([eins, two]);
  expect(await textsOf(await open(`[${two},\n ${one}, ${eins} ]`))).toEqual([one, eins, two]);
});

test('events of a compressed file, of CSV and of pulled messages are read again too', async () => {
  const lines = ['{"event_id":2,"n":1.0}', '{"event_id":1}'];
  expect(await textsOf(await open(gzipSync(lines.join('\n'))))).toEqual(lines.toReversed());
  expect(await textsOf(await open('event_id,n\n2,1.0\n1,\n3\n'))).toEqual(lines.toReversed());
  const pulled = lines.map((line, i) => ({
    message: { messageId: `${i}`, data: Buffer.from(line).toString('base64') },
  }));
  expect(await textsOf(await open(JSON.stringify(pulled)))).toEqual(lines.toReversed());
});

test('pulled messages keep their attributes and their ordering key, but for those that Pub/Sub sets itself', async () => {
  const attributes = { 'ce-specversion': '1.0', tenant: 'é\n' };
  const message = { messageId: '1', data: Buffer.from('{"event_id":1}').toString('base64'), orderingKey: 'o-1' };
  const pulled = { message: { ...message, attributes: { ...attributes, googclient_schemaencoding: 'JSON' } } };
  const file = await open(JSON.stringify([pulled]));
  const [place] = file.index.between(0, 9);
  expect(await file.read(place!)).toEqual({ data: Buffer.from('{"event_id":1}'), attributes, orderingKey: 'o-1' });
});

test('lines without a readable id are counted, and the first such line is known', async () => {
  const file = await open('{"event_id":1}\nnot JSON\n{"event_id":9007199254740993}\n{"event_id":"2"}\n[1]\n');
  expect(file.unreadable).toEqual({ count: 4, firstLine: 2 });
  expect(await textsOf(file)).toEqual(['{"event_id":1}']);
  expect((await open('{"event_id":1}')).unreadable).toBeUndefined();
});

test('an event is not read from a file in which another stands in its place by now', async () => {
  const file = await open('{"event_id":1}\n{"event_id":2}\n', 'changing');
  await directory.write('changing', '{"event_id":3}\n{"event_id":2}\n');
  await expect(textsOf(file, 1, 1)).rejects.toThrow(RetryableError);
  expect(await textsOf(file, 2, 2)).toEqual(['{"event_id":2}']);
  await directory.write('changing', '');
  await expect(textsOf(file, 2, 2)).rejects.toThrow(/has changed/);
});

test('a file that cannot be read a second time is refused', async () => {
  await expect(ResendFile.open('/dev/null')).rejects.toThrow(UsageError);
  await expect(ResendFile.open(directory.file('.'))).rejects.toThrow(UsageError);
  await expect(ResendFile.open(directory.file('absent'))).rejects.toThrow('there is no such file');
});
