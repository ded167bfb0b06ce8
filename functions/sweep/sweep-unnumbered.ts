import { startProgress } from '../../shared/gaps/progress.ts';
import type { AsleepStreams } from './asleep-streams.ts';
import type { TickDeps } from './deps.ts';

/** The part of a deduplication window after which the time of the last sweep is written again. */
const share = 1 / 8;

/**
 * Sweeps an unnumbered stream. It has no ids, so nothing can be missing. The sweep only notes since when the stream is
 * swept, and when it was swept last. Track needs that to know which events may have come and be forgotten.
 */
export async function sweepUnnumbered(deps: TickDeps, stream: string, asleep: AsleepStreams): Promise<void> {
  const { ledger, catalog, clock } = deps;
  const before = await ledger.progress(stream);
  const now = clock.now();
  const { windowMs } = catalog.stream(stream);
  const { sweptAtMs, sinceMs } = before?.value ?? startProgress(stream);
  const isRecent = sweptAtMs !== undefined && now - sweptAtMs < share * windowMs;
  if (isRecent && sinceMs !== undefined) {
    asleep.note(stream, { nowMs: now, windowMs });
    return;
  }
  const after = { ...(before?.value ?? startProgress(stream)), sinceMs: sinceMs ?? now, sweptAtMs: now };
  // If an overlapping sweep was faster, it has noted the same.
  await ledger.saveProgress(stream, after, before?.version, []);
}
