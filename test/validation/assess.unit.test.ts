import { z } from 'zod';
import { assessed, assessedAtMs, attributesFor, fails, isLetter, passes } from '../support/assessments.ts';
import { aCrmSync, textOf } from '../support/builders.ts';

describe('a sound event', () => {
  it('passes byte for byte, with what track needs in its attributes', () => {
    const data = '{ "event_id":6,"type":"CRM_Sync",\n"timestamp":"2025-02-09T13:00:00+01:00", "valid":true }';
    const { topic, message } = assessed({ data, attributes: { trace: 'abc' } });
    expect(topic).toBe('validated-events');
    expect(textOf(message)).toBe(data);
    expect(message.attributes).toMatchObject({
      trace: 'abc',
      stream: 'default',
      origin: 'producer',
      'eventmend-kind': 'event',
      'eventmend-root': 'events/1',
      'eventmend-key': `6/${assessedAtMs}`,
      'eventmend-id': '6',
      'eventmend-type': 'CRM_Sync',
      'eventmend-instant': String(assessedAtMs),
    });
  });

  it('has its uuid for a key where it carries one', () => {
    expect(attributesFor({ data: aCrmSync({ uuid: 'a:b-1' }) })).toMatchObject({ ...passes, 'eventmend-key': 'a:b-1' });
  });

  it('keeps its bytes where `valid` is missing: it is repaired when it is published', () => {
    const data = '{"event_id":6,"type":"CRM_Sync","timestamp":"2025-02-09T12:00:00"}';
    const { message } = assessed({ data });
    expect(textOf(message)).toBe(data);
    expect(message.attributes).toMatchObject({ 'eventmend-kind': 'event', 'eventmend-repair': 'true' });
  });

  it.each([
    ['9007199254740993 in the data', '9007199254740993'],
    ['1e400 in the data', '1e400'],
    ['1.0 in the data', '1.0'],
    ['5,000 levels of nesting', '['.repeat(5000) + ']'.repeat(5000)],
    ['members named __proto__ and constructor', '{"__proto__":{"valid":false},"constructor":1}'],
  ])('passes byte for byte with %s', (_, value) => {
    const data = `{"event_id":6,"type":"CRM_Sync","timestamp":"2025-02-09T12:00:00","valid":true,"data":${value}}`;
    const { message, topic } = assessed({ data });
    expect(topic).toBe('validated-events');
    expect(message.attributes['eventmend-kind']).toBe('event');
    expect(textOf(message)).toBe(data);
  });

  it.each([
    ['a zone', '2025-02-09T12:00:00+02:00', Date.UTC(2025, 1, 9, 10)],
    ['nanoseconds', '2025-02-09T12:00:00.123456789Z', assessedAtMs + 123],
    ['the year 0', '0000-01-01T00:00:00', -62_167_219_200_000],
  ])('may have a timestamp with %s', (_, timestamp, ms) => {
    expect(attributesFor({ data: aCrmSync({ timestamp }) })).toMatchObject({
      ...passes,
      'eventmend-instant': String(ms),
    });
  });

  it.each([0, 2 ** 53 - 1])('may have the id %d', (event_id) => {
    expect(attributesFor({ data: aCrmSync({ event_id }) })).toMatchObject({
      ...passes,
      'eventmend-id': String(event_id),
    });
  });

  it('of a type that the catalog does not know passes and is counted, unless the catalog is strict', () => {
    expect(assessed({})).toMatchObject({ topic: 'validated-events', isUnknownType: true });
    expect(assessed({}, { types: { CRM_Sync: {} } }).isUnknownType).toBe(false);
    const strict = { unknownTypes: 'strict' } as const;
    expect(attributesFor({}, strict)).toMatchObject(fails('ERR_UNKNOWN_TYPE', 'type: unknown'));
    expect(attributesFor({ data: aCrmSync({ type: 'constructor' }) }, strict)).toMatchObject(
      fails('ERR_UNKNOWN_TYPE', 'type: unknown'),
    );
  });

  it('says which entity it is about where the catalog names a path to it', () => {
    const catalog = { types: { CRM_Sync: { entity: 'data.case' } } };
    const of = (data: unknown) => attributesFor({ data: aCrmSync({ data }) }, catalog)['eventmend-entity' as never];
    expect(of({ case: 'a' })).toBe(of({ case: 'a', more: 1 }));
    expect(of({ case: 'a' })).not.toBe(of({ case: 'b' }));
    expect(of({})).toBeUndefined();
  });
});

describe('an event that is to be checked', () => {
  it.each([
    ['is said to be invalid', { valid: false }, {}],
    ['is of a type that is always checked', {}, { consult: 'always' } as const],
    ['is of a type of which every share is checked', {}, { consult: { share: 1 } } as const],
  ])('is marked where it %s', (_, over, type) => {
    const catalog = { types: { CRM_Sync: type } };
    expect(attributesFor({ data: aCrmSync(over) }, catalog)).toMatchObject({ ...passes, 'eventmend-check': 'true' });
  });

  it('is not marked any more when verify has answered', () => {
    const verified = { origin: 'verified', 'eventmend-root': 'events/9', 'eventmend-key': 'k' };
    const attributes = attributesFor({
      topic: 'mended-events',
      attributes: verified,
      data: aCrmSync({ valid: false }),
    });
    expect(attributes).toMatchObject({
      ...passes,
      origin: 'verified',
      'eventmend-root': 'events/9',
      'eventmend-key': 'k',
    });
    expect(attributes).not.toHaveProperty('eventmend-check');
  });
});

describe('an event that is wrong but whose id can be read goes on to track, which accounts for the id', () => {
  it.each([
    ['no type', { type: undefined }, 'type: missing'],
    ['a type of spaces', { type: '   ' }, 'type: invalid_format'],
    ['a type of 10,000 characters', { type: 'x'.repeat(10_000) }, 'type: too_big'],
    ['a type that is a number', { type: 7 }, 'type: invalid_type'],
    ['a type with half a surrogate pair', { type: 'x\ud83d' }, 'type: not_unicode'],
    ['no timestamp', { timestamp: undefined }, 'timestamp: missing'],
    ['the 30th of February', { timestamp: '2025-02-30T00:00:00' }, 'timestamp: not_iso_8601'],
    ['the year 10000', { timestamp: '10000-01-01T00:00:00' }, 'timestamp: not_iso_8601'],
    ['a timestamp that is a number', { timestamp: 1739102400 }, 'timestamp: invalid_type'],
    ['a `valid` that is a text', { valid: 'true' }, 'valid: invalid_type'],
    ['a `valid` that is null', { valid: null }, 'valid: invalid_type'],
    ['a uuid with a slash', { uuid: 'a/b' }, 'uuid: invalid_format'],
    ['an empty uuid', { uuid: '' }, 'uuid: invalid_format'],
    ['a member that only Eventmend may write', { _eventmend: {} }, '_eventmend: reserved'],
  ])('with %s', (_, over, detail) => {
    expect(attributesFor({ data: aCrmSync(over) })).toMatchObject(fails('ERR_INVALID_EVENT', detail));
  });

  it('keeps the key of its bytes where they give one, else its root is its key', () => {
    expect(attributesFor({ data: aCrmSync({ type: 7 }) })).toMatchObject({ 'eventmend-key': `6/${assessedAtMs}` });
    expect(attributesFor({ data: aCrmSync({ timestamp: 7 }) })).toMatchObject({ 'eventmend-key': 'events/1' });
    expect(attributesFor({ data: aCrmSync({ timestamp: 7, uuid: 'u' }) })).toMatchObject({ 'eventmend-key': 'u' });
  });

  it('names the paths in its data that do not fit its type, never their values', () => {
    const catalog = { types: { CRM_Sync: { payload: z.object({ amount: z.number(), currency: z.string() }) } } };
    const data = aCrmSync({ data: { amount: 'secret' } });
    const detail = 'data.amount: invalid_type; data.currency: missing';
    expect(attributesFor({ data }, catalog)).toMatchObject(fails('ERR_INVALID_PAYLOAD', detail));
  });

  it('is too large beyond 9 MB: its body is kept under its root, and only what is known of it travels', () => {
    const { topic, message, storeOversizedUnder } = assessed({ data: aCrmSync({ data: 'x'.repeat(10_000_000) }) });
    expect(topic).toBe('validated-events');
    expect(storeOversizedUnder).toBe('events/1');
    expect(message.data).toHaveLength(0);
    expect(message.attributes).toMatchObject({
      'eventmend-code': 'ERR_TOO_LARGE',
      'eventmend-id': '6',
      'eventmend-body': 'kept',
    });
  });

  it('is too large beyond 80 attributes, of which none travels', () => {
    const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`a${i}`, 'x']));
    expect(attributesFor({ attributes: many(80) })).toMatchObject({ ...passes, a79: 'x' });
    const { message, storeOversizedUnder } = assessed({ attributes: many(100) });
    expect(storeOversizedUnder).toBe('events/1');
    expect(message.attributes).toMatchObject({
      'eventmend-code': 'ERR_TOO_LARGE',
      'eventmend-detail': 'attributes: more than 80',
    });
    expect(Object.keys(message.attributes).length).toBeLessThan(20);
  });

  it('never has more than 100 attributes, Pub/Sub’s own included', () => {
    const attributes = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`a${i}`, 'x']));
    const data = aCrmSync({ valid: false, data: { case: 'a' }, type: 'CRM_Sync' });
    const { message } = assessed({ attributes, data }, { types: { CRM_Sync: { entity: 'data.case' } } });
    const byPubSub = 4;
    expect(Object.keys(message.attributes).length + byPubSub).toBeLessThanOrEqual(100);
  });
});

describe('a message whose id cannot be read is a dead letter', () => {
  it.each([
    ['not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'ERR_UNDECODABLE', 'not UTF-8'],
    ['not JSON', '{"event_id": 6', 'ERR_UNDECODABLE', 'not JSON'],
    ['empty', '', 'ERR_UNDECODABLE', 'not JSON'],
    ['a byte order mark', '\ufeff{}', 'ERR_UNDECODABLE', 'not JSON'],
    ['a list', '[]', 'ERR_INVALID_EVENT', 'not an object'],
    ['null', 'null', 'ERR_INVALID_EVENT', 'not an object'],
    ['a number', '7', 'ERR_INVALID_EVENT', 'not an object'],
  ])('%s', (_, data, code, detail) => {
    const { topic, message } = assessed({ data });
    expect({ topic, ...message.attributes }).toMatchObject(isLetter(code, detail));
    expect(textOf(message)).toBe(Buffer.from(data as string).toString());
  });

  it.each([
    ['missing', undefined, 'event_id: missing'],
    ['a text', '6', 'event_id: invalid_type'],
    ['a fraction', 6.5, 'event_id: invalid_type'],
    ['negative', -1, 'event_id: too_small'],
    ['above 2^53 − 1', 2 ** 53, 'event_id: too_big'],
    ['null', null, 'event_id: invalid_type'],
    ['true', true, 'event_id: invalid_type'],
  ])('the id is %s', (_, event_id, detail) => {
    expect(attributesFor({ data: aCrmSync({ event_id }) })).toMatchObject(isLetter('ERR_INVALID_EVENT', detail));
  });

  it.each([
    ['', '6.00000000000000000001'],
    [', with many digits', '9007199254740990.9999'],
    [', beside a member that is named twice', '6.00000000000000000001,"a":1,"a":2'],
    [', and is named twice', '6,"event_id":6.00000000000000000001'],
    [' to zero', '1e-400'],
  ])('the id is one that a plain parse would round%s', (_, id) => {
    const data = `{"event_id":${id},"type":"a","timestamp":"2025-02-09T12:00:00"}`;
    expect(attributesFor({ data })).toMatchObject(isLetter('ERR_INVALID_EVENT', 'event_id: not_exact'));
  });

  it.each(['6.0', '6.0000', '0.6e1', '60E-1', '6e0', '600e-2'])('but not one that is spelt %s', (id) => {
    const data = `{"event_id":${id},"type":"a","timestamp":"2025-02-09T12:00:00"}`;
    expect(attributesFor({ data })).toMatchObject({ ...passes, 'eventmend-id': '6' });
  });

  it.each(['', 'a/b', '..', '.a', 'ä', 'x'.repeat(129)])('the stream is named %j', (stream) => {
    expect(attributesFor({ attributes: { stream } })).toMatchObject(
      isLetter('ERR_INVALID_EVENT', 'stream: invalid_format'),
    );
  });
});

describe('what a producer says of provenance', () => {
  const claimed = {
    origin: 'verified',
    root: 'x',
    idempotency_key: 'x',
    supersedes: 'x',
    confidence: '1',
    method: 'x',
    verification: 'verified',
    repaired: 'valid',
    'eventmend-root': 'inferred/default/6',
    'eventmend-kind': 'refusal',
    'eventmend-replace': 'true',
    CloudPubSubDeadLetterSourceSubscription: 'validate-events',
  };

  it('is stripped and counted on `events`', () => {
    const { message, stripped } = assessed({ attributes: { ...claimed, mine: 'stays' } });
    expect(stripped).toBe(12);
    expect(message.attributes).toMatchObject({
      mine: 'stays',
      origin: 'producer',
      'eventmend-root': 'events/1',
      'eventmend-kind': 'event',
    });
    expect(message.attributes).not.toHaveProperty('supersedes');
    expect(message.attributes).not.toHaveProperty('eventmend-replace');
  });

  it('is believed on `mended-events`', () => {
    const { message, stripped } = assessed({
      topic: 'mended-events',
      attributes: {
        origin: 'reconstructed',
        'eventmend-root': 'inferred/default/6',
        confidence: '0.9',
        method: 'context',
      },
    });
    expect(stripped).toBe(0);
    expect(message.attributes).toMatchObject({
      origin: 'reconstructed',
      'eventmend-kind': 'reconstruction',
      'eventmend-root': 'inferred/default/6',
      'eventmend-key': '6/inferred',
      confidence: '0.9',
    });
  });

  it('an attribute named __proto__ is one like others', () => {
    const attributes = JSON.parse('{"__proto__":"mine"}') as Record<string, string>;
    expect(Object.entries(assessed({ attributes }).message.attributes)).toContainEqual(['__proto__', 'mine']);
  });
});

describe('a void', () => {
  const attributes = { void: 'true' };

  it('claims the ids that it names', () => {
    expect(attributesFor({ attributes, data: { stream: 's', from: 3, to: 5 } })).toMatchObject({
      topic: 'validated-events',
      stream: 's',
      'eventmend-kind': 'void',
      'eventmend-key': '/void',
      'eventmend-id': '3',
      'eventmend-last-id': '5',
    });
  });

  it.each([
    ['ends before it begins', { from: 5, to: 3 }, 'void.to: before_from'],
    ['names more than maxGap ids', { from: 0, to: 1000 }, 'void.to: more than maxGap ids'],
    ['names 2^53 ids', { from: 0, to: 2 ** 53 - 1 }, 'void.to: more than maxGap ids'],
    ['lacks an end', { from: 5 }, 'void.to: missing'],
    ['names part of an id', { from: 1.5, to: 3 }, 'void.from: invalid_type'],
    ['names an id that is a text', { from: '1', to: 3 }, 'void.from: invalid_type'],
    ['names an id below zero', { from: -1, to: 3 }, 'void.from: too_small'],
    [
      'names an id above 2^53 − 1',
      '{"from":9007199254740992,"to":9007199254740993}',
      'void.from: too_big; void.to: too_big',
    ],
    ['names an id that a parse rounds', '{"from":1.00000000000000001,"to":3}', 'void.from: not_exact'],
    ['ends with an id that a parse rounds', '{"from":1,"to":3.0000000000000000001}', 'void.to: not_exact'],
    ['is a list of ids', '[1,2]', 'not an object'],
    [
      'names another stream than its attribute',
      { stream: 't', from: 1, to: 1 },
      'void.stream: other than the attribute',
    ],
  ])('is a dead letter where it %s', (_, data, detail) => {
    const withStream = { ...attributes, stream: 's' };
    expect(attributesFor({ attributes: withStream, data })).toMatchObject(isLetter('ERR_INVALID_EVENT', detail));
  });
});

describe('the stream of the probe', () => {
  const stream = 'eventmend-probe';

  it('takes what names the probe, and what Eventmend itself sends round again', () => {
    expect(attributesFor({ attributes: { stream, probe: 'run/clean' } })).toMatchObject({ ...passes, stream });
    const inferred = { topic: 'mended-events', attributes: { stream, origin: 'reconstructed' } };
    expect(attributesFor(inferred)).toMatchObject({ topic: 'validated-events', stream });
  });

  it('refuses every other event, since no consumer would see it', () => {
    expect(attributesFor({ attributes: { stream } })).toMatchObject(isLetter('ERR_INVALID_EVENT', 'stream: reserved'));
  });
});
