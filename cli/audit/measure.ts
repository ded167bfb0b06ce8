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
import { difference, countEmptyIds, isUnproved, partsIn, type StreamBooks } from './books.ts';
import { behind, contradictions, isOverdue } from './progress.ts';

/** How often the books are read before a difference is reported: state changes while it is read. */
const readings = 3;

/** The result of one reading of a stream. */
export interface Reading {
  readonly books: StreamBooks;
  /** Impossible states. The books may balance in spite of them. */
  readonly findings: readonly string[];
  /** Limits of the proof, though nothing is wrong. */
  readonly notes: readonly string[];
}

/**
 * Reads the books of a stream, and again if they are not in order.
 *
 * @returns Undefined for a stream that never held anything.
 */
export async function measure(stores: Stores, stream: string): Promise<Reading | undefined> {
  for (let left = readings; ; left--) {
    const reading = await read(stores, stream);
    if (!reading || left === 1) return reading;
    if (difference(reading.books) === 0 && reading.findings.length === 0) return reading;
  }
}

/**
 * Reads the books once. The order of the reads makes changes visible:
 *
 * - An id of the range that has an entry keeps it, and a sweep records holes before it raises `scanned`. So the held
 *   ids are read before and after the missing ids. The difference is the number of ids that came in between.
 * - Progress is read first. An id that is missing later was missing then, so the watermark must be below it.
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

/** Reports a stream that is not proved, although it is old enough for a sweep. */
async function unswept(
  { ledger, catalog, clock }: Stores,
  progress: Progress,
  books: StreamBooks,
  lowest: StoredBlock | undefined,
): Promise<readonly string[]> {
  const { stream, first } = progress;
  if (!isUnproved(books)) return [];
  if (first === undefined && (await hasGaps(ledger, stream)))
    return ['progress: none, though the ledger has gaps, and only sweeps find gaps'];
  const { windowMs, graceMs } = catalog.stream(stream);
  const heldSinceMs = (lowest?.expireAtMs ?? Number.POSITIVE_INFINITY) - windowMs;
  return isOverdue(progress, heldSinceMs, clock.now(), graceMs)
    ? ['no sweep has looked for holes among its ids, though they are old enough for one']
    : [];
}

async function hasGaps(ledger: Stores['ledger'], stream: string): Promise<boolean> {
  const { gaps, unreadable } = await ledger.list(stream, 1);
  return gaps.length + unreadable.length > 0;
}

/**
 * Notes ids that are stored below the proved range. By `first` and `floor`, they do not belong to the stream, or some
 * of them may be forgotten.
 */
function unproved({ clock }: Stores, { from }: StreamBooks, lowest: StoredBlock | undefined): readonly string[] {
  const id = lowest && lowest.expireAtMs > clock.now() ? lowestId(lowest.block) : undefined;
  if (id === undefined || id >= firstId(blockIndex(from))) return [];
  return [`the proof begins with ${from}: nothing is proved of the ids below, though some are stored, from ${id} on`];
}

/**
 * Returns the first id of the proof. An id below it may be empty because it was forgotten, or because the stream begins
 * later.
 */
function fromOf({ catalog, clock }: Stores, progress: Progress): number | undefined {
  if (progress.first === undefined) return undefined;
  const { floor } = observe(progress, progress.highWater, clock.now(), catalog.stream(progress.stream));
  return Math.max(progress.first, floor + 1);
}

/**
 * Returns the totals of a range of ids: the totals of its blocks without the entries of the first and the last block
 * that lie outside of the range.
 */
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
 * Counts the ids of a range that are missing in gaps. Pages of gaps are read from the highest id down. A row that
 * cannot be read is reported and counts no ids. If such a row is unresolved, the watermark must be below it.
 */
async function loadEmpty({ blocks, ledger }: Stores, stream: string, range: Range) {
  const unreadable: string[] = [];
  const empty = { missing: 0, givenUp: 0, lowest: undefined as number | undefined, unreadable };
  if (range.to < range.from) return empty;
  for await (const page of gapPages(ledger, stream)) {
    const gaps = partsIn(range, page.gaps.toReversed()).filter((gap) => isUnresolved(gap) || gap.state === 'abandoned');
    const coverages = await loadRangeCoverage(blocks, stream, gaps);
    const { missing, givenUp } = countEmptyIds(gaps, coverages);
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

/** Returns the lowest missing id of the unresolved gaps. */
function lowestMissing(gaps: readonly Gap[], coverages: readonly RangeCoverage[]): number | undefined {
  return gaps.flatMap((gap, i) => (isUnresolved(gap) ? (coverages[i]?.holes.slice(0, 1) ?? []) : []))[0]?.from;
}

/**
 * Returns the gaps of any state in a range of ids, ascending, each cut to the range. All of them are held in memory:
 * the range should have a few million ids at most.
 */
export async function rowsIn(ledger: Stores['ledger'], stream: string, range: Range): Promise<readonly Gap[]> {
  const found: Gap[] = [];
  if (range.to < range.from) return found;
  for await (const gap of gapsBelow(ledger, stream, range.to + 1)) {
    found.push(...partsIn(range, [gap]));
    if (gap.from <= range.from) break;
  }
  return found.reverse();
}
