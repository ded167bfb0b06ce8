import { FieldPath, Timestamp, type Query } from '@google-cloud/firestore';
import type { LetterFilter, LetterOrder } from '../dead-letter/letter-filter.ts';
import { subjectOf } from './letter-document.ts';

/** The field by which letters are ordered: the time of the commit that opened the record last. */
const openedAt = 'filedAt';

/**
 * Makes the query of a search. It compares fields for equality only, besides the time, and is ordered by the time. So
 * Firestore can merge the composite indexes of its fields, whichever they are.
 */
export function letterQuery(letters: Query, filter: LetterFilter, order: LetterOrder = 'newest'): Query {
  const { id, stream, fromMs, toMs, ...rest } = filter;
  const isAbout = id !== undefined && stream !== undefined;
  // The digest of a stream and an id stands for the stream too.
  const equal = { ...rest, ...(isAbout ? { about: subjectOf(stream, id) } : { stream }) };
  let query = letters;
  for (const [field, value] of Object.entries(equal)) {
    if (value !== undefined) query = query.where(field, '==', value);
  }
  if (fromMs !== undefined) query = query.where(openedAt, '>=', Timestamp.fromMillis(fromMs));
  if (toMs !== undefined) query = query.where(openedAt, '<', Timestamp.fromMillis(toMs));
  const direction = order === 'newest' ? 'desc' : 'asc';
  return query.orderBy(openedAt, direction).orderBy(FieldPath.documentId(), direction);
}

/** Makes the query for the letters of a state, those that were opened first first. */
export function oldestQuery(letters: Query, state: string): Query {
  return letters.where('state', '==', state).orderBy(openedAt, 'asc').limit(1);
}

/** Makes the query for the records that sweep has to look at. */
export function dueQuery(letters: Query, nowMs: number): Query {
  return letters.where('dueAt', '<=', Timestamp.fromMillis(nowMs)).orderBy('dueAt', 'asc');
}
