import type { CollectionReference, Query, Timestamp } from '@google-cloud/firestore';
import type { DeadLetterHead, RecordState } from '../dead-letter/dead-letter.ts';
import type { LetterFilter, LetterOrder } from '../dead-letter/letter-filter.ts';
import type { Code } from '../failure.ts';
import type { FoundLetter, ReasonText, LetterIndex } from '../letter-ports.ts';
import type { Database } from './clients.ts';
import { updateTimeOf, versionOf } from './document.ts';
import { headFieldNames, headIn } from './letter-document.ts';
import { letterQuery, oldestQuery } from './letter-query.ts';

/**
 * Searches dead letters in Firestore. It reads the fields of heads only. A letter of a release without records is not
 * found until it changes.
 */
export class FirestoreLetterIndex implements LetterIndex {
  private readonly database: Database<'letters'>;

  constructor(database: Database<'letters'>) {
    this.database = database;
  }

  async find(
    filter: LetterFilter,
    limit: number,
    after?: string,
    order?: LetterOrder,
  ): Promise<readonly FoundLetter[] | undefined> {
    const all = letterQuery(this.letters, filter, order)
      .limit(limit)
      .select(...headFieldNames);
    const place = after === undefined ? [] : placeIn(after);
    if (!place) return undefined;
    const query = place.length > 0 ? all.startAfter(...place) : all;
    const { docs } = await this.database.calls.run('searching dead letters', () => query.get());
    return docs.map((one) => ({
      head: headIn(one),
      position: `${versionOf(one.get('filedAt') as Timestamp)}/${one.id}`,
    }));
  }

  async count(filter: LetterFilter, max?: number): Promise<number> {
    const all = letterQuery(this.letters, filter);
    const query = max === undefined ? all : all.limit(max);
    return this.database.calls.run('counting dead letters', async () => (await query.count().get()).data().count);
  }

  async oldest(state: RecordState): Promise<DeadLetterHead | undefined> {
    const [head] = await this.heads(oldestQuery(this.letters, state));
    return head;
  }

  async reasons(code: Code, limit: number): Promise<readonly ReasonText[]> {
    const query = this.database.collection('reasons').where('code', '==', code).limit(limit);
    const { docs } = await this.database.calls.run('listing reasons', () => query.get());
    return docs.map((one) => ({ reason: one.id, text: String(one.get('text')) }));
  }

  private async heads(query: Query): Promise<readonly DeadLetterHead[]> {
    const { docs } = await this.database.calls.run('searching dead letters', () =>
      query.select(...headFieldNames).get(),
    );
    return docs.map(headIn);
  }

  private get letters(): CollectionReference {
    return this.database.collection('dead-letters');
  }
}

/** Returns the values of the fields that a query is ordered by. Undefined if the text has not the form of a position. */
function placeIn(position: string): readonly [Timestamp, string] | undefined {
  const [, time, id] = /^(\d{1,12}\.\d{9})\/([\w-]{1,64})$/.exec(position) ?? [];
  return time === undefined || id === undefined ? undefined : [updateTimeOf(time), id];
}
