import { stepOf } from '../gaps/expected-ids.ts';
import type { Gap } from '../gaps/gap.ts';
import { plus } from '../gaps/load-totals.ts';
import { loadRangeCoverage } from '../gaps/range-coverage.ts';
import { sizeOf, type Range } from '../gaps/range.ts';
import type { NumberedSettings } from '../gaps/reset.ts';
import type { BlockStore } from '../ports.ts';
import { heldIn, type Totals } from '../tracking/totals.ts';
import type { FrontBooks } from './books.ts';
import { expectedHoles } from './expected-holes.ts';
import { totalsIn } from './held-totals.ts';
import { countExpected, placesIn, type PlacedRange } from './places.ts';
import type { ProvedFront } from './proved-front.ts';

export interface FrontReads {
  readonly blocks: BlockStore;
  readonly stream: string;
  readonly settings: NumberedSettings;
}

/** Reads the totals of the proved part of a front. */
export async function loadProved({ blocks, stream }: FrontReads, { from, scanned }: ProvedFront): Promise<Totals> {
  return totalsIn(blocks, stream, { from, to: scanned });
}

/**
 * Reads the books of a front.
 *
 * @param before The totals of its proved part, as they were before the rows of the ledger were read.
 * @param rows The gaps of the stream, ascending.
 * @param highest The highest id that is stored.
 */
export async function loadBooks(
  reads: FrontReads,
  front: ProvedFront,
  before: Totals,
  rows: readonly Gap[],
  highest: number,
): Promise<FrontBooks> {
  const { blocks, stream } = reads;
  const { from, to, scanned } = front;
  // Ids above the highest one that is stored are in no place.
  const above = { from: scanned + 1, to: Math.max(scanned, Math.min(to, highest)) };
  const empty = await countEmpty(reads, front, rows);
  const [after, heldAbove] = await Promise.all([loadProved(reads, front), totalsIn(blocks, stream, above)]);
  const offStepAbove = await countUnexpected(reads, above);
  return {
    from,
    to,
    scanned,
    held: plus(before, heldAbove),
    ...empty,
    offStep: empty.offStep + offStepAbove,
    notLookedAt: sizeOf(above) - heldIn(heldAbove) - offStepAbove,
    moved: heldIn(after) - heldIn(before),
  };
}

type EmptyIds = Pick<FrontBooks, 'missing' | 'givenUp' | 'assumed' | 'offStep'>;

/** Counts the ids without an entry in the proved part of a front, by their place. */
async function countEmpty(reads: FrontReads, front: ProvedFront, rows: readonly Gap[]): Promise<EmptyIds> {
  const placed = placesIn(front, rows, reads.settings);
  return stepOf(reads.settings) === 1 ? countInRows(reads, placed) : countInHoles(reads, front, placed);
}

/** Counts them in a stream without a step, from the blocks that the rows name. */
async function countInRows({ blocks, stream }: FrontReads, placed: readonly PlacedRange[]): Promise<EmptyIds> {
  const coverages = await loadRangeCoverage(blocks, stream, placed);
  const empty = { missing: 0, givenUp: 0, assumed: 0, offStep: 0 };
  placed.forEach(({ place }, i) => {
    empty[place] += coverages[i]?.missing ?? 0;
  });
  return empty;
}

/**
 * Counts them in a stream with a step. All its blocks are read, because the totals do not tell which of the held ids are
 * expected.
 */
async function countInHoles(
  { blocks, stream, settings }: FrontReads,
  { from, scanned }: ProvedFront,
  placed: readonly PlacedRange[],
): Promise<EmptyIds> {
  const empty = { missing: 0, givenUp: 0, assumed: 0, offStep: 0 };
  let next = 0;
  for await (const hole of expectedHoles(blocks, stream, { from, to: scanned }, settings)) {
    const { expected } = hole;
    empty.offStep += sizeOf(hole) - (expected ? countExpected(expected, hole, settings) : 0);
    while ((placed[next]?.to ?? Number.POSITIVE_INFINITY) < hole.from) next++;
    for (let i = next; expected && (placed[i]?.from ?? Number.POSITIVE_INFINITY) <= hole.to; i++) {
      const range = placed[i];
      if (range) empty[range.place] += countExpected(expected, range, settings);
    }
  }
  return empty;
}

/** Counts the ids without an entry that are not expected. */
async function countUnexpected({ blocks, stream, settings }: FrontReads, range: Range): Promise<number> {
  if (stepOf(settings) === 1) return 0;
  let count = 0;
  for await (const hole of expectedHoles(blocks, stream, range, settings))
    count += sizeOf(hole) - (hole.expected ? countExpected(hole.expected, hole, settings) : 0);
  return count;
}
