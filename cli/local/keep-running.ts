import { systemClock } from '../../shared/gcp/clock.ts';
import type { EmbeddedRuntime } from './embedded-runtime.ts';

/** How often the clock of the pipeline follows real time, in milliseconds. */
const followMs = 100;
const sweepMs = 60_000;

/** Lets an embedded pipeline run on in real time, with a sweep at once and each minute, until the signal aborts. */
export function keepRunning({ clock, pubsub }: Pick<EmbeddedRuntime, 'clock' | 'pubsub'>, signal: AbortSignal): void {
  let sweptAtMs = Number.NEGATIVE_INFINITY;
  const follow = (): void => {
    const nowMs = systemClock.now();
    clock.advance(Math.max(0, nowMs - clock.now()));
    if (nowMs - sweptAtMs < sweepMs) return;
    sweptAtMs = nowMs;
    void pubsub.publish('sweeps', { data: Buffer.from('tick'), attributes: {} });
  };
  follow();
  const timer = setInterval(follow, followMs);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
  });
}
