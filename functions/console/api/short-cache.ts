import { LruCache } from '../../../shared/lru-cache.ts';
import type { Clock } from '../../../shared/ports.ts';

interface Cached<T> {
  readonly atMs: number;
  readonly value: Promise<T>;
}

/** How long a value is kept by default. */
const shortMs = 10_000;

/** Keeps values for a short time. Requests for one value at one time share the work. */
export class ShortCache<T> {
  private readonly clock: Pick<Clock, 'now'>;
  private readonly maxAgeMs: number;
  private readonly values = new LruCache<Cached<T>>({ maxEntries: 500 });

  constructor(clock: Pick<Clock, 'now'>, maxAgeMs = shortMs) {
    this.clock = clock;
    this.maxAgeMs = maxAgeMs;
  }

  async get(key: string, load: () => Promise<T>): Promise<{ readonly value: T; readonly atMs: number }> {
    const nowMs = this.clock.now();
    const known = this.values.get(key);
    const isFresh = known !== undefined && nowMs - known.atMs < this.maxAgeMs;
    const cached = isFresh ? known : this.values.set(key, { atMs: nowMs, value: load() });
    try {
      return { value: await cached.value, atMs: cached.atMs };
    } catch (error) {
      // A failure is not kept.
      if (this.values.get(key) === cached) this.values.take(key);
      throw error;
    }
  }
}
