import { idempotencyKey, inferredKey, sequenceKey, uuidKey, uuidOf, voidKey } from '../shared/identity.ts';

describe('the key of an event', () => {
  test('is its uuid where it carries one', () => {
    expect(uuidKey('a-b:c.d_1')).toBe('a-b:c.d_1');
    expect(uuidKey('x'.repeat(128))).toBe('x'.repeat(128));
  });

  test.each([undefined, null, '', ' \t'])('is not its uuid where there is none: %j', (uuid) => {
    expect(uuidKey(uuid)).toBeUndefined();
  });

  test('is a digest of a uuid that a key cannot hold, which is no uuid itself', () => {
    const unfit = ['a/b', 'a b', 'ä', 'x'.repeat(129), '~a', ['a'], { uuid: 'a' }];
    const keys = unfit.map((uuid) => uuidKey(uuid)!);
    expect(new Set(keys).size).toBe(unfit.length);
    for (const key of keys) {
      expect(key).toMatch(/^~[A-Za-z0-9_-]{16}$/);
      expect(uuidOf(key)).toBe(key);
      expect(uuidKey(key)).not.toBe(key);
    }
  });

  test.each([
    ['0F8B1C1E-1111-4A4A-8B8B-00000000ABCD', '0f8b1c1e-1111-4a4a-8b8b-00000000abcd'],
    ['0F8B1C1E11114A4A8B8B00000000ABCD', '0f8b1c1e11114a4a8b8b00000000abcd'],
    ['0F8B1C1E-1111', '0F8B1C1E-1111'],
    ['urn:uuid:0F8B', 'urn:uuid:0F8B'],
  ])('of the uuid %s is %s: only a UUID of hexadecimal digits has no case', (uuid, key) => {
    expect(uuidKey(uuid)).toBe(key);
  });

  test('is else its id and its instant', () => {
    expect(sequenceKey(1_003, 1_739_102_400_000)).toBe('1003/1739102400000');
    expect(sequenceKey(0, -1)).toBe('0/-1');
  });

  test('is never the key of a void', () => {
    const keys = [uuidKey('void'), sequenceKey(0, 0), inferredKey(0), 'events/1'];
    expect(keys).not.toContain(voidKey);
    expect(uuidKey(voidKey)).not.toBe(voidKey);
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
