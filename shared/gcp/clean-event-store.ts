import { FieldPath, type CollectionReference, type DocumentReference, type Query } from '@google-cloud/firestore';
import { digest } from '../digest.ts';
import type { Message } from '../messages/message.ts';
import type { CleanEventStore, EventWindow } from '../event-ports.ts';
import { bodyIn, chunksOf, deleteChunks, messageIn, saveWithMessage } from './body.ts';
import type { Database } from './clients.ts';

/** The value of a key: a clean event, or the tombstone of a superseded event. */
export type KeptEvent = { readonly event: Message } | { readonly supersededBy: string };

/** The number of events that are read at a time. Each can have 0.5 MB in its document. */
const eventsAPage = 50;

/**
 * Stores clean events in Firestore, in `clean-events/{id of the key}`. The id is a digest, because keys ascend and
 * ascending document names make a hotspot (https://firebase.google.com/docs/firestore/best-practices#hotspots).
 */
export class FirestoreCleanEventStore implements CleanEventStore {
  private readonly database: Database<'state'>;

  constructor(database: Database<'state'>) {
    this.database = database;
  }

  async put(key: string, event: Message): Promise<void> {
    const { stream = '', type = '', event_id: eventId, event_time: time, origin } = event.attributes;
    const fields = {
      ...{ key, stream, type, origin },
      eventId: eventId === undefined ? undefined : Number(eventId),
      numbered: eventId === undefined ? undefined : `${stream}/${eventId}`,
      timed: time === undefined ? undefined : `${stream}/${type}/${time}`,
    };
    await saveWithMessage(this.database, this.document(key), fields, event, undefined);
  }

  async bury(key: string, supersededBy: string): Promise<void> {
    const { calls } = this.database;
    const document = this.document(key);
    const buried = await calls.run('reading a clean event', () => document.get());
    await calls.run('burying a clean event', () => document.set({ key, supersededBy }));
    await deleteChunks(this.database, chunksOf(buried.ref, bodyIn(buried)));
  }

  async event(key: string): Promise<Message | undefined> {
    const kept = await this.find(key);
    return kept && 'event' in kept ? kept.event : undefined;
  }

  async ofId(stream: string, id: number, limit: number): Promise<readonly Message[]> {
    return this.load(this.events.where('numbered', '==', `${stream}/${id}`).limit(limit));
  }

  async *within({ stream, type, startMs, endMs }: EventWindow): AsyncIterable<Message> {
    const [start, end] = [startMs, endMs].map((ms) => `${stream}/${type}/${new Date(ms).toISOString()}`);
    const window = this.events.where('timed', '>=', start).where('timed', '<', end);
    const ascending = window.orderBy('timed').orderBy(FieldPath.documentId()).limit(eventsAPage);
    let page = ascending;
    for (;;) {
      const { docs } = await this.database.calls.run('reading the clean events of a window', () => page.get());
      for (const document of docs) {
        const event = await messageIn(this.database, document);
        if (event) yield event;
      }
      const last = docs.at(-1);
      if (!last || docs.length < eventsAPage) return;
      page = ascending.startAfter(last);
    }
  }

  private async load(query: Query): Promise<readonly Message[]> {
    const { docs } = await this.database.calls.run('reading clean events', () => query.get());
    const events = await Promise.all(docs.map((document) => messageIn(this.database, document)));
    return events.flatMap((event) => event ?? []);
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
    return this.database.collection('clean-events');
  }
}
