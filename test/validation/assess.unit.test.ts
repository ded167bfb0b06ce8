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

  it.each([
    ['a UUID in lower case', '0F8B1C1E-1111-4A4A-8B8B-00000000ABCD', '0f8b1c1e-1111-4a4a-8b8b-00000000abcd'],
    ['a UUID without hyphens in lower case', '0F8B1C1E11114A4A8B8B00000000ABCD', '0f8b1c1e11114a4a8b8b00000000abcd'],
    ['any other text as it is', 'Order:17', 'Order:17'],
    ['the digits of a number', 12_345, '12345'],
    // printf a/b=c+d== | openssl sha256 -binary | head -c 12 | base64, with - for + and _ for /
    ['a digest of a text that a key cannot hold', 'a/b=c+d==', '~tz3GevWFgOyFM27J'],
    ['the id and the timestamp without a uuid', undefined, `6/${assessedAtMs}`],
    ['the id and the timestamp where the uuid is null', null, `6/${assessedAtMs}`],
    ['the id and the timestamp where the uuid is blank', ' ', `6/${assessedAtMs}`],
  ])('has for a key %s', (_, uuid, key) => {
    expect(attributesFor({ data: aCrmSync({ uuid }) })).toMatchObject({ ...passes, 'eventmend-key': key });
  });

  it.each([{ a: 1 }, ['a']])('has a key of its own for the uuid %j, and is not refused', (uuid) => {
    const key = attributesFor({ data: aCrmSync({ uuid }) })['eventmend-key' as never];
    expect(key).toMatch(/^~[A-Za-z0-9_-]{16}$/);
    expect(attributesFor({ data: aCrmSync({ uuid: ['b'] }) })).not.toMatchObject({ 'eventmend-key': key });
  });

  it('may have null for `valid`, `uuid` and `data`, as if they were absent', () => {
    const payload = z.object({ a: z.number() }).optional();
    const catalog = { types: { CRM_Sync: { payload } } };
    const data = aCrmSync({ valid: null, uuid: null, data: null });
    expect(attributesFor({ data }, catalog)).toMatchObject({ ...passes, 'eventmend-repair': 'true' });
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

  it('is kept under another name and counted on `events`', () => {
    const { message, renamed } = assessed({ attributes: { ...claimed, mine: 'stays' } });
    expect(renamed).toBe(12);
    expect(message.attributes).toMatchObject({
      mine: 'stays',
      origin: 'producer',
      'eventmend-root': 'events/1',
      'eventmend-kind': 'event',
    });
    expect(message.attributes).toMatchObject({
      'producer-supersedes': 'x',
      'producer-eventmend-replace': 'true',
      'producer-CloudPubSubDeadLetterSourceSubscription': 'validate-events',
    });
    expect(message.attributes).not.toHaveProperty('supersedes');
    expect(message.attributes).not.toHaveProperty('eventmend-replace');
  });

  it('is believed on `mended-events`', () => {
    const { message, renamed } = assessed({
      topic: 'mended-events',
      attributes: {
        origin: 'reconstructed',
        'eventmend-root': 'inferred/default/6',
        confidence: '0.9',
        method: 'context',
      },
    });
    expect(renamed).toBe(0);
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
