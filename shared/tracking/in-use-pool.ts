import { LruCache, type LruCacheOptions } from '../lru-cache.ts';

/** Keeps the values in use, and an LRU cache of idle values. Only idle values are dropped. */
export class InUsePool<T> {
  private readonly inUse = new Map<string, T>();
  private readonly idle: LruCache<T>;

  constructor(idle: LruCacheOptions<T>) {
    this.idle = new LruCache(idle);
  }

  /** Takes a value into use, and makes it if it is not in the pool. */
  use(name: string, make: () => T): T {
    const used = this.inUse.get(name);
    if (used !== undefined) return used;
    const value = this.idle.take(name) ?? make();
    this.inUse.set(name, value);
    return value;
  }

  /** Makes a value idle. */
  release(name: string): void {
    const value = this.inUse.get(name);
    if (value === undefined) return;
    this.inUse.delete(name);
    this.idle.set(name, value);
  }

  /** The values in use. */
  get used(): readonly T[] {
    return [...this.inUse.values()];
  }

  /** The number of values, in use or idle. */
  get count(): number {
    return this.inUse.size + this.idle.count;
  }
}
