import {
  FieldPath,
  type CollectionReference,
  type DocumentReference,
  type DocumentSnapshot,
  type Query,
} from '@google-cloud/firestore';
import { digest } from '../digest.ts';
import type { Message } from '../messages/message.ts';
import type { CleanEventStore, EventWindow, StoredEvent } from '../event-ports.ts';
import { bodyIn, chunksOf, deleteChunks, everyChunk, messageIn, saveWithMessage } from './body.ts';
import type { Database } from './clients.ts';
import { commitIf, expiry, present, replaced, updateTimeOf, versionIn } from './document.ts';

/** The value of a key: a clean event, the tombstone of a superseded event, or the time at which an event was erased. */
export type KeptEvent =
  { readonly event: Message } | { readonly supersededBy: string } | { readonly erasedAtMs: number };

/** The fields that stay when an event is erased. They name no person. */
const fieldsOfErased: readonly string[] = ['stream', 'type', 'eventId', 'origin', 'expireAt'];

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

  async put(key: string, event: Message, expireAtMs = Number.POSITIVE_INFINITY): Promise<void> {
    const { stream = '', type = '', event_id: eventId, event_time: time, origin } = event.attributes;
    const fields = {
      ...{ key, stream, type, origin },
      eventId: eventId === undefined ? undefined : Number(eventId),
      numbered: eventId === undefined ? undefined : `${stream}/${eventId}`,
      timed: time === undefined ? undefined : `${stream}/${type}/${time}`,
      expireAt: expiry(expireAtMs),
    };
    await saveWithMessage(this.database, this.document(key), fields, event, undefined);
  }

  async bury(key: string, supersededBy: string, expireAtMs = Number.POSITIVE_INFINITY): Promise<void> {
    const { calls } = this.database;
    const document = this.document(key);
    const tombstone = present({ key, supersededBy, expireAt: expiry(expireAtMs) });
    const buried = await calls.run('reading a clean event', () => document.get());
    await calls.run('burying a clean event', () => document.set(tombstone));
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
    const ascending = window.orderBy('timed').orderBy(FieldPath.documentId());
    for await (const document of this.pagesOf(ascending)) {
      const event = await messageIn(this.database, document);
      if (event) yield event;
    }
  }

  async *all(after?: string): AsyncIterable<StoredEvent> {
    const ascending = this.events.orderBy(FieldPath.documentId());
    for await (const document of this.pagesOf(after === undefined ? ascending : ascending.startAfter(after))) {
      const event = isStanding(document) ? await messageIn(this.database, document) : undefined;
      yield { position: document.id, event };
    }
  }

  /** Reads the documents of a query, page by page. */
  private async *pagesOf(query: Query): AsyncIterable<DocumentSnapshot> {
    let page = query.limit(eventsAPage);
    for (;;) {
      const { docs } = await this.database.calls.run('reading many clean events', () => page.get());
      yield* docs;
      const last = docs.at(-1);
      if (!last || docs.length < eventsAPage) return;
      page = query.limit(eventsAPage).startAfter(last);
    }
  }

  async erase(position: string, nowMs: number): Promise<void> {
    const document = this.events.doc(position);
    let isErased = false;
    while (!isErased) {
      const before = await this.database.calls.run('reading a clean event', () => document.get());
      const version = versionIn(before);
      if (version === undefined || !isStanding(before)) return;
      const chunks = await everyChunk(this.database, document);
      const gone = Object.keys(before.data() ?? {}).filter((name) => !fieldsOfErased.includes(name));
      const fields = { ...Object.fromEntries(gone.map((name) => [name, undefined])), erasedAtMs: nowMs };
      isErased = await commitIf(this.database, 'erasing a clean event', (batch) => {
        batch.update(document, replaced(fields), { lastUpdateTime: updateTimeOf(version) });
        for (const chunk of chunks) batch.delete(chunk);
      });
    }
  }

  private async load(query: Query): Promise<readonly Message[]> {
    const { docs } = await this.database.calls.run('reading clean events', () => query.get());
    const events = await Promise.all(docs.map((document) => messageIn(this.database, document)));
    return events.flatMap((event) => event ?? []);
  }

  /** Loads what is stored under a key. */
  async find(key: string): Promise<KeptEvent | undefined> {
    const snapshot = await this.database.calls.run('reading a clean event', () => this.document(key).get());
    if (!snapshot.exists) return undefined;
    const supersededBy = snapshot.get('supersededBy') as string | undefined;
    if (supersededBy !== undefined) return { supersededBy };
    const erasedAtMs = snapshot.get('erasedAtMs') as number | undefined;
    if (erasedAtMs !== undefined) return { erasedAtMs };
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

/** Whether a document has an event: it was neither superseded nor erased. */
function isStanding(document: DocumentSnapshot): boolean {
  return document.get('supersededBy') === undefined && document.get('erasedAtMs') === undefined;
}
