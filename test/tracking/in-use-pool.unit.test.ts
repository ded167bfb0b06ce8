import { InUsePool } from '../../shared/tracking/in-use-pool.ts';

describe('a pool', () => {
  it('makes a value once, and knows it while it is in use, however many there are', () => {
    const pool = new InUsePool<object>({ maxEntries: 1 });
    const values = ['a', 'b', 'c'].map((name) => pool.use(name, () => ({})));
    expect(['a', 'b', 'c'].map((name) => pool.use(name, () => ({})))).toEqual(values);
    expect(pool.count).toBe(3);
  });

  it('keeps the idle values that were used last', () => {
    const pool = new InUsePool<object>({ maxEntries: 1 });
    const [a, b] = ['a', 'b'].map((name) => pool.use(name, () => ({})));
    pool.release('a');
    pool.release('b');
    expect(pool.count).toBe(1);
    expect(pool.use('b', () => ({}))).toBe(b);
    expect(pool.use('a', () => ({}))).not.toBe(a);
  });

  it('does nothing about a value that is not in use', () => {
    const pool = new InUsePool<object>({ maxEntries: 1 });
    pool.release('a');
    expect(pool.count).toBe(0);
  });
});
