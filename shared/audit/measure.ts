import { stepOf } from '../gaps/expected-ids.ts';
import { forget } from '../gaps/forget.ts';
import { outliersOf } from '../gaps/front.ts';
import type { Gap } from '../gaps/gap.ts';
import { countOffStep, joinOffStep, noneOffStep, type OffStep } from '../gaps/off-step.ts';
import { startProgress } from '../gaps/progress.ts';
import type { Range } from '../gaps/range.ts';
import { afterReset, type NumberedSettings } from '../gaps/reset.ts';
import { noTotals } from '../gaps/load-totals.ts';
import type { StoredBlock } from '../ports.ts';
import { firstId, highestId, lowestId } from '../tracking/block.ts';
import type { Totals } from '../tracking/totals.ts';
import { spellOffStep } from '../views/spell-off-step.ts';
import type { AuditStores } from './audit-stores.ts';
import { difference, type FrontBooks } from './books.ts';
import { loadBooks, loadProved } from './front-books.ts';
import { loadLedgerRows } from './ledger-rows.ts';
import { noteOmissions, loadOutside, noneOutside, unsweptTooLong } from './outside.ts';
import { placeOf } from './places.ts';
import { contradictions, isOverdue, unscannedTooLong } from './progress.ts';
import { provedFronts, type ProvedFront } from './proved-front.ts';

/** How often the books are read before a difference is reported: state changes while it is read. */
const readings = 3;

/** The result of one reading of a stream. */
export interface Reading {
  /** Ascending. In a stream that was never swept, all stored ids count as one front. */
  readonly fronts: readonly ProvedFront[];
  /** The books of each front. */
  readonly books: readonly FrontBooks[];
  /** Whether the stream was ever swept. */
  readonly isSwept: boolean;
  readonly outliers: readonly number[];
  readonly forgotten: readonly Range[];
  /** The number of events in the fronts that are off the step. */
  readonly offStepEvents: number;
  /** The highest id that is stored. */
  readonly highest: number | undefined;
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
export async function measure(stores: AuditStores, stream: string): Promise<Reading | undefined> {
  for (let left = readings; ; left--) {
    const reading = await read(stores, stream);
    if (!reading || left === 1) return reading;
    if (reading.books.every((one) => difference(one) === 0) && reading.findings.length === 0) return reading;
  }
}

/** The lowest and the highest id that is stored. */
interface StoredIds extends Range {
  readonly lowest: StoredBlock;
}

/**
 * Reads the books once. The order of the reads makes changes visible: an id that has an entry keeps it, and a sweep
 * records holes before it marks their numbers as scanned. So progress is read first, and the held ids are read before
 * and after the missing ids. The difference is the number of ids that came in between.
 */
async function read(stores: AuditStores, stream: string): Promise<Reading | undefined> {
  const { blocks, ledger, catalog, clock } = stores;
  const found = (await ledger.progress(stream))?.value ?? startProgress(stream);
  const settings = afterReset(catalog.stream(stream), found);
  const { progress } = forget(found, clock.now(), settings);
  const stored = await loadStored(stores, stream);
  const isSwept = found.sweptAtMs !== undefined || found.pieces.length + found.forgotten.length > 0;
  if (!stored && !isSwept) return undefined;
  const fronts = isSwept || !stored ? provedFronts(progress) : [asFront(stored)];
  const { books, unreadable } = await loadAllBooks(stores, stream, settings, fronts, stored?.to ?? -1);
  const offStep = await countAllOffStep(blocks, stream, fronts, settings);
  const outside = isSwept && stored ? await loadOutside(blocks, progress, stored) : noneOutside;
  return {
    fronts,
    books,
    isSwept,
    outliers: outliersOf(progress),
    forgotten: progress.forgotten,
    offStepEvents: offStep.count,
    highest: stored?.to,
    findings: [
      ...unreadable,
      ...contradictions(found),
      ...unscannedTooLong(progress, clock.now(), settings.graceMs),
      ...(await unsweptTooLong(stores, progress, outside)),
      ...(isSwept ? [] : await neverSwept(stores, stream, stored)),
    ],
    notes: [...noteOmissions(progress, outside, settings.start), ...noteOffStep(offStep, settings)],
  };
}

async function loadStored({ blocks }: AuditStores, stream: string): Promise<StoredIds | undefined> {
  const [lowest, highest] = await Promise.all([blocks.first(stream), blocks.last(stream)]);
  if (!lowest || !highest) return undefined;
  const from = lowestId(lowest.block) ?? firstId(lowest.block.index);
  return { from, to: Math.max(from, highestId(highest) ?? firstId(highest.index)), lowest };
}

async function countAllOffStep(
  blocks: AuditStores['blocks'],
  stream: string,
  fronts: readonly ProvedFront[],
  settings: NumberedSettings,
): Promise<OffStep> {
  let all = noneOffStep;
  for (const front of fronts) all = joinOffStep(all, await countOffStep(blocks, stream, front, settings));
  return all;
}

function noteOffStep(found: OffStep, settings: NumberedSettings): readonly string[] {
  const spelt = spellOffStep(found, stepOf(settings));
  return spelt === undefined ? [] : [`${spelt}; they are accepted, and not expected`];
}

/** Takes all stored ids of a stream for a front of which nothing is proved. */
function asFront({ from, to }: Range): ProvedFront {
  return { from, to, scanned: from - 1, reach: { from, to } };
}

/** Reads the books of some fronts of a stream. @param highest The highest id that is stored. */
async function loadAllBooks(
  { blocks, ledger }: AuditStores,
  stream: string,
  settings: NumberedSettings,
  fronts: readonly ProvedFront[],
  highest: number,
): Promise<{ readonly books: readonly FrontBooks[]; readonly unreadable: readonly string[] }> {
  const reads = { blocks, stream, settings };
  const before: Totals[] = [];
  for (const front of fronts) before.push(await loadProved(reads, front));
  const isWanted = (gap: Gap): boolean => placeOf(gap) !== undefined;
  const { rows, unreadable } = await loadLedgerRows(ledger, stream, fronts, settings, isWanted);
  const books: FrontBooks[] = [];
  for (const [i, front] of fronts.entries())
    books.push(await loadBooks(reads, front, before[i] ?? noTotals, rows, highest));
  return { books, unreadable };
}

/** Reports a stream that was never swept, although it is old enough for a sweep, or was swept before. */
async function neverSwept(
  { ledger, catalog, clock }: AuditStores,
  stream: string,
  stored: StoredIds | undefined,
): Promise<readonly string[]> {
  const { gaps, unreadable } = await ledger.list(stream, 1);
  if (gaps.length + unreadable.length > 0)
    return ['progress: none, though the ledger has gaps, and only sweeps find gaps'];
  const { windowMs, graceMs } = catalog.stream(stream);
  const heldSinceMs = (stored?.lowest.expireAtMs ?? Number.POSITIVE_INFINITY) - windowMs;
  return isOverdue(heldSinceMs, clock.now(), graceMs)
    ? ['no sweep has looked for holes among its ids, though they are old enough for one']
    : [];
}
