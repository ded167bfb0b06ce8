import { FieldPath, type CollectionReference, type DocumentSnapshot, type Query } from '@google-cloud/firestore';
import { maxShortGap } from '../gaps/gap.ts';
import { overlap, type Range } from '../gaps/range.ts';
import { maxLongGaps, type GapRows } from '../ports.ts';
import { nameOf, rowsOf } from './gap-document.ts';

/** The number of documents in a page. A document has less than 1 kB, unless somebody changed it by hand. */
const gapsAPage = 300;

/** Runs a query. */
export type RunQuery = (query: Query) => Promise<readonly DocumentSnapshot[]>;

/**
 * Reads the gaps of a collection that share an id with a range of few ids, ascending. It finds them in three ways:
 *
 *   by name     gaps of any length that begin in the range, or up to 1,023 ids below it
 *   by longTo   long gaps that begin further below
 *   by from     the nearest of these, because a release without the field `longTo` may have saved it
 *
 * The gaps of such a release do not overlap each other. So its long gaps are found, unless a gap of a newer release
 * lies between. The first late event of the gap makes the ledger save the gap again, and then it has the field.
 */
export async function findOverlapping(gaps: CollectionReference, { from, to }: Range, run: RunQuery): Promise<GapRows> {
  const found = await Promise.all([
    run(beginningIn(gaps, { from: lowestShort(from), to })),
    findLongOver(gaps, from, run),
  ]);
  return overlapping(rowsOf(ascendingOf(found.flat())), { from, to });
}

/** Reads the gaps that share an id with a range of any length, page by page: first the long gaps that begin far below. */
export async function* findWithin(
  gaps: CollectionReference,
  range: Range,
  run: RunQuery,
): AsyncGenerator<GapRows, void, undefined> {
  yield overlapping(rowsOf(ascendingOf(await findLongOver(gaps, range.from, run))), range);
  const query = beginningIn(gaps, { from: lowestShort(range.from), to: range.to }).limit(gapsAPage);
  for (let last: DocumentSnapshot | undefined; ;) {
    const documents = await run(last ? query.startAfter(last.id) : query);
    yield overlapping(rowsOf(documents), range);
    if (documents.length < gapsAPage) return;
    last = documents.at(-1);
  }
}

/** Reads the gaps that begin so far below an id that only a long gap can contain it. Some of them may end below it. */
async function findLongOver(
  gaps: CollectionReference,
  id: number,
  run: RunQuery,
): Promise<readonly DocumentSnapshot[]> {
  const lowest = lowestShort(id);
  const long = gaps.where('longTo', '>=', id).where('from', '<', lowest).orderBy('longTo').orderBy('from');
  const nearest = gaps.where('from', '<', lowest).orderBy('from', 'desc');
  return (await Promise.all([run(long.limit(maxLongGaps)), run(nearest.limit(1))])).flat();
}

/** Sorts documents by name. Each is in the result once. */
function ascendingOf(documents: readonly DocumentSnapshot[]): readonly DocumentSnapshot[] {
  return [...new Map(documents.map((snapshot) => [snapshot.id, snapshot])).values()].sort(byName);
}

/** Returns the lowest id from which a short gap can reach an id. */
function lowestShort(id: number): number {
  return Math.max(0, id - maxShortGap + 1);
}

/** Selects the gaps that begin in a range. Their names sort like their first ids. */
function beginningIn(gaps: CollectionReference, { from, to }: Range): Query {
  const name = FieldPath.documentId();
  return gaps.where(name, '>=', nameOf(from)).where(name, '<=', nameOf(to)).orderBy(name);
}

/** Returns the rows that share an id with a range. An unreadable last id may be any id. */
function overlapping({ gaps, unreadable }: GapRows, range: Range): GapRows {
  return {
    gaps: gaps.filter(({ value }) => overlap(value, range)),
    unreadable: unreadable.filter(({ to }) => to === undefined || to >= range.from),
  };
}

function byName(a: DocumentSnapshot, b: DocumentSnapshot): number {
  return a.id < b.id ? -1 : 1;
}
