import {
  AggregateField,
  FieldPath,
  type CollectionReference,
  type DocumentReference,
  type DocumentSnapshot,
  type Query,
} from '@google-cloud/firestore';
import { InvariantError } from '../errors.ts';
import type { AnswerCounts } from '../gaps/answers.ts';
import type { Gap } from '../gaps/gap.ts';
import type { Progress } from '../gaps/progress.ts';
import type { Range } from '../gaps/range.ts';
import { spellUnreadable } from '../gaps/spell-unreadable.ts';
import type { BlockRef, GapLedger, GapPage, GapRows, Version, Versioned } from '../ports.ts';
import { idsOf } from '../tracking/block.ts';
import type { Database } from './clients.ts';
import { present, replaced, saveIf, updateTimeOf, versionOf } from './document.ts';
import { fieldsOfGap, firstIdOf, isId, nameOf, rowsOf } from './gap-document.ts';
import { fieldsOfProgress, progressIn } from './progress-document.ts';
import { findOverlapping, findWithin } from './gap-search.ts';
import { isConflict } from './status.ts';

const lateSums = { originals: AggregateField.sum('lateOriginals'), voids: AggregateField.sum('lateVoids') };

/**
 * Stores the ledger in Firestore. The document `streams/{stream}` has the progress of a stream. The documents
 * `streams/{stream}/gaps/{from}` have its gaps.
 */
export class FirestoreGapLedger implements GapLedger {
  private readonly database: Database<'state'>;

  constructor(database: Database<'state'>) {
    this.database = database;
  }

  async progress(stream: string): Promise<Versioned<Progress> | undefined> {
    return this.database.calls.run('reading progress', async () => {
      return progressIn(await this.stream(stream).get());
    });
  }

  async saveProgress(
    stream: string,
    progress: Progress,
    expected: Version | undefined,
    found: readonly Gap[] = [],
  ): Promise<Version | undefined> {
    const { firestore, calls } = this.database;
    return calls.run('saving progress', async () => {
      const batch = firestore.batch();
      const fields = fieldsOfProgress(progress);
      if (expected === undefined) batch.create(this.stream(stream), present(fields));
      else batch.update(this.stream(stream), replaced(fields), { lastUpdateTime: updateTimeOf(expected) });
      for (const gap of found) batch.set(this.document(stream, gap.from), present(fieldsOfGap(gap)));
      try {
        const [saved] = await batch.commit();
        return saved && versionOf(saved.writeTime);
      } catch (error) {
        if (isConflict(error)) return undefined;
        throw error;
      }
    });
  }

  async unresolved(stream: string, limit: number, above?: number): Promise<GapPage> {
    return this.database.calls.run('reading gaps', async () => {
      // Document names sort like the first ids of the gaps. Any other order would need a composite index.
      const ascending = this.allUnresolved(stream).orderBy(FieldPath.documentId()).limit(limit);
      return pageOf(ascending, limit, above);
    });
  }

  /** Firestore bills one read for up to 1,000 counted gaps. */
  async countUnresolved(stream: string): Promise<number> {
    return this.database.calls.run('counting gaps', async () => {
      const counted = await this.allUnresolved(stream).count().get();
      return counted.data().count;
    });
  }

  async untold(stream: string, limit: number, above?: number): Promise<GapPage> {
    return this.database.calls.run('reading gaps', async () => {
      const all = this.gaps(stream).where('isUntold', '==', true);
      return pageOf(all.orderBy(FieldPath.documentId()).limit(limit), limit, above);
    });
  }

  async find(stream: string, from: number): Promise<Versioned<Gap> | undefined> {
    return this.database.calls.run('reading a gap', async () => {
      const snapshot = await this.document(stream, from).get();
      const { gaps, unreadable } = rowsOf(snapshot.exists ? [snapshot] : []);
      if (unreadable[0]) throw new InvariantError(`${stream}: ${spellUnreadable(unreadable[0])}`);
      return gaps[0];
    });
  }

  async save(gap: Gap, expected: Version): Promise<boolean> {
    return saveIf(this.database, this.document(gap.stream, gap.from), fieldsOfGap(gap), expected);
  }

  async overlapping({ stream, index }: BlockRef): Promise<GapRows> {
    return findOverlapping(this.gaps(stream), idsOf(index), (query) => this.read(query));
  }

  within(stream: string, range: Range): AsyncIterable<GapRows> {
    return findWithin(this.gaps(stream), range, (query) => this.read(query));
  }

  async list(stream: string, limit: number, below?: number): Promise<GapPage<Gap>> {
    return this.database.calls.run('reading gaps', async () => {
      const newestFirst = this.gaps(stream).orderBy('from', 'desc').limit(limit);
      const { docs } = await (below === undefined ? newestFirst : newestFirst.startAfter(below)).get();
      const { gaps, unreadable } = rowsOf(docs);
      const next =
        docs.length < limit ? undefined : docs.map((snapshot): unknown => snapshot.get('from')).findLast(isId);
      return { gaps: gaps.map(({ value }) => value), unreadable, next };
    });
  }

  /** Firestore bills one read for up to 1,000 rows that have both counts. It adds them up from a composite index. */
  async lateAnswers(stream: string): Promise<AnswerCounts> {
    return this.database.calls.run('adding up late answers', async () =>
      (await this.gaps(stream).aggregate(lateSums).get()).data(),
    );
  }

  private async read(query: Query): Promise<readonly DocumentSnapshot[]> {
    return this.database.calls.run('reading gaps', async () => (await query.get()).docs);
  }

  private document(stream: string, from: number): DocumentReference {
    return this.gaps(stream).doc(nameOf(from));
  }

  private allUnresolved(stream: string): Query {
    return this.gaps(stream).where('state', 'in', ['open', 'requested']);
  }

  private gaps(stream: string): CollectionReference {
    return this.stream(stream).collection('gaps');
  }

  private stream(name: string): DocumentReference {
    return this.database.collection('streams').doc(name);
  }
}

/** Reads a page of gaps. @param ascending Selects gaps in the order of their names. */
async function pageOf(ascending: Query, limit: number, above: number | undefined): Promise<GapPage> {
  const { docs } = await (above === undefined ? ascending : ascending.startAfter(nameOf(above))).get();
  const next = docs.length < limit ? undefined : docs.map(({ id }) => firstIdOf(id)).findLast(isId);
  return { ...rowsOf(docs), next };
}
