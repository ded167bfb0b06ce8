import { gzipSync } from 'node:zlib';
import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { stripe } from '../../shared/sources/presets.ts';
import { assess } from '../../shared/validation/assess.ts';
import { assessedAtMs, assessOnly, attributesFor } from '../support/assessments.ts';
import { aCrmSync, aDelivery, textOf } from '../support/builders.ts';

const catalog: CatalogDefinition = {
  sources: {
    outbox: {
      stream: ['/shop'],
      fields: { event_id: '/seq', type: '/kind', timestamp: { at: '/at', in: 'ms' } },
      split: 'array',
    },
    audit: { stream: 'money' },
    replies: { answers: true },
    payments: { fields: stripe() },
  },
};

const row = (members: object = {}) => ({ seq: '0041', kind: 'Paid', at: 1_739_102_400_000, shop: 'a/b', ...members });

function from(source: string, content: object | string | Uint8Array, attributes = {}) {
  return aDelivery({ topic: `sources/${source}`, content: content as object, attributes });
}

function all(delivery: ReturnType<typeof aDelivery>) {
  return [...assess(delivery, makeCatalog(catalog), assessedAtMs).events];
}

describe('a message of a source', () => {
  it('goes on byte for byte, in a stream of its source, with its source', () => {
    const { topic, message } = assessOnly(from('outbox', row(), { stream: 'orders', type: 'x' }), catalog);
    expect(topic).toBe('validated-events');
    expect(textOf(message)).toBe(JSON.stringify(row()));
    expect(message.attributes).toMatchObject({
      stream: 'outbox~.a~2fb',
      'eventmend-source': 'outbox',
      'eventmend-root': 'sources/outbox/1',
      'eventmend-kind': 'event',
      'eventmend-id': '41',
      'eventmend-type': 'Paid',
      'eventmend-key': '41/1739102400000',
      'producer-stream': 'orders',
      'producer-type': 'x',
    });
    expect(message.attributes).not.toHaveProperty('eventmend-repair');
  });

  it('has its place in the message in its root, so that a redelivered message finds each of its events', () => {
    const events = all(from('outbox', [row(), row({ seq: 'x' }), row({ seq: 43 })]));
    expect(events.map(({ topic }) => topic)).toEqual(['validated-events', 'dead-letter-queue', 'validated-events']);
    expect(events.map(({ message }) => message.attributes['eventmend-root'])).toEqual([
      'sources/outbox/1/0',
      'sources/outbox/1/1',
      'sources/outbox/1/2',
    ]);
    expect(events[1]!.message.attributes).toMatchObject({
      stream: 'outbox~.a~2fb',
      'eventmend-source': 'outbox/1',
      'eventmend-code': 'ERR_INVALID_EVENT',
      'eventmend-detail':
        'event_id at /seq: a text; an integer from 0 to 2^53-1, also as a text of digits, is accepted',
    });
  });

  it('without a value that its stream is made of is a letter', () => {
    const { topic, message } = assessOnly(from('outbox', row({ shop: { a: 1 } })), catalog);
    expect(topic).toBe('dead-letter-queue');
    expect(message.attributes).toMatchObject({ 'eventmend-detail': 'stream: no text and no whole number at /shop' });
    expect(message.attributes).not.toHaveProperty('stream');
  });

  it('is compared by meaning, without what two deliveries differ in', () => {
    const hash = (event: object | string) =>
      assessOnly(from('outbox', event), catalog).message.attributes['eventmend-hash'];
    const same = '{"at":"2025-02-09T12:00:00Z","kind":"Paid","seq":41.0,"shop":"a\\/b"}';
    expect(hash(row())).toBe(hash(same));
    expect(hash(row({ more: null }))).not.toBe(hash(row()));
  });

  it('is read if it is compressed, and goes on as it came', () => {
    const compressed = gzipSync(JSON.stringify(aCrmSync({ valid: undefined })));
    const { message } = assessOnly(aDelivery({ data: compressed }), catalog);
    expect(message.data).toEqual(compressed);
    expect(message.attributes).toMatchObject({ 'eventmend-kind': 'event', 'eventmend-id': '6' });
    expect(message.attributes).not.toHaveProperty('eventmend-repair');
  });
});

describe('a stream', () => {
  const others = { 'eventmend-detail': 'stream: belongs to another source', 'eventmend-code': 'ERR_INVALID_EVENT' };

  it.each(['money', 'outbox', 'payments', 'replies'])('of another source cannot be named on events: %s', (stream) => {
    expect(attributesFor({ attributes: { stream } }, catalog)).toMatchObject({ topic: 'dead-letter-queue', ...others });
  });

  it('of another source cannot be named in the body of a void either', () => {
    const data = { stream: 'money', from: 1, to: 2 };
    expect(attributesFor({ data, attributes: { void: 'true' } }, catalog)).toMatchObject(others);
  });

  it('that is made of values cannot be spelt by a producer', () => {
    expect(attributesFor({ attributes: { stream: 'outbox~.a' } }, catalog)).toMatchObject({
      'eventmend-detail':
        'stream: a name that is not allowed; it takes at most 128 letters, digits, ".", "_" and "-"; the first must be a letter or a digit',
    });
  });
});

describe('an answer to a request to resend', () => {
  const ids = { from: 4, to: 5 };

  it('is obeyed on a source that answers', () => {
    const { message } = assessOnly(from('replies', ids, { void: 'true' }), catalog);
    expect(message.attributes).toMatchObject({ stream: 'replies', 'eventmend-kind': 'void', 'eventmend-id': '4' });
    const resent = assessOnly(from('replies', aCrmSync(), { 'possible-duplicate': 'true' }), catalog);
    expect(resent.message.attributes['possible-duplicate']).toBe('true');
  });

  it('is an attribute like others on a source that does not', () => {
    const { message } = assessOnly(from('audit', aCrmSync(), { void: 'true', 'possible-duplicate': 'true' }), catalog);
    expect(message.attributes).toMatchObject({
      'eventmend-kind': 'event',
      'producer-void': 'true',
      'producer-possible-duplicate': 'true',
    });
  });
});

describe('a message that Eventmend sends round again', () => {
  const again = (attributes: Record<string, string>, content: object | string = row()) =>
    aDelivery({
      topic: 'mended-events',
      content,
      attributes: { 'eventmend-root': 'sources/outbox/1/0', ...attributes },
    });

  it('is read as its source reads it, and is not split again', () => {
    const { message } = assessOnly(again({ 'eventmend-source': 'outbox/0', stream: 'wrong' }), catalog);
    expect(message.attributes).toMatchObject({
      stream: 'outbox~.a~2fb',
      'eventmend-source': 'outbox/0',
      'eventmend-root': 'sources/outbox/1/0',
    });
  });

  it('is split if it was one letter for all', () => {
    const root = { 'eventmend-root': 'sources/outbox/1', 'eventmend-replay': '2' };
    const events = all(again({ 'eventmend-source': 'outbox', ...root }, [row(), row({ seq: 42 })]));
    expect(events.map(({ message }) => message.attributes)).toMatchObject([
      { 'eventmend-root': 'sources/outbox/1/0', 'eventmend-source': 'outbox/0', 'eventmend-replay': '2' },
      { 'eventmend-root': 'sources/outbox/1/1', 'eventmend-source': 'outbox/1', 'eventmend-replay': '2' },
    ]);
  });

  it('is a letter under its root if the catalog no longer has its source', () => {
    const { topic, message } = assessOnly(again({ 'eventmend-source': 'gone/0', 'eventmend-replay': '1' }), catalog);
    expect(topic).toBe('dead-letter-queue');
    expect(message.attributes).toMatchObject({
      'eventmend-detail': 'source: unknown to the catalog',
      'eventmend-root': 'sources/outbox/1/0',
      'eventmend-source': 'gone/0',
      'eventmend-replay': '1',
    });
  });
});
