import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import { LruCache } from '../lru-cache.ts';
import type { Database, Documents } from './clients.ts';
import { isTaken } from './status.ts';

/** The maximum number of reasons of a code whose texts are stored. */
const maxReasons = 500;

/** By database: the reasons that this process knows to be stored, or to be too many. */
const known = new WeakMap<Documents['firestore'], LruCache<true>>();

/**
 * Stores the text of a record's reason, `reasons/{reason}`, unless it is there. It is a write of its own, because many
 * records have one reason, and a document takes about one write a second.
 */
export async function storeReason(
  database: Database<'letters'>,
  { reason, failure }: Pick<DeadLetter, 'reason' | 'failure'>,
): Promise<void> {
  const { firestore, calls } = database;
  const stored = known.get(firestore) ?? new LruCache<true>({ maxEntries: 10_000 });
  known.set(firestore, stored);
  if (stored.get(reason)) return;
  const { code, detail } = failure;
  const reasons = database.collection('reasons');
  await calls.run('storing a reason', async () => {
    const ofCode = await reasons.where('code', '==', code).limit(maxReasons).count().get();
    if (ofCode.data().count >= maxReasons) return;
    try {
      await reasons.doc(reason).create({ code, text: detail });
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  });
  stored.set(reason, true);
}
