import { loadFillings } from '../../shared/gaps/fillings.ts';
import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import { observe, type Progress } from '../../shared/gaps/progress.ts';
import { sizeOf, type Range } from '../../shared/gaps/range.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { blockIndex, cellIndex, highestId, lowestId } from '../../shared/tracking/block.ts';
import { heldIn, totalsOf, without, type Totals } from '../../shared/tracking/totals.ts';
import { gapsBelow } from '../ledger-pages.ts';
import type { Stores } from '../stores.ts';
import { difference, emptyIn, partsIn, type Books } from './books.ts';

/** How often the books are read before a difference is believed: state moves while it is read. */
const readings = 3;

const none: Totals = { clean: 0, suspect: 0, reconstructed: 0, closed: 0 };

/** Reads the books of a stream, again where they do not balance. Undefined for a stream that holds nothing, and never did. */
export async function measure(stores: Stores, stream: string): Promise<Books | undefined> {
  for (let left = readings; ; left--) {
    const books = await read(stores, stream);
    if (!books || difference(books) === 0 || left === 1) return books;
  }
}

/**
 * Reads them once. An id that has an entry keeps it for as long as it is in the range, and holes are found before `scanned` says
 * so: what is held is read before and after what is missing, so that what came in between shows.
 */
async function read(stores: Stores, stream: string): Promise<Books | undefined> {
  const { blocks, ledger } = stores;
  const progress = (await ledger.progress(stream))?.value;
  const [lowest, highest] = await Promise.all([blocks.first(stream), blocks.last(stream)]);
  const stored = highest && highestId(highest);
  const to = Math.max(stored ?? -1, progress?.highWater ?? -1);
  if (to < 0) return undefined;
  const from = fromOf(stores, stream, progress) ?? (lowest && lowestId(lowest.block)) ?? to + 1;
  const scanned = progress?.first === undefined ? from - 1 : Math.max(from - 1, progress.scanned);
  const proved = { from, to: scanned };
  const above = { from: scanned + 1, to: Math.max(scanned, stored ?? -1) };
  const before = await totalsIn(blocks, stream, proved);
  const gaps = await gapsIn(stores, stream, proved);
  const empty = emptyIn(gaps, await loadFillings(blocks, stream, gaps));
  const [after, yetToBeProved] = await Promise.all([totalsIn(blocks, stream, proved), totalsIn(blocks, stream, above)]);
  return {
    from,
    to,
    scanned,
    held: plus(before, yetToBeProved),
    ...empty,
    notLookedAt: sizeOf(above) - heldIn(yetToBeProved),
    moved: heldIn(after) - heldIn(before),
  };
}

/** Where the proof begins: below, an id may be empty because it is forgotten, or because the stream begins later. */
function fromOf({ catalog, clock }: Stores, stream: string, progress: Progress | undefined): number | undefined {
  if (progress?.first === undefined) return undefined;
  const { floor } = observe(progress, progress.highWater, clock.now(), catalog.stream(stream));
  return Math.max(progress.first, floor + 1);
}

/** What a range of ids holds: by the totals of its blocks, less what in the first and the last of them is outside of it. */
async function totalsIn(blocks: BlockStore, stream: string, { from, to }: Range): Promise<Totals> {
  if (to < from) return none;
  const [first, last] = [blockIndex(from), blockIndex(to)];
  const [all, [lowest, highest]] = await Promise.all([
    blocks.totals(stream, first, last),
    blocks.read([first, last].map((index) => ({ stream, index }))),
  ]);
  const below = lowest?.block.cells.slice(0, cellIndex(from)) ?? [];
  const above = highest?.block.cells.slice(cellIndex(to) + 1) ?? [];
  return without(all, totalsOf([...below, ...above]));
}

/** The gaps that reach into a range of ids and may lack some, ascending, each cut to the range. */
async function gapsIn({ ledger }: Stores, stream: string, range: Range): Promise<readonly Gap[]> {
  const found = await rowsIn(ledger, stream, range);
  return found.filter((gap) => isUnresolved(gap) || gap.state === 'abandoned');
}

/** The gaps of any state that reach into a range of ids, ascending, each cut to the range. */
export async function rowsIn(ledger: Stores['ledger'], stream: string, range: Range): Promise<readonly Gap[]> {
  const found: Gap[] = [];
  if (range.to < range.from) return found;
  for await (const gap of gapsBelow(ledger, stream, range.to + 1)) {
    found.push(...partsIn(range, [gap]));
    if (gap.from <= range.from) break;
  }
  return found.reverse();
}

function plus(a: Totals, b: Totals): Totals {
  return without(a, without(none, b));
}
