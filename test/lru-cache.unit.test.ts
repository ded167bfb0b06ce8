import { LruCache } from '../shared/lru-cache.ts';

describe('an LRU cache', () => {
  it('drops what was not used for the longest time', () => {
    const cache = new LruCache<number>({ maxEntries: 2 });
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect(['a', 'b', 'c'].map((name) => cache.get(name))).toEqual([1, undefined, 3]);
  });

  it('drops as many as it must to stay below its size', () => {
    const cache = new LruCache<string>({ maxEntries: 10, maxSize: 6, sizeOf: ({ length }) => length });
    for (const text of ['aa', 'bb', 'cc']) cache.set(text, text);
    cache.set('dddd', 'dddd');
    expect([cache.count, cache.get('cc'), cache.get('dddd')]).toEqual([2, 'cc', 'dddd']);
  });

  it('counts a value once that is set twice, and no more once it is taken', () => {
    const cache = new LruCache<string>({ maxEntries: 10, maxSize: 4, sizeOf: ({ length }) => length });
    cache.set('a', 'aa');
    cache.set('a', 'aa');
    cache.set('b', 'bb');
    expect(cache.get('a')).toBe('aa');
    expect(cache.take('a')).toBe('aa');
    cache.set('c', 'cc');
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, 'bb', 'cc']);
  });

  it('does not keep a value that is larger than its bound', () => {
    const cache = new LruCache<string>({ maxEntries: 10, maxSize: 2, sizeOf: ({ length }) => length });
    expect(cache.set('a', 'aaa')).toBe('aaa');
    expect(cache.count).toBe(0);
  });
});
