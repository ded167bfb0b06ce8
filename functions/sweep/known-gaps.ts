import type { WaitingGap } from '../../shared/gaps/waiting-gap.ts';
import { LruCache } from '../../shared/lru-cache.ts';
import type { Version } from '../../shared/ports.ts';

/** The maximum number of streams, and of gaps and holes in all of them. */
const bounds = { maxEntries: 10_000, maxSize: 50_000 };
/** The time after which a sweep reads every unresolved row again, in milliseconds, in case somebody changed rows by hand. */
const maxAgeMs = 3_600_000;

/** The unresolved gaps of a stream, as the last sweep of an instance has left them. */
export interface RememberedGaps {
  /** The version of the progress. While it is stored, nobody else has filed a gap. */
  readonly version: Version;
  /** All writes of blocks up to this time were read, in milliseconds since 1970. */
  readonly readToMs: number;
  /** The number of blocks that were read since the time in the stored progress. */
  readonly blocks: number;
  /** When every unresolved row was read last. */
  readonly readAllAtMs: number;
  /** Ascending. */
  readonly gaps: readonly WaitingGap[];
}

/**
 * Caches the unresolved gaps of streams, and when each is due. So a sweep reads only the rows that are due, and those of which
 * an event has come.
 */
export class KnownGaps {
  private readonly cache = new LruCache<RememberedGaps>({
    ...bounds,
    sizeOf: ({ gaps }) => gaps.reduce((sum, { holes }) => sum + 1 + holes.length, 0),
  });

  /**
   * Removes the gaps of a stream from the cache, so that a sweep that fails leaves none.
   *
   * @param version The version of the stored progress.
   * @returns Undefined if other gaps may have been filed since, or every row must be read again.
   */
  take(stream: string, version: Version | undefined, nowMs: number): RememberedGaps | undefined {
    const known = this.cache.take(stream);
    return known && known.version === version && nowMs < known.readAllAtMs + maxAgeMs ? known : undefined;
  }

  remember(stream: string, gaps: RememberedGaps): void {
    this.cache.set(stream, gaps);
  }
}
