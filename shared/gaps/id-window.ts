import { stepOf } from './expected-ids.ts';
import { firstAtOrAbove, type Range } from './range.ts';
import type { NumberedSettings } from './reset.ts';

/** The maximum distance of an event that says something about a gap, in ids. */
export const maxReach = 1_024;

/** Returns the ids around a gap whose events say something about it. */
export function surroundingsOf({ from, to }: Range): Range {
  return { from: Math.max(0, from - maxReach), to: to + maxReach };
}

/** Positions in a window, both ends included. A position is a number of expected ids above the lowest event. */
export interface Positions {
  readonly from: number;
  readonly to: number;
}

/** Consecutive positions without an event, between two events. */
export interface WindowHole extends Positions {
  readonly size: number;
  /** Whether it is longer than `maxGap`, so that it says nothing of single ids. */
  readonly isTooLong: boolean;
}

/**
 * The events around a gap and in it, and the holes between them.
 *
 *     events      100 101  ·   ·  104 105  ·  107
 *     positions     0   1  2   3    4   5  6    7
 *     holeAt        0   0  1   1    0   0  2    0
 */
export interface IdWindow {
  /** The id at position 0. */
  readonly firstId: number;
  /** The distance between two positions, in ids. */
  readonly step: number;
  /** Ascending. */
  readonly holes: readonly WindowHole[];
  /** For each position the number of its hole, from 1. It is 0 where an event is. */
  readonly holeAt: Uint16Array;
}

/** Makes the window of a gap. @param events Ascending. Events that are too far away are left out. */
export function windowAround(
  gap: Range,
  events: readonly number[],
  settings: Pick<NumberedSettings, 'numbering' | 'maxGap'>,
): IdWindow {
  const step = stepOf(settings);
  const { from, to } = surroundingsOf(gap);
  const [start, end] = [firstAtOrAbove(events, from), firstAtOrAbove(events, to + 1)];
  const [firstId, lastId] = [events[start] ?? 0, events[end - 1] ?? 0];
  const positionOf = (id: number): number => Math.floor((id - firstId) / step);
  const holeAt = new Uint16Array(start < end ? positionOf(lastId) + 1 : 0);
  const holes: WindowHole[] = [];
  let next = 0;
  for (let i = start; i < end; i++) {
    const at = positionOf(events[i] ?? firstId);
    if (at > next) {
      const size = at - next;
      holes.push({ from: next, to: at - 1, size, isTooLong: size > settings.maxGap });
      holeAt.fill(holes.length, next, at);
    }
    next = at + 1;
  }
  return { firstId, step, holes, holeAt };
}

/** Returns the positions of a gap in a window. */
export function positionsOf({ from, to }: Range, { firstId, step }: IdWindow): Positions {
  return { from: Math.floor((from - firstId) / step), to: Math.floor((to - firstId) / step) };
}

/** Returns the hole at a position. Undefined where an event is, or outside the window. */
export function holeOf({ holes, holeAt }: IdWindow, position: number): WindowHole | undefined {
  return holes[(holeAt[position] ?? 0) - 1];
}

/** Returns the holes in a gap, and some of the nearest on either side. */
export function holesNear(holes: readonly WindowHole[], gap: Positions, aSide: number): readonly WindowHole[] {
  const [from, to] = [
    firstWhere(holes, (hole) => hole.to >= gap.from),
    firstWhere(holes, (hole) => hole.from > gap.to),
  ];
  return holes.slice(Math.max(0, from - aSide), to + aSide);
}

function firstWhere(holes: readonly WindowHole[], isIt: (hole: WindowHole) => boolean): number {
  const at = holes.findIndex(isIt);
  return at < 0 ? holes.length : at;
}
