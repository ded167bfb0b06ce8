import { holesNear, type WindowHole, type IdWindow, type Positions } from './id-window.ts';
import type { FoundRegularity } from './regularity.ts';

/** The sizes of blocks that are tried. */
const blockSizes = { min: 8, max: 341 };
/**
 * The sizes of blocks that programs often reserve, from a multiple of the size on, or from one above. Fewer holes show
 * them, since fewer possibilities are tried.
 */
const commonSizes = [10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 250, 256, 500, 512, 1_000];
const commonRemainders = [0, 1];
/** Shorter holes do not count, because single losses are short. */
const minHole = 3;
/** The number of holes on either side of a gap whose edges are compared. */
const holesASide = 16;

/**
 * Finds regular distances at which holes of several ids end or begin. This happens where a program reserves ids in
 * blocks and abandons the rest of a block, or where it reserves ids and begins with the next block after a restart.
 *
 *     blocks of 20     1 … 12 · · · 21 … 40 41 … 47 · · · 61 … 66 · · · 81 …
 *     go on at                      ↑                     ↑             ↑
 */
export function* regularEdges(window: IdWindow, gap: Positions): Generator<FoundRegularity, void, undefined> {
  const long = window.holes.filter(({ size, isTooLong }) => size >= minHole && !isTooLong);
  const holes = holesNear(long, gap, holesASide);
  if (holes.length < 2) return;
  yield* commonBlocks(holes, window);
  yield* anyBlocks(holes, window);
}

function* commonBlocks(
  holes: readonly WindowHole[],
  { firstId, step }: IdWindow,
): Generator<FoundRegularity, void, undefined> {
  // With a step, blocks have no usual first id.
  if (step > 1) return;
  const tried = 2 * commonSizes.length * commonRemainders.length;
  for (const [kind, edges] of edgesOf(holes)) {
    for (const period of commonSizes) {
      for (const remainder of commonRemainders) {
        const regular = edges.filter((edge) => (firstId + edge) % period === remainder);
        const [edge] = regular;
        if (edge === undefined || regular.length < 2) continue;
        const byChance = tried * chanceOf(regular.length, edges.length, 1 / period);
        yield { kind, period, id: firstId + edge, byChance };
      }
    }
  }
}

function* anyBlocks(
  holes: readonly WindowHole[],
  { firstId, step }: IdWindow,
): Generator<FoundRegularity, void, undefined> {
  const counts = new Uint8Array(blockSizes.max);
  for (const [kind, edges] of edgesOf(holes)) {
    for (let size = blockSizes.min; size <= blockSizes.max; size++) {
      const { edge, count } = commonestRemainder(edges, size, counts);
      if (count < 3) continue;
      const byChance = size * size * chanceOf(count, edges.length, 1 / size);
      yield { kind, period: size * step, id: firstId + edge * step, byChance };
    }
  }
}

/**
 * Counts the edges with the commonest remainder.
 *
 * @param counts Space to count in.
 * @returns Also one of these edges.
 */
function commonestRemainder(edges: readonly number[], size: number, counts: Uint8Array): Commonest {
  counts.fill(0, 0, size);
  let [most, commonest] = [0, 0];
  for (const edge of edges) {
    const count = (counts[edge % size] ?? 0) + 1;
    counts[edge % size] = count;
    if (count > most) [most, commonest] = [count, edge];
  }
  return { edge: commonest, count: most };
}

interface Commonest {
  readonly edge: number;
  readonly count: number;
}

function edgesOf(
  holes: readonly WindowHole[],
): readonly (readonly [kind: 'ends' | 'begins', edges: readonly number[]])[] {
  return [
    ['ends', holes.map(({ to }) => to + 1)],
    ['begins', holes.map(({ from }) => from)],
  ];
}

/** Returns an upper bound of the probability of `count` or more out of `all`, if each has a probability. */
function chanceOf(count: number, all: number, probability: number): number {
  const share = count / all;
  if (share <= probability) return 1;
  const rest = share < 1 ? (1 - share) * Math.log((1 - share) / (1 - probability)) : 0;
  return Math.exp(-all * (share * Math.log(share / probability) + rest));
}
