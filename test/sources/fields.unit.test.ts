import { gzipSync } from 'node:zlib';
import { readOnly } from '../support/readings.ts';

const noonText = '2025-02-09T12:00:00.000Z';

describe('the default format', () => {
  it('has its fields where their names say', () => {
    const event = { event_id: 7, type: 'A', timestamp: '2025-02-09T12:00:00', uuid: 'u', valid: false, data: { a: 1 } };
    expect(readOnly({}, event).members).toEqual({ ...event, timestamp: noonText });
  });
});

describe('a field', () => {
  it('may be in the body, in an attribute, or the ordering key', () => {
    const fields = { event_id: '/meta/seq', type: 'attribute:kind', uuid: 'ordering-key', timestamp: '/at' };
    const message = { attributes: { kind: 'A' }, orderingKey: 'k-1' };
    expect(readOnly({ fields }, { meta: { seq: 3 }, at: noonText }, message)).toMatchObject({
      members: { event_id: 3, type: 'A', uuid: 'k-1', timestamp: noonText },
      problems: [],
    });
  });

  it('is the first of its alternatives that has a value; null is none', () => {
    const fields = { type: ['/kind', '/name'] };
    expect(readOnly({ fields }, { kind: null, name: 'B' }).members?.type).toBe('B');
    expect(readOnly({ fields }, { kind: 'A', name: 'B' }).members?.type).toBe('A');
  });

  it('may be joined of several values, of which the first must be there', () => {
    const fields = { uuid: [{ joined: ['/a', '/b', '/c'] }, '/id'] };
    expect(readOnly({ fields }, { a: 'x/y', c: 12 }).members?.uuid).toBe('x~2fy~.~.12');
    expect(readOnly({ fields }, { b: 'x', id: 'i' }).members?.uuid).toBe('i');
  });

  it('counts as absent if it is joined of blank texts', () => {
    const fields = { uuid: [{ joined: ['/a', '/b'] }, '/id'], type: { joined: ['/t', '/op'] } };
    const { members, problems } = readOnly({ fields }, { a: '', b: ' ', id: 'i', t: '' });
    expect(members?.uuid).toBe('i');
    expect(problems?.[0]).toMatch(/^type at \/t\+\/op: missing/);
    expect(readOnly({ fields }, { a: '', b: 'x', t: '', op: 'm' }).members).toMatchObject({ uuid: '~.x', type: '~.m' });
  });

  it('may be the whole body', () => {
    expect(readOnly({ fields: { data: '' } }, { a: 1 }).members?.data).toEqual({ a: 1 });
  });

  it.each([
    ['digits with leading zeros', '"000000000000000000041"', 41],
    ['zero', '"000"', 0],
    ['a number with a fraction of nothing', '41.0', 41],
    ['a number with an exponent', '4.1e1', 41],
    ['the highest id', '9007199254740991', 9_007_199_254_740_991],
  ])('reads %s as an id', (_, spelt, id) => {
    expect(readOnly({ fields: { event_id: '/n' } }, `{"n":${spelt}}`).members?.event_id).toBe(id);
  });

  it.each([
    '9007199254740993',
    '"9007199254740993"',
    '1.5',
    '-1',
    '"-1"',
    '" 1"',
    '"0x1"',
    '""',
    'true',
    '[1]',
    '1e400',
  ])('does not read %s as an id', (spelt) => {
    const { members, problems } = readOnly({ fields: { event_id: '/n' } }, `{"n":${spelt}}`, {}, {}, true);
    expect(members).not.toHaveProperty('event_id');
    expect(problems).toContainEqual(
      expect.stringMatching(
        /^event_id at \/n: .*; an integer from 0 to 2\^53-1, also as a text of digits, is accepted/,
      ),
    );
  });

  it.each([
    ['a number of seconds', 's', '1739102400', noonText],
    ['seconds with a fraction', 's', '1739102400.1234567', '2025-02-09T12:00:00.1234567Z'],
    ['digits of milliseconds', 'ms', '"1739102400123"', '2025-02-09T12:00:00.123Z'],
    ['microseconds above 2^53', 'us', '17391024001234567', '2521-02-06T00:00:01.234567Z'],
    ['a text although numbers have a unit', 's', '"2025-02-09T13:00:00+01:00"', noonText],
    ['the date of an e-mail', 'rfc2822', '"Sun, 09 Feb 2025 12:00:00 +0000"', noonText],
  ] as const)('reads %s as a timestamp', (_, form, spelt, timestamp) => {
    const fields = { timestamp: { at: '/t', in: form } };
    expect(readOnly({ fields }, `{"t":${spelt}}`).members?.timestamp).toBe(timestamp);
  });

  it('takes the time of publishing as a timestamp where the uuid is global', () => {
    const fields = { timestamp: ['/t', 'publish-time'], uuid: '/id' };
    const settings = { streams: { shop: { uuid: 'global' } } } as const;
    expect(readOnly({ fields }, { id: 'x' }, {}, settings).members?.timestamp).toBe(noonText);
  });

  it('reads true and false also as text', () => {
    const fields = { valid: 'attribute:ok' };
    expect(readOnly({ fields }, {}, { attributes: { ok: 'false' } }).members?.valid).toBe(false);
    expect(readOnly({}, { valid: 'no' }).problems).toContain('valid at /valid: a text; true or false is accepted');
  });

  it('takes a whole number as a uuid, digit for digit', () => {
    expect(readOnly({ fields: { uuid: '/id' } }, '{"id":12345678901234567890}').members?.uuid).toBe(
      '12345678901234567890',
    );
  });
});

describe('the detail of a failure', () => {
  it('names the field, the place, what was found and what is accepted, and no value', () => {
    const fields = { type: '/kind', timestamp: [{ at: '/created', in: 's' as const }, '/at'] };
    expect(readOnly({ fields }, { kind: ['secret'], created: 'secret' }).problems).toEqual([
      'type at /kind: an array; a text of at most 128 characters that is not blank is accepted',
      'timestamp at /created: a text that names no instant; a number of seconds since 1970, or a date and time of ISO 8601, is accepted',
    ]);
    expect(readOnly({ fields }, { meta: { occurredAt: 'x' } }).problems).toEqual([
      'type at /kind: missing; a text of at most 128 characters that is not blank is accepted',
      'timestamp at /created, /at: missing; a number of seconds since 1970, or a date and time of ISO 8601, is accepted; /meta/occurredAt looks like it',
    ]);
  });
});

describe('a compressed body', () => {
  const event = { event_id: 1, type: 'A', timestamp: noonText };

  it('is read, and passed on as it came', () => {
    const compressed = gzipSync(JSON.stringify(event));
    expect(readOnly({}, compressed)).toMatchObject({ members: event, data: compressed.toString() });
  });

  it('is too large if it has more than 9 MB when decompressed', () => {
    expect(readOnly({}, gzipSync(Buffer.alloc(9_000_001, 0x20))).unread).toEqual({
      code: 'ERR_TOO_LARGE',
      detail: 'data: more than 9 MB when decompressed',
    });
  });

  it('is a failure if it is damaged', () => {
    const damaged = gzipSync(JSON.stringify(event)).subarray(0, 20);
    expect(readOnly({}, damaged).unread).toEqual({ code: 'ERR_UNDECODABLE', detail: 'gzip: damaged' });
  });
});
