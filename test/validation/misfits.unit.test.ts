import { z } from 'zod';
import { assessed, assessedAtMs, attributesFor, fails, isLetter, passes } from '../support/assessments.ts';
import { aCrmSync, textOf } from '../support/builders.ts';

const anId = 'an integer from 0 to 2^53-1 is accepted';
const aType = 'a text of at most 128 characters that is not blank is accepted';
const aTime = 'a date and time of ISO 8601 such as 2025-02-09T12:00:00Z is accepted';

describe('an event that is wrong but whose id can be read goes on to track, which accounts for the id', () => {
  it.each([
    ['no type', { type: undefined }, `type: missing; ${aType}`],
    ['a type of spaces', { type: '   ' }, `type: a blank text; ${aType}`],
    ['a type of 10,000 characters', { type: 'x'.repeat(10_000) }, `type: a text of more than 128 characters; ${aType}`],
    ['a type that is a number', { type: 7 }, `type: a number; ${aType}`],
    ['a type with half a surrogate pair', { type: 'x\ud83d' }, `type: a text that is not Unicode; ${aType}`],
    ['no timestamp', { timestamp: undefined }, `timestamp: missing; ${aTime}`],
    ['the 30th of February', { timestamp: '2025-02-30T00:00:00' }, `timestamp: a text that names no instant; ${aTime}`],
    ['the year 10000', { timestamp: '10000-01-01T00:00:00' }, `timestamp: a text that names no instant; ${aTime}`],
    ['a timestamp that is a number', { timestamp: 1739102400 }, `timestamp: a number; ${aTime}`],
    ['a timestamp of digits', { timestamp: '1739102400' }, `timestamp: a text of digits; ${aTime}`],
    ['a timestamp without a time', { timestamp: '2025-02-09' }, `timestamp: a date without a time; ${aTime}`],
    [
      'a timestamp whose day may be its month',
      { timestamp: '02/09/2025 12:00:00' },
      `timestamp: a date whose day and month are not certain; ${aTime}`,
    ],
    ['a `valid` that is a text', { valid: 'true' }, 'valid: a text; true or false is accepted'],
    ['a `valid` that is a number', { valid: 1 }, 'valid: a number; true or false is accepted'],
    [
      'two members that are wrong',
      { type: [], timestamp: {} },
      `type: an array; ${aType}. timestamp: an object; ${aTime}`,
    ],
    [
      'members under other names',
      { type: undefined, event_type: 'T', timestamp: undefined, occurred_at: '2025-02-09T12:00:00' },
      `type: missing; ${aType}; /event_type looks like it. timestamp: missing; ${aTime}; /occurred_at looks like it`,
    ],
    ['a member that only Eventmend may write', { _eventmend: {} }, '_eventmend: reserved'],
  ])('with %s', (_, over, detail) => {
    expect(attributesFor({ data: aCrmSync(over) })).toMatchObject(fails('ERR_INVALID_EVENT', detail));
  });

  it.each(['type', 'timestamp'])('names %s twice', (name) => {
    const data = JSON.stringify({ event_id: 6, type: 'T', timestamp: '2025-02-09T12:00:00' });
    const twice = data.replace(`"${name}":`, `"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}":1,"${name}":`);
    const detail = `${name}: named twice; one member of the name is accepted`;
    expect(attributesFor({ data: twice })).toMatchObject(fails('ERR_INVALID_EVENT', detail));
  });

  it('keeps the key of its bytes where they give one, else its root is its key', () => {
    expect(attributesFor({ data: aCrmSync({ type: 7 }) })).toMatchObject({ 'eventmend-key': `6/${assessedAtMs}` });
    expect(attributesFor({ data: aCrmSync({ timestamp: 7 }) })).toMatchObject({ 'eventmend-key': 'events/1' });
    expect(attributesFor({ data: aCrmSync({ timestamp: 7, uuid: 'u' }) })).toMatchObject({ 'eventmend-key': 'u' });
  });

  it('names the paths in its data that do not fit its type, never their values', () => {
    const catalog = { types: { CRM_Sync: { payload: z.object({ amount: z.number(), currency: z.string() }) } } };
    const data = aCrmSync({ data: { amount: 'secret' } });
    const detail = 'data.amount: a text; a number is accepted. data.currency: missing; a text is accepted';
    expect(attributesFor({ data }, catalog)).toMatchObject(fails('ERR_INVALID_PAYLOAD', detail));
  });

  it('is too large beyond 9 MB: its body is kept under its root, and only what is known of it travels', () => {
    const data = JSON.stringify(aCrmSync({ data: 'x'.repeat(10_000_000) }));
    const { topic, message, storeOversizedUnder } = assessed({ data });
    expect(topic).toBe('validated-events');
    expect(storeOversizedUnder).toBe('events/1');
    expect(message.data).toHaveLength(0);
    expect(message.attributes).toMatchObject({
      'eventmend-code': 'ERR_TOO_LARGE',
      'eventmend-id': '6',
      'eventmend-body': 'kept',
      'eventmend-kept-bytes': String(Buffer.byteLength(data)),
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
    ['missing', undefined, `event_id: missing; ${anId}`],
    ['a text of digits', '6', `event_id: a text of digits; ${anId}`],
    ['a text', 'ORD-000123', `event_id: a text; ${anId}`],
    ['a fraction', 6.5, `event_id: a number with a fraction; ${anId}`],
    ['negative', -1, `event_id: a number below 0; ${anId}`],
    ['above 2^53 − 1', 2 ** 53, `event_id: a number above 2^53-1; ${anId}`],
    ['null', null, `event_id: null; ${anId}`],
    ['true', true, `event_id: true; ${anId}`],
  ])('the id is %s', (_, event_id, detail) => {
    expect(attributesFor({ data: aCrmSync({ event_id }) })).toMatchObject(isLetter('ERR_INVALID_EVENT', detail));
  });

  it.each([
    ['', '6.00000000000000000001'],
    [', with many digits', '9007199254740990.9999'],
    [', beside a member that is named twice', '6.00000000000000000001,"a":1,"a":2'],
    [' to zero', '1e-400'],
  ])('the id is one that a plain parse would round%s', (_, id) => {
    const data = `{"event_id":${id},"type":"a","timestamp":"2025-02-09T12:00:00"}`;
    expect(attributesFor({ data })).toMatchObject(
      isLetter('ERR_INVALID_EVENT', `event_id: a number with a fraction; ${anId}`),
    );
  });

  it.each(['6.0', '6.0000', '0.6e1', '60E-1', '6e0', '600e-2'])('but not one that is spelt %s', (id) => {
    const data = `{"event_id":${id},"type":"a","timestamp":"2025-02-09T12:00:00"}`;
    expect(attributesFor({ data })).toMatchObject({ ...passes, 'eventmend-id': '6' });
  });

  it('the event names two ids, also if they are the same', () => {
    const detail = 'event_id: named twice; one member of the name is accepted';
    for (const data of [
      '{"event_id":1,"type":"T","timestamp":"2025-02-09T12:00:00Z","event_id":2}',
      '{"event_id":1,"event_id":1,"type":"T","timestamp":"2025-02-09T12:00:00Z"}',
    ])
      expect(attributesFor({ data })).toMatchObject(isLetter('ERR_INVALID_EVENT', detail));
  });

  it.each([
    [{ id: 1 }, '/id'],
    [{ eventId: 1, id: 2 }, '/eventId'],
    [{ 'Event-ID': 1 }, '/Event-ID'],
    [{ sequenceNumber: 1 }, '/sequenceNumber'],
    [{ metadata: { event_id: 1 } }, '/metadata/event_id'],
    [{ header: { seq: 1 } }, '/header/seq'],
  ])('of %j the detail names %s', (members, pointer) => {
    const data = { ...members, type: 'T', timestamp: '2025-02-09T12:00:00Z' };
    const detail = `event_id: missing; ${anId}; ${pointer} looks like it`;
    expect(attributesFor({ data })).toMatchObject(isLetter('ERR_INVALID_EVENT', detail));
  });

  it.each([{ anna: { event_id: 1 } }, { id: { a: 1 } }, { identity: 1 }])(
    'of %j the detail names no member',
    (members) => {
      const data = { ...members, type: 'T', timestamp: '2025-02-09T12:00:00Z' };
      expect(attributesFor({ data })).toMatchObject(isLetter('ERR_INVALID_EVENT', `event_id: missing; ${anId}`));
    },
  );

  it.each(['', 'a/b', '..', '.a', 'ä', 'x'.repeat(129)])('the stream is named %j', (stream) => {
    expect(attributesFor({ attributes: { stream } })).toMatchObject(
      isLetter(
        'ERR_INVALID_EVENT',
        'stream: a name that is not allowed; it takes at most 128 letters, digits, ".", "_" and "-"; the first must be a letter or a digit',
      ),
    );
  });
});
