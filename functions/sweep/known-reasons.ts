import type { Gap, GapObstacle, Reason } from '../../shared/gaps/gap.ts';
import { isLetterDue, letterIntervalMs } from '../../shared/gaps/letter-times.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { LruCache } from '../../shared/lru-cache.ts';

/** The maximum number of gaps whose reasons are cached. */
const maxEntries = 50_000;

/**
 * Caches why gaps must be given up, while they wait for the next letter. Otherwise each tick would judge every waiting
 * gap again. When the letter is due, each gap is judged once more, because the events around it may have changed.
 */
export class KnownReasons {
  private readonly cache = new LruCache<{ readonly reason: Reason; readonly atMs: number }>({ maxEntries });

  /** Returns the reason to give up a gap, if it is known and no letter may be sent yet. */
  of(gap: Gap, { gaveUpAtMs }: Pick<Progress, 'gaveUpAtMs'>, nowMs: number): Reason | undefined {
    if (isLetterDue(gaveUpAtMs, letterIntervalMs, nowMs)) return undefined;
    const known = this.cache.get(nameOf(gap));
    return known && nowMs < known.atMs + letterIntervalMs ? known.reason : undefined;
  }

  /** Caches the reason to give up a gap, if there is one. @returns The obstacle. */
  note(gap: Gap, obstacle: GapObstacle | undefined, nowMs: number): GapObstacle | undefined {
    if (obstacle && obstacle !== 'wait') this.cache.set(nameOf(gap), { reason: obstacle, atMs: nowMs });
    return obstacle;
  }
}

function nameOf({ stream, from, foundAtMs }: Gap): string {
  return `${stream}/${from}/${foundAtMs}`;
}
