export interface LruCacheOptions<T> {
  readonly maxEntries: number;
  /** The maximum sum of the sizes. By default there is no bound. */
  readonly maxSize?: number;
  /** Returns the size of a value, in the unit of `maxSize`. The size must not change while the value is cached. */
  readonly sizeOf?: (value: T) => number;
}

/** A cache that drops the least recently used values. */
export class LruCache<T> {
  private readonly maxEntries: number;
  private readonly maxSize: number;
  private readonly sizeOf: (value: T) => number;
  private readonly values = new Map<string, T>();
  private size = 0;
  /** The name that was used last. Using it again changes nothing. */
  private newest: string | undefined;

  constructor({ maxEntries, maxSize = Number.POSITIVE_INFINITY, sizeOf = () => 0 }: LruCacheOptions<T>) {
    this.maxEntries = maxEntries;
    this.maxSize = maxSize;
    this.sizeOf = sizeOf;
  }

  /** The number of values. */
  get count(): number {
    return this.values.size;
  }

  get(name: string): T | undefined {
    const value = this.values.get(name);
    return value === undefined || name === this.newest ? value : this.set(name, value);
  }

  /** Caches a value, and drops the least recently used ones beyond the bounds. @returns The value. */
  set(name: string, value: T): T {
    this.take(name);
    this.values.set(name, value);
    this.newest = name;
    this.size += this.sizeOf(value);
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.maxEntries && this.size <= this.maxSize) break;
      this.take(oldest);
    }
    return value;
  }

  /** Removes a value from the cache. @returns The value, if it was cached. */
  take(name: string): T | undefined {
    const value = this.values.get(name);
    if (value === undefined) return undefined;
    this.values.delete(name);
    if (name === this.newest) this.newest = undefined;
    this.size -= this.sizeOf(value);
    return value;
  }
}
