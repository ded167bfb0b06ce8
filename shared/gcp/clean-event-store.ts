import type { CollectionReference, DocumentReference } from '@google-cloud/firestore';
import { digest } from '../digest.ts';
import type { Message } from '../messages/message.ts';
import type { CleanEventStore } from '../ports.ts';
import { bodyIn, chunksOf, deleteChunks, messageIn, saveWithMessage } from './body.ts';
import type { Database } from './clients.ts';

/** The value of a key: a clean event, or the tombstone of a superseded event. */
export type KeptEvent = { readonly event: Message } | { readonly supersededBy: string };

/**
 * Stores clean events in Firestore, in `clean-events/{id of the key}`. The id is a digest, because keys ascend and
 * ascending document names make a hotspot (https://firebase.google.com/docs/firestore/best-practices#hotspots).
 */
export class FirestoreCleanEventStore implements CleanEventStore {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async put(key: string, event: Message): Promise<void> {
    const { stream, type, event_id: eventId, origin } = event.attributes;
    const fields = { key, stream, type, origin, eventId: eventId === undefined ? undefined : Number(eventId) };
    await saveWithMessage(this.database, this.document(key), fields, event, undefined);
  }

  async bury(key: string, supersededBy: string): Promise<void> {
    const { calls } = this.database;
    const document = this.document(key);
    const buried = await calls.run('reading a clean event', () => document.get());
    await calls.run('burying a clean event', () => document.set({ key, supersededBy }));
    await deleteChunks(this.database, chunksOf(buried.ref, bodyIn(buried)));
  }

  /** Loads the event or the tombstone of a key. */
  async find(key: string): Promise<KeptEvent | undefined> {
    const snapshot = await this.database.calls.run('reading a clean event', () => this.document(key).get());
    if (!snapshot.exists) return undefined;
    const supersededBy = snapshot.get('supersededBy') as string | undefined;
    if (supersededBy !== undefined) return { supersededBy };
    const event = await messageIn(this.database, snapshot);
    return event ? { event } : this.find(key);
  }

  private document(key: string): DocumentReference {
    return this.events.doc(Buffer.from(digest(key), 'latin1').toString('base64url'));
  }

  private get events(): CollectionReference {
    return this.database.firestore.collection('clean-events');
  }
}
