import { spreadInstants, type Anchor, type Anchors } from './neighbours.ts';

/** The number of known events on either side whose clocks are compared. Up to two wrong clocks do not move a median. */
export const clocksOnASide = 5;
/** The minimum number of events on a side for their median to be a bound. */
const enoughForMedian = 3;
/**
 * The reach of a bound without a median, for each step from one event to the next: this many median distances. It only
 * has to tell another year from a pause.
 */
const reachPerStep = 8;

/** The instants of the known events on either side of missing ones, the nearest first, in milliseconds since 1970. */
export interface KnownInstants {
  readonly below: readonly number[];
  readonly above: readonly number[];
}

/**
 * Estimates the instants of missing events so that one wrong clock does not move them. The median of each side is a
 * bound. The instants are spread between the nearest events of which the clock lies within the bounds. A clock that is ahead
 * of the time at which all these events were published is wrong, unless all are ahead.
 *
 *     below           12:00 12:01 12:02 12:03 2099    ?    12:06 12:07 12:08 1970 12:10   above
 *     median                      12:02                    12:07
 *     between                           12:03       12:05  12:06
 *
 * @param known At most {@link clocksOnASide} on a side.
 * @param count The number of missing events.
 * @param publishedByMs A time by which all known and missing events were published, in milliseconds since 1970.
 * @returns An instant for each event, in milliseconds since 1970. Undefined without any known event.
 */
export function missingInstants(
  known: KnownInstants,
  count: number,
  publishedByMs = Number.POSITIVE_INFINITY,
): readonly number[] | undefined {
  const possible = notAfter(known, publishedByMs);
  if (possible.below.length + possible.above.length === 0)
    return spreadInstants(trustedAnchors(known, known, count), count);
  const instants = spreadInstants(trustedAnchors(known, possible, count), count);
  return instants?.map((instantMs) => Math.min(instantMs, publishedByMs));
}

function notAfter({ below, above }: KnownInstants, latestMs: number): KnownInstants {
  const isPossible = (instantMs: number): boolean => instantMs <= latestMs;
  return { below: below.filter(isPossible), above: above.filter(isPossible) };
}

/** @param possible Those of the known instants that are compared. Only these are trusted. */
function trustedAnchors({ below, above }: KnownInstants, possible: KnownInstants, count: number): Anchors {
  const { from, to } = boundsOf(possible, count);
  const bounds = { from, to: Math.min(to, Math.max(...possible.below, ...possible.above)) };
  return { previous: firstWithin(below, bounds), next: firstWithin(above, bounds) };
}

/** A range of instants, both ends included. */
interface Bounds {
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the range that trusted clocks lie in. Each end depends on several events, so that no single one can move it
 * beyond the others. A side of fewer than three events has no median. Its bound is then the second instant from that
 * end, plus a reach, so that one event after a pause is not mistaken for a wrong clock. At least one event lies within.
 */
function boundsOf({ below, above }: KnownInstants, count: number): Bounds {
  const all = [...below, ...above].sort((a, b) => a - b);
  if (all.length < enoughForMedian) return { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const reach = reachPerStep * (count + 1) * medianDistance(all);
  const low = below.length < enoughForMedian ? nth(all, 1) - reach : lowerMedian(below);
  const high = above.length < enoughForMedian ? nth(all, all.length - 2) + reach : upperMedian(above);
  return { from: Math.min(low, high), to: Math.max(low, high) };
}

function firstWithin(instants: readonly number[], { from, to }: Bounds): Anchor | undefined {
  const skipped = instants.findIndex((instantMs) => instantMs >= from && instantMs <= to);
  return skipped < 0 ? undefined : { instantMs: nth(instants, skipped), skipped };
}

/** Returns the median distance of numbers from their median. */
function medianDistance(values: readonly number[]): number {
  const middle = lowerMedian(values);
  return lowerMedian(values.map((value) => Math.abs(value - middle)));
}

/** Returns the median, or the lower of the two middle numbers. */
function lowerMedian(values: readonly number[]): number {
  return nth(
    values.toSorted((a, b) => a - b),
    Math.ceil(values.length / 2) - 1,
  );
}

function upperMedian(values: readonly number[]): number {
  return nth(
    values.toSorted((a, b) => a - b),
    Math.floor(values.length / 2),
  );
}

function nth(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN;
}
