import { loadRangeCoverage } from '../../shared/gaps/range-coverage.ts';
import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { loadTotals, noTotals, plus } from '../../shared/gaps/load-totals.ts';
import { observe, startProgress, type Progress } from '../../shared/gaps/progress.ts';
import { sizeOf, type Range } from '../../shared/gaps/range.ts';
import { spellUnreadable } from '../../shared/gaps/spell-unreadable.ts';
import type { BlockStore, StoredBlock } from '../../shared/ports.ts';
import { blockIndex, cellIndex, firstId, highestId, lowestId } from '../../shared/tracking/block.ts';
import { heldIn, totalsOf, subtractTotals, type Totals } from '../../shared/tracking/totals.ts';
import { gapPages, gapsBelow } from '../ledger-pages.ts';
import type { Stores } from '../stores.ts';
import { difference, emptyIn, isUnproved, partsIn, type StreamBooks } from './books.ts';
import { behind, contradictions, isOverdue } from './progress.ts';

/** How often the books are read before a difference is believed: state moves while it is read. */
const readings = 3;

/** What one reading of a stream came to. */
export interface Reading {
  readonly books: StreamBooks;
  /** What cannot be, though every id may be in one place. */
  readonly findings: readonly string[];
  /** What is no difference, and limits what is proved. */
  readonly notes: readonly string[];
}

/** Reads the books of a stream, again where they are not in order. Undefined for a stream that holds nothing, and never did. */
export async function measure(stores: Stores, stream: string): Promise<Reading | undefined> {
  for (let left = readings; ; left--) {
    const reading = await read(stores, stream);
    if (!reading || left === 1) return reading;
    if (difference(reading.books) === 0 && reading.findings.length === 0) return reading;
  }
}

/**
 * Reads them once. An id that has an entry keeps it for as long as it is in the range, and holes are found before `scanned` says
 * so: what is held is read before and after what is missing, so that what came in between shows. Progress is read first: what is
 * missing after it was missing then, so that its watermark may not have passed it.
 */
async function read(stores: Stores, stream: string): Promise<Reading | undefined> {
  const { blocks, ledger } = stores;
  const progress = (await ledger.progress(stream))?.value ?? startProgress(stream);
  const [lowest, highest] = await Promise.all([blocks.first(stream), blocks.last(stream)]);
  const stored = highest && (highestId(highest) ?? firstId(highest.index));
  const to = Math.max(stored ?? -1, progress.highWater);
  if (to < 0) return undefined;
  const from = fromOf(stores, progress) ?? (lowest && lowestId(lowest.block)) ?? to + 1;
  const scanned = progress.first === undefined ? from - 1 : Math.max(from - 1, progress.scanned);
  const proved = { from, to: scanned };
  const above = { from: scanned + 1, to: Math.max(scanned, stored ?? -1) };
  const before = await totalsIn(blocks, stream, proved);
  const { lowest: missingFrom, unreadable, ...empty } = await loadEmpty(stores, stream, proved);
  const [after, yetToBeProved] = await Promise.all([totalsIn(blocks, stream, proved), totalsIn(blocks, stream, above)]);
  const books: StreamBooks = {
    from,
    to,
    scanned,
    held: plus(before, yetToBeProved),
    ...empty,
    notLookedAt: sizeOf(above) - heldIn(yetToBeProved),
    moved: heldIn(after) - heldIn(before),
  };
  return {
    books,
    findings: [
      ...unreadable,
      ...contradictions(progress, missingFrom),
      ...(await unswept(stores, progress, books, lowest)),
    ],
    notes: [...behind(progress, books, missingFrom), ...unproved(stores, books, lowest)],
  };
}

/** Tells a stream of which nothing is proved, where that is more than its youth. */
async function unswept(
  { ledger, catalog, clock }: Stores,
  progress: Progress,
  books: StreamBooks,
  lowest: StoredBlock | undefined,
): Promise<readonly string[]> {
  const { stream, first } = progress;
  if (!isUnproved(books)) return [];
  if (first === undefined && (await hasGaps(ledger, stream)))
    return ['progress: none, though the ledger has gaps, which are found by nothing but sweeps'];
  const { windowMs, graceMs } = catalog.stream(stream);
  const heldSinceMs = (lowest?.expireAtMs ?? Number.POSITIVE_INFINITY) - windowMs;
  return isOverdue(progress, heldSinceMs, clock.now(), graceMs)
    ? ['its ids are no longer so young that no sweep need have looked for holes among them']
    : [];
}

async function hasGaps(ledger: Stores['ledger'], stream: string): Promise<boolean> {
  const { gaps, unreadable } = await ledger.list(stream, 1);
  return gaps.length + unreadable.length > 0;
}

/** Tells what is stored and not proved: from what `first` and `floor` say, it is not of the stream, or may be in part forgotten. */
function unproved({ clock }: Stores, { from }: StreamBooks, lowest: StoredBlock | undefined): readonly string[] {
  const id = lowest && lowest.expireAtMs > clock.now() ? lowestId(lowest.block) : undefined;
  if (id === undefined || id >= firstId(blockIndex(from))) return [];
  return [`the proof begins with ${from}: of the ids below nothing is proved, though some are stored, from ${id} on`];
}

/** Where the proof begins: below, an id may be empty because it is forgotten, or because the stream begins later. */
function fromOf({ catalog, clock }: Stores, progress: Progress): number | undefined {
  if (progress.first === undefined) return undefined;
  const { floor } = observe(progress, progress.highWater, clock.now(), catalog.stream(progress.stream));
  return Math.max(progress.first, floor + 1);
}

/** What a range of ids holds: by the totals of its blocks, less what in the first and the last of them is outside of it. */
async function totalsIn(blocks: BlockStore, stream: string, { from, to }: Range): Promise<Totals> {
  if (to < from) return noTotals;
  const [first, last] = [blockIndex(from), blockIndex(to)];
  const [all, [lowest, highest]] = await Promise.all([
    loadTotals(blocks, stream, { from: first, to: last }),
    blocks.read([first, last].map((index) => ({ stream, index }))),
  ]);
  const below = lowest?.block.cells.slice(0, cellIndex(from)) ?? [];
  const above = highest?.block.cells.slice(cellIndex(to) + 1) ?? [];
  return subtractTotals(all, totalsOf([...below, ...above]));
}

/**
 * Which ids of a range are without an entry, by the gaps that name them. Pages of gaps are read from the highest down. A row that
 * cannot be read is told, and names no ids. While it is unresolved it holds the watermark.
 */
async function loadEmpty({ blocks, ledger }: Stores, stream: string, range: Range) {
  const unreadable: string[] = [];
  const empty = { missing: 0, givenUp: 0, lowest: undefined as number | undefined, unreadable };
  if (range.to < range.from) return empty;
  for await (const page of gapPages(ledger, stream)) {
    const gaps = partsIn(range, page.gaps.toReversed()).filter((gap) => isUnresolved(gap) || gap.state === 'abandoned');
    const coverages = await loadRangeCoverage(blocks, stream, gaps);
    const { missing, givenUp } = emptyIn(gaps, coverages);
    empty.missing += missing;
    empty.givenUp += givenUp;
    unreadable.push(...page.unreadable.map((row) => `ledger: ${spellUnreadable(row)}`));
    const held = page.unreadable.filter(
      (row) => row.from >= range.from && (row.state === 'open' || row.state === 'requested'),
    );
    const lowest = [lowestMissing(gaps, coverages), ...held.map(({ from }) => from)].filter((id) => id !== undefined);
    if (lowest.length > 0) empty.lowest = Math.min(...lowest);
    if (page.next !== undefined && page.next <= range.from) break;
  }
  return empty;
}

/** The lowest id that is missing in a gap which is not resolved. */
function lowestMissing(gaps: readonly Gap[], coverages: readonly RangeCoverage[]): number | undefined {
  return gaps.flatMap((gap, i) => (isUnresolved(gap) ? (coverages[i]?.holes.slice(0, 1) ?? []) : []))[0]?.from;
}

/** The gaps of any state that reach into a range of ids, ascending, each cut to the range: of a range of some million ids. */
export async function rowsIn(ledger: Stores['ledger'], stream: string, range: Range): Promise<readonly Gap[]> {
  const found: Gap[] = [];
  if (range.to < range.from) return found;
  for await (const gap of gapsBelow(ledger, stream, range.to + 1)) {
    found.push(...partsIn(range, [gap]));
    if (gap.from <= range.from) break;
  }
  return found.reverse();
}
