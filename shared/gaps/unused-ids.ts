import { holeOf, holesNear, type WindowHole, type IdWindow, type Positions } from './id-window.ts';
import type { FoundRegularity } from './regularity.ts';

/** The longest period that a gap waits for. */
const maxPeriodToWaitFor = 100;
/** A longer hole is an outage. It has missing ids at any period, so it says nothing of one. */
const maxShortHole = 64;
/** The number of holes on either side of a gap that are tested with it. */
const holesASide = 4;
/** The maximum number of ids of a gap that are tested. */
const maxIdsOfGap = 16;
/** How much stricter the holes beside a gap are judged than the gap itself. */
const strictness = 8;
/** The number of other missing ids in a row that a period needs. */
const minOthers = 3;

/**
 * Finds periods at which ids are missing. If each id is lost with the same probability, the share of missing ids, then
 * `k` others in a row are missing at the distances of one given period with that probability to the power of `k`. So
 * other losses do not hide a period, and it may change its phase.
 *
 *     held         1 … 9 · 11 … 19 · 21 22 · 24 … 29 · 31 … 39 · 41 …
 *     tested                                         30
 *     period 10         10        20                          40          3 others in a row
 */
export function* unusedIds(
  window: IdWindow,
  gap: Positions,
  minPeriod: number,
): Generator<FoundRegularity, void, undefined> {
  const near = holesNear(window.holes, gap, holesASide).filter(({ size }) => size <= maxShortHole);
  const isOwn = ({ from, to }: WindowHole): boolean => from <= gap.to && to >= gap.from;
  const own = someOf(near.filter(isOwn).flatMap(positionsIn));
  const others = near.filter((hole) => !isOwn(hole)).flatMap(edgesOf);
  const test = { window, minPeriod, share: shareOfMissing(window) };
  for (const position of own) yield* periodsAt(position, { ...test, tried: own.length });
  for (const position of others) yield* periodsAt(position, { ...test, tried: strictness * others.length });
}

/**
 * Whether a missing id of a gap may be one of a period, and more ids will tell: at no distance of the period is an event
 * known. In a stream with many known ids this is rare.
 *
 *     held       1 … 9 · 11 … 15                 period 10 or more
 *     held       1 … 9 · 11 … 19 · 21 … 25       period 10, or 16 and more
 */
export function mayHavePeriod(window: IdWindow, gap: Positions): boolean {
  const own = holesNear(window.holes, gap, 0).filter(({ size }) => size <= maxShortHole);
  return own.some((hole) => edgesOf(hole).some((position) => hasOpenPeriod(window, position, hole.size + 1)));
}

function hasOpenPeriod(window: IdWindow, position: number, minPeriod: number): boolean {
  for (let period = minPeriod; period <= maxPeriodToWaitFor; period++)
    if (isOpen(window, position, period)) return true;
  return false;
}

function isOpen(window: IdWindow, position: number, period: number): boolean {
  const last = window.holeAt.length - 1;
  for (let at = position % period; at <= last; at += period) if (!isMissing(window, at)) return false;
  return true;
}

interface PeriodTest {
  readonly window: IdWindow;
  readonly minPeriod: number;
  /** The share of ids that are missing. */
  readonly share: number;
  /** The number of positions that are tested. */
  readonly tried: number;
}

function* periodsAt(
  position: number,
  { window, minPeriod, share, tried }: PeriodTest,
): Generator<FoundRegularity, void, undefined> {
  const { holeAt, firstId, step } = window;
  const maxPeriod = Math.floor((holeAt.length - 1) / minOthers);
  const size = holeOf(window, position)?.size ?? 0;
  for (let period = Math.max(minPeriod, size + 1); period <= maxPeriod; period++) {
    // Nearly all periods end here.
    if (!isMissing(window, position - period) && !isMissing(window, position + period)) continue;
    const others = othersInRow(window, position, period);
    if (others < minOthers) continue;
    const byChance = tried * period * (others + 1) * share ** others;
    yield { kind: 'unused', period: period * step, id: firstId + position * step, byChance };
  }
}

/** Counts the holes in a row at the distances of a period from a missing id. */
function othersInRow(window: IdWindow, position: number, period: number): number {
  let count = 0;
  for (const direction of [-period, period]) {
    for (let at = position + direction; isMissing(window, at); at += direction) {
      const hole = holeOf(window, at);
      if (hole && hole.size < period && hole.size <= maxShortHole) count++;
    }
  }
  return count;
}

/** Whether a position is in a hole. A read outside of an array would be slow. */
function isMissing({ holeAt }: IdWindow, position: number): boolean {
  return position >= 0 && position < holeAt.length && holeAt[position] !== 0;
}

/** Returns the share of ids that are missing, apart from outages. */
function shareOfMissing({ holes, holeAt }: IdWindow): number {
  let [missing, all] = [1, holeAt.length + 2];
  for (const { size } of holes)
    if (size <= maxShortHole) missing += size;
    else all -= size;
  return missing / all;
}

/** @returns The first and the last ones of many. */
function someOf(positions: readonly number[]): readonly number[] {
  const half = maxIdsOfGap / 2;
  return positions.length <= maxIdsOfGap ? positions : [...positions.slice(0, half), ...positions.slice(-half)];
}

function positionsIn({ from, size }: WindowHole): readonly number[] {
  return Array.from({ length: size }, (_, i) => from + i);
}

function edgesOf({ from, to }: WindowHole): readonly number[] {
  return from === to ? [from] : [from, to];
}
