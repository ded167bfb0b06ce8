import { sizeOf, type Range } from '../../shared/gaps/range.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import type { Random } from '../../shared/ports.ts';

/** Decides which of the ids 1 to `count` a producer uses. */
export type DrawUsed = (count: number, random: Random) => (id: number) => boolean;

/** All ids are used. */
export const consecutive: DrawUsed = () => () => true;

/** Some ids of each period are never used. @param offsets The first ones of these ids. */
export function neverUsed(period: number, ...offsets: readonly number[]): DrawUsed {
  const remainders = new Set(offsets.map((offset) => offset % period));
  return () => (id) => !remainders.has(id % period);
}

/** Ids are reserved in blocks, from 1 on, and the rest of some blocks is abandoned. @param share The share of these. */
export function abandonedBlocks(size: number, share: number): DrawUsed {
  return (count, random) => {
    const used = Array.from({ length: Math.ceil(count / size) }, () =>
      random() < share ? Math.floor(random() * size) : size,
    );
    return (id) => (id - 1) % size < (used[Math.floor((id - 1) / size)] ?? size);
  };
}

/** A producer restarts now and then, and goes on with the next block. @param meanUses The mean number of ids of a run. */
export function restarts(size: number, meanUses: number): DrawUsed {
  return (count, random) => {
    const unused = new Set<number>();
    for (let id = 1; id <= count;) {
      id += 1 + Math.floor(-Math.log(1 - random()) * meanUses);
      for (; (id - 1) % size > 0; id++) unused.add(id);
    }
    return (id) => !unused.has(id);
  };
}

/** Ids are left out at random. */
export function leftOutAtRandom(share: number): DrawUsed {
  return (count, random) => {
    const used = Array.from({ length: count + 1 }, () => random() >= share);
    return (id) => used[id] ?? true;
  };
}

export interface Losses {
  readonly share: number;
  /** The maximum number of consecutive events that are lost at once. */
  readonly burst: number;
}

/** The events of a stream that came, and the ids between them. */
export interface HeldEvents {
  /** Ascending. */
  readonly events: readonly number[];
  readonly holes: readonly HoleOfStream[];
}

export interface HoleOfStream extends Range {
  /** Whether an id in it was never used. */
  readonly hasUnused: boolean;
}

/** Draws a stream of ids, and loses some of its events. */
export function drawStream(draw: DrawUsed, count: number, { share, burst }: Losses, seed: number): HeldEvents {
  const random = makeRandom(seed);
  const isUsed = draw(count, random);
  const events: number[] = [];
  let lostUpTo = 0;
  for (let id = 1; id <= count; id++) {
    if (random() < (2 * share) / (1 + burst)) lostUpTo = Math.max(lostUpTo, id + Math.floor(random() * burst));
    if (id > lostUpTo && isUsed(id)) events.push(id);
  }
  return { events, holes: holesBetween(events, isUsed) };
}

function holesBetween(events: readonly number[], isUsed: (id: number) => boolean): readonly HoleOfStream[] {
  return events.slice(1).flatMap((above, i) => {
    const hole = { from: (events[i] ?? above) + 1, to: above - 1 };
    if (sizeOf(hole) === 0) return [];
    const hasUnused = Array.from({ length: sizeOf(hole) }, (_, at) => hole.from + at).some((id) => !isUsed(id));
    return [{ ...hole, hasUnused }];
  });
}
