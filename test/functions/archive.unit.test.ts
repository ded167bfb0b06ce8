import { makeArchive } from '../../functions/archive/handler.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import { RetryableError } from '../../shared/errors.ts';
import { cellOf } from '../../shared/tracking/block.ts';
import { digest } from '../../shared/digest.ts';
import type { ReplaySent } from '../../shared/dead-letter/dead-letter.ts';
import type { Attributes, Message } from '../../shared/messages/message.ts';
import { aBlockWith, aDelivery, anEntry, atOnce, minuteMs, noon } from '../support/builders.ts';
import { discardedStanding } from '../support/letters.ts';
import { anEventAt, Pipeline } from '../support/pipeline.ts';
import { portsInMemory } from '../support/ports.ts';

const attributes: Attributes = {
  stream: 'orders',
  'eventmend-code': 'ERR_CONFLICT',
  'eventmend-stage': 'track',
  'eventmend-root': 'events/17',
  'eventmend-failed-at': '2025-02-09T11:59:00.000Z',
};

function anArchive(faultOf: (method: string) => Fault = () => 'none') {
  const letters = new EmbeddedDeadLetterStore(atOnce);
  const clock = new VirtualClock(noon);
  const blocks = new EmbeddedBlockStore(atOnce);
  const ports = portsInMemory({ letters: unreliable('letters', letters, faultOf), blocks, clock });
  const { handler: archive } = makeArchive(ports);
  const file = (messageId: string, more: Attributes = {}) =>
    archive(aDelivery({ topic: 'dead-letter-queue', messageId, attributes: { ...attributes, ...more } }));
  return { letters, blocks, clock, file };
}

test('a letter is filed for review, open, with its reason', async () => {
  const { letters, file } = anArchive();
  await file('40');
  expect(await letters.list(5)).toMatchObject([
    {
      root: 'events/17',
      standing: { state: 'open' },
      failure: { code: 'ERR_CONFLICT' },
      stream: 'orders',
      filedAtMs: noon,
    },
  ]);
});

test('letters of different roots are filed apart, those of one root together', async () => {
  const { letters, file } = anArchive();
  await file('40');
  await file('41', { 'eventmend-root': 'events/18' });
  await file('42');
  const filed = await letters.list(5);
  expect(filed.map(({ root, messageIds }) => [root, messageIds]).sort()).toEqual([
    ['events/17', ['40', '42']],
    ['events/18', ['41']],
  ]);
});

test('a second delivery of a letter changes nothing, whatever the operator has done with it meanwhile', async () => {
  const { letters, clock, file } = anArchive();
  await file('40');
  const [letter] = await letters.all();
  const filed = await letters.find(letter!.id);
  await letters.save({ ...letter!, standing: discardedStanding }, filed!.version);
  const before = await letters.find(letter!.id);
  clock.advance(minuteMs);
  await file('40');
  expect(await letters.find(letter!.id)).toEqual(before);
});

test('of two instances that file letters of one root at once, one is told to try again, and neither letter is lost', async () => {
  const { letters, file } = anArchive();
  const outcomes = await Promise.allSettled([file('40'), file('41')]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toBeInstanceOf(RetryableError);
  await file('40');
  await file('41');
  expect((await letters.list(5)).map(({ messageIds }) => [...messageIds].sort())).toEqual([['40', '41']]);
});

test('a letter is delivered again when the store fails', async () => {
  const { letters, file } = anArchive((method) => (method === 'save' ? 'fails' : 'none'));
  await expect(file('40')).rejects.toThrow(RetryableError);
  expect(await letters.list(5)).toEqual([]);
});

test('a letter whose save took effect without an answer is filed once', async () => {
  const faults: Fault[] = ['none', 'answer-lost'];
  const { letters, file } = anArchive(() => faults.shift() ?? 'none');
  await expect(file('40')).rejects.toThrow(RetryableError);
  await file('40');
  expect(await letters.list(5)).toMatchObject([{ messageIds: ['40'] }]);
});

test('a message that another publisher sent to the topic is filed as well', async () => {
  const letters = new EmbeddedDeadLetterStore(atOnce);
  const { handler: archive } = makeArchive(portsInMemory({ letters }));
  await archive(aDelivery({ topic: 'dead-letter-queue', messageId: '1', content: '\u0000', attributes: {} }));
  expect(await letters.list(5)).toMatchObject([{ root: 'dead-letter-queue/1', failure: { code: 'ERR_UNDECODABLE' } }]);
});

test.each([
  ['done, if the store holds what was replayed', { published: true }, { state: 'done', outcome: 'published' }],
  [
    'done, if another message has brought the same event',
    { root: digest('events/18') },
    { state: 'done', outcome: 'already there' },
  ],
  ['open, if the store does not hold it', { published: false }, { state: 'open' }],
])('a letter of a replay makes its record %s', async (_, held, standingAfter) => {
  const { letters, blocks, file } = anArchive();
  await file('40');
  const [record] = await letters.all();
  const entry = { stream: 'orders', at: 7, isUnnumbered: false, key: digest('key'), hash: digest('content') };
  const replay: ReplaySent = { version: 'original', replace: false, content: record!.known[0]!, entry };
  const standing = { state: 'sent', replay, sentAtMs: noon, dueAtMs: noon } as const;
  await letters.save({ ...record!, replay: 1, standing }, (await letters.find(record!.id))!.version);
  const block = aBlockWith({ 7: anEntry({ root: digest('events/17'), key: entry.key, hash: entry.hash, ...held }) });
  const expireAtMs = noon + minuteMs;
  const ref = { stream: 'orders', index: 0 };
  await blocks.write([{ ref, block, expected: undefined, expireAtMs, writtenAtMs: noon }]);
  await file('41', { 'eventmend-replay': '1', 'eventmend-code': 'ERR_DELIVERY' });
  expect((await letters.head(record!.id))?.standing).toMatchObject(standingAfter);
});

describe('a letter of an event that failed tells what the event is about', () => {
  const event = { event_id: 7, type: 'CRM_Sync', timestamp: '2025-02-09T11:00:00Z' };

  test.each([
    ['its timestamp is wrong', { ...event, timestamp: 'noon' }, {}, { stream: 'orders', type: 'CRM_Sync', eventId: 7 }],
    ['its id is missing', { ...event, event_id: undefined }, {}, { stream: 'orders', type: 'CRM_Sync' }],
    ['its stream is wrong', event, { stream: 'no stream' }, { stream: 'no stream', type: 'CRM_Sync' }],
    ['its type is missing', { ...event, type: undefined }, {}, { stream: 'orders', eventId: 7 }],
    ['its type is too long', { ...event, type: 'x'.repeat(200) }, {}, { stream: 'orders', eventId: 7 }],
  ])('if %s', async (_, sent, attributes, about) => {
    const pipeline = new Pipeline();
    await pipeline.sendWith({ stream: 'orders', ...attributes }, sent);
    const [letter] = await pipeline.runtime.letters.all();
    expect(letter).toMatchObject({ failure: { stage: 'validate' }, source: undefined });
    expect({ stream: letter?.stream, type: letter?.type, eventId: letter?.eventId }).toEqual({
      ...{ stream: undefined, type: undefined, eventId: undefined },
      ...about,
    });
  });

  test('if Pub/Sub gave it up before anybody read it', async () => {
    const letters = new EmbeddedDeadLetterStore(atOnce);
    const { handler: archive } = makeArchive(portsInMemory({ letters }));
    const attributes = { stream: 'orders', CloudPubSubDeadLetterSourceSubscription: 'validate-events' };
    await archive(aDelivery({ topic: 'dead-letter-queue', content: event, attributes }));
    expect(await letters.list(1)).toMatchObject([
      { failure: { code: 'ERR_DELIVERY' }, stream: 'orders', type: 'CRM_Sync', eventId: 7 },
    ]);
  });

  test('and the entry of its id takes no type from it, since the names of types in a block are bounded', async () => {
    const pipeline = new Pipeline();
    await pipeline.sendWith({ stream: 'orders' }, { ...event, timestamp: 'noon' });
    const [stored] = await pipeline.runtime.blocks.read([{ stream: 'orders', index: 0 }]);
    expect(stored && cellOf(stored.block, 7)).toMatchObject([{ state: 'closed', type: '' }]);
  });
});

describe('a replay of an event whose stream its message does not name', () => {
  const event = anEventAt(1);
  const data = Buffer.from(JSON.stringify(event));

  test.each([
    ['of a source with a fixed stream', 'validate-source-shop', 'track-validated-events'],
    ['of the topic events', 'validate-events', 'track-validated-events'],
    ['that validate published', 'validate-source-shop', 'validate-mended-events'],
  ])('%s is done if its letter comes after its event was published', async (_, subscription, gaveUp) => {
    const pipeline = new Pipeline({ catalog: { sources: { shop: { stream: 'orders' } } } });
    const { letters, blocks, pubsub, catalog } = pipeline.runtime;
    const { handler: archive } = makeArchive(portsInMemory({ letters, blocks, catalog }));
    const giveUp = async (messageId: string, from: string, attributes: Attributes): Promise<void> =>
      archive(
        aDelivery({
          ...{ topic: 'dead-letter-queue', messageId, data },
          attributes: { ...attributes, CloudPubSubDeadLetterSourceSubscription: from },
        }),
      );
    const sent: Message[] = [];
    pubsub.listen(
      gaveUp === 'validate-mended-events' ? 'mended-events' : 'validated-events',
      'test-sent',
      (message) => {
        sent.push(message);
        return Promise.resolve();
      },
    );
    await giveUp('1', subscription, {});
    expect(await pipeline.replayAll()).toEqual([]);
    expect(pipeline.cleanIds).toEqual([1]);
    // Track marks the entry as published with its next commit, a second later at most.
    pipeline.runtime.clock.advance(2_000);
    await pipeline.runtime.drain();
    expect(await letters.list(5)).toMatchObject([{ standing: { state: 'sent' } }]);
    await giveUp('2', gaveUp, sent[0]!.attributes);
    expect(await letters.list(5)).toMatchObject([{ standing: { state: 'done', outcome: 'published' } }]);
  });
});
