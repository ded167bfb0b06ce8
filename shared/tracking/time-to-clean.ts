import type { RoutingAttributes } from '../messages/routing.ts';

/** The times by which events are counted as late, in seconds, ascending. The setting `alerts.clean_seconds` is one. */
export const lateAfterSeconds = [1, 5, 15, 60, 300, 900, 3_600] as const;

/** Whether `verify` was asked about an event before it was published. */
type CleanWay = 'direct' | 'checked';

/**
 * `clean-direct` counts the events of producers that were published, and `clean-direct-over-60s` those of them that were
 * published more than a minute after Pub/Sub had received them.
 */
export type CleanCounter = `clean-${CleanWay}` | `clean-${CleanWay}-over-${(typeof lateAfterSeconds)[number]}s`;

/** By the number of times that an event exceeds: the counters that count it. Made once, because events are many. */
const counters: Readonly<Record<CleanWay, readonly (readonly CleanCounter[])[]>> = {
  direct: countersBySlowness('direct'),
  checked: countersBySlowness('checked'),
};

function countersBySlowness(way: CleanWay): readonly (readonly CleanCounter[])[] {
  const over = lateAfterSeconds.map((seconds): CleanCounter => `clean-${way}-over-${seconds}s`);
  return [...over, undefined].map((_, exceeded) => [`clean-${way}`, ...over.slice(0, exceeded)]);
}

/**
 * Returns the counters of an event that was published on `cleaned-events`. There are none for an event that no producer's
 * message brought just now: an inferred one, a replay, or one that is checked again.
 *
 * @param nowMs When Pub/Sub had stored the clean event, in milliseconds since 1970.
 */
export function cleanCounters(
  { receivedAtMs, answer }: Pick<RoutingAttributes, 'receivedAtMs' | 'answer'>,
  nowMs: number,
): readonly CleanCounter[] {
  if (receivedAtMs === undefined) return [];
  const tookMs = nowMs - receivedAtMs;
  const reached = lateAfterSeconds.findIndex((seconds) => tookMs <= seconds * 1_000);
  const exceeded = reached < 0 ? lateAfterSeconds.length : reached;
  return counters[answer === undefined ? 'direct' : 'checked'][exceeded] ?? [];
}
