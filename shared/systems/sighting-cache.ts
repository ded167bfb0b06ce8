import { LruCache } from '../lru-cache.ts';
import type { Clock } from '../ports.ts';
import type { Ref, Sighting } from '../verification/sighting.ts';

/** How long a sighting is kept, in milliseconds. */
const maxAgeMs = 30_000;

/** Keeps records for a short time, so that events about the same record need one request. */
export class SightingCache {
  private readonly clock: Clock;
  private readonly kept = new LruCache<Sighting>({
    maxEntries: 1_000,
    maxSize: 8_000_000,
    sizeOf: (sighting) => (sighting.absent === true ? 0 : sighting.text.length),
  });

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * Finds a sighting that can be an answer about an event: one that was fetched after it, and that is neither absent nor
   * stale. Otherwise an event that waits for its record would see the old one again.
   */
  find(ref: Ref): Sighting | undefined {
    const sighting = this.kept.get(nameOfLookUp(ref));
    if (sighting === undefined || sighting.absent === true) return undefined;
    const { fetchedAtMs, changedAtMs = Number.POSITIVE_INFINITY } = sighting;
    const isFresh = this.clock.now() - fetchedAtMs < maxAgeMs;
    return isFresh && fetchedAtMs >= ref.eventMs && changedAtMs >= ref.eventMs ? sighting : undefined;
  }

  keep(ref: Ref, sighting: Sighting): void {
    this.kept.set(nameOfLookUp(ref), sighting);
  }
}

/** Names a look-up: the same for equal ones. */
export function nameOfLookUp({ kind, account = '', id, fields }: Ref): string {
  return JSON.stringify([kind, account, id, [...fields].sort()]);
}
