import { idempotencyKey, inferredKey, sequenceKey, uuidKey, uuidOf, voidKey } from '../shared/identity.ts';

describe('the key of an event', () => {
  test('is its uuid where it carries one', () => {
    expect(uuidKey({ members: { uuid: 'a-b:c.d_1' } })).toBe('a-b:c.d_1');
    expect(uuidKey({ members: { uuid: 'x'.repeat(128) } })).toBe('x'.repeat(128));
  });

  test.each([undefined, null, 7, '', 'a/b', 'a b', 'ä', 'x'.repeat(129), ['a'], { uuid: 'a' }])(
    'is not a uuid that is not well-formed: %j',
    (uuid) => {
      expect(uuidKey({ members: { uuid } })).toBeUndefined();
    },
  );

  test('is else its id and its instant', () => {
    expect(sequenceKey(1_003, 1_739_102_400_000)).toBe('1003/1739102400000');
    expect(sequenceKey(0, -1)).toBe('0/-1');
  });

  test('is never the key of a void', () => {
    const keys = [uuidKey({ members: { uuid: 'void' } }), sequenceKey(0, 0), inferredKey(0), 'events/1'];
    expect(keys).not.toContain(voidKey);
    expect(uuidKey({ members: { uuid: voidKey } })).toBeUndefined();
    expect(keys.filter((key) => key?.startsWith('/'))).toEqual([]);
  });

  test('is the same for every inference of an id', () => {
    expect(inferredKey(1_003)).toBe('1003/inferred');
  });
});

test('a key is a uuid unless it has a slash, as all others have', () => {
  expect(uuidOf('a-b')).toBe('a-b');
  expect(['1003/1739102400000', '1003/inferred', 'events/17'].map(uuidOf)).toEqual([undefined, undefined, undefined]);
});

test('consumers tell events apart by stream and key, and by how often the content was replaced', () => {
  expect(idempotencyKey('orders', 'a-b', 0)).toBe('orders/a-b');
  expect(idempotencyKey('orders', '1003/1739102400000', 0)).toBe('orders/1003/1739102400000');
  expect(idempotencyKey('orders', '1003/1739102400000', 1)).toBe('orders/1003/1739102400000/r1');
  expect(idempotencyKey('orders', 'a-b', 2)).toBe('orders/a-b/r2');
});
