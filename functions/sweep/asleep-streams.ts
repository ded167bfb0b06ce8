import { LruCache } from '../../shared/lru-cache.ts';

/** The time for which a stream that is asleep gets no tick, in milliseconds. */
const restMs = 600_000;
/** The part of the deduplication window to which that time is limited, so that a short window is swept often enough. */
const maxShare = 1 / 64;
const maxStreams = 100_000;

/**
 * The streams that an instance knows to be asleep: they were silent for a whole deduplication window, so that nothing is
 * left of them that a sweep could find missing. Nor could it in a stream without numbers. A tick every ten minutes is
 * enough: it notices that the stream speaks again, and that sweeps go on.
 */
export class AsleepStreams {
  private readonly untilMs = new LruCache<number>({ maxEntries: maxStreams });

  note(stream: string, { nowMs, windowMs }: { readonly nowMs: number; readonly windowMs: number }): void {
    this.untilMs.set(stream, nowMs + Math.min(restMs, windowMs * maxShare));
  }

  has(stream: string, nowMs: number): boolean {
    return nowMs < (this.untilMs.get(stream) ?? 0);
  }
}
