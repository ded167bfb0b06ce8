import type { CollectionReference, DocumentReference, DocumentSnapshot, Query } from '@google-cloud/firestore';
import { z } from 'zod';
import { excerptOf, letterId, type LetterHead, type LetterRecord } from '../dead-letter/record.ts';
import { RetryableError } from '../errors.ts';
import { codes, type Code } from '../failure.ts';
import { functionNames } from '../topology.ts';
import type { Message } from '../messages/message.ts';
import type { DeadLetterStore, Version, Versioned } from '../ports.ts';
import { messageIn, saveWithMessage } from './body.ts';
import type { Database } from './clients.ts';
import { versionIn } from './document.ts';

/** The number of attempts to read a document whose body is being replaced. */
const maxReads = 3;

const letterFields = z.object({
  root: z.string(),
  status: z.enum(['open', 'replayed', 'discarded']),
  failure: z.object({ code: z.enum(codes), stage: z.enum(functionNames), detail: z.string() }),
  stream: z.string().optional(),
  eventId: z.number().optional(),
  uuid: z.string().optional(),
  failedAtMs: z.number(),
  filedAtMs: z.number(),
  messageIds: z.array(z.string()),
});

const headFields = letterFields.extend({
  excerpt: z.object({ bytes: z.number(), beginning: z.instanceof(Uint8Array), isKept: z.boolean() }).optional(),
});
const headFieldNames = Object.keys(headFields.shape);

/**
 * Stores dead letters in Firestore, in `dead-letters/{id}`, and messages too large to publish in `kept-messages/{id of
 * the root}`.
 */
export class FirestoreDeadLetterStore implements DeadLetterStore {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async find(id: string): Promise<Versioned<LetterRecord> | undefined> {
    const found = await this.read(this.letters.doc(id));
    return found && { value: recordIn(found.snapshot, found.message), version: found.version };
  }

  async save(record: LetterRecord, expected: Version | undefined): Promise<boolean> {
    const { id, message } = record;
    return saveWithMessage(this.database, this.letters.doc(id), fieldsOf(record), message, expected);
  }

  async list(limit: number): Promise<readonly LetterHead[]> {
    return this.heads(this.letters.orderBy('failedAtMs', 'desc').limit(limit));
  }

  /** Makes one `count()` for each code. Firestore answers it by merging the indexes of `status` and `failure.code`. */
  async openByCode(): Promise<ReadonlyMap<Code, number>> {
    const open = this.letters.where('status', '==', 'open');
    const counts = await this.database.calls.run('counting dead letters', () =>
      Promise.all(codes.map((code) => open.where('failure.code', '==', code).count().get())),
    );
    const byCode = codes.map((code, i) => [code, counts[i]?.data().count ?? 0] as const);
    return new Map(byCode.filter(([, count]) => count > 0));
  }

  async about(stream: string, id: number | string, limit: number): Promise<readonly LetterHead[]> {
    const heads = await this.heads(this.letters.where('about', '==', subjectOf(stream, id)).limit(limit));
    return heads.toSorted((a, b) => b.failedAtMs - a.failedAtMs);
  }

  /** Reads only the fields of heads. With its message, a letter has up to 1 MiB in its document, and 10 MB in all. */
  private async heads(query: Query): Promise<readonly LetterHead[]> {
    const { docs } = await this.database.calls.run('listing dead letters', () => query.select(...headFieldNames).get());
    return docs.map(headIn);
  }

  async keep(root: string, message: Message): Promise<void> {
    const document = this.keptMessages.doc(letterId(root));
    const kept = await this.read(document);
    if (kept && isSame(kept.message, message)) return;
    const isSaved = await saveWithMessage(this.database, document, { root }, message, kept?.version);
    if (!isSaved) throw new RetryableError('the message was kept by another instance at the same time');
  }

  async kept(root: string): Promise<Message | undefined> {
    return (await this.read(this.keptMessages.doc(letterId(root))))?.message;
  }

  /**
   * Reads a document with its message. If the body was replaced in between, it reads again, and never mixes two
   * versions.
   */
  private async read(document: DocumentReference) {
    for (let left = maxReads; left > 0; left--) {
      const snapshot = await this.database.calls.run(`reading ${document.parent.id}`, () => document.get());
      const version = versionIn(snapshot);
      if (version === undefined) return undefined;
      const message = await messageIn(this.database, snapshot);
      if (message) return { snapshot, version, message };
    }
    throw new RetryableError(`${document.parent.id}: a body is missing, or was replaced at every attempt`);
  }

  private get letters(): CollectionReference {
    return this.database.firestore.collection('dead-letters');
  }

  private get keptMessages(): CollectionReference {
    return this.database.firestore.collection('kept-messages');
  }
}

type LetterFields = Exclude<keyof LetterHead, 'id'> | 'about';

function fieldsOf(record: LetterRecord): Record<LetterFields, unknown> {
  const { root, status, failure, stream, eventId, uuid, failedAtMs, filedAtMs, messageIds, message } = record;
  const id = eventId ?? uuid;
  const about = stream === undefined || id === undefined ? undefined : subjectOf(stream, id);
  const excerpt = excerptOf(message);
  return { root, status, failure, stream, eventId, uuid, about, failedAtMs, filedAtMs, messageIds, excerpt };
}

/**
 * Returns the value by which letters about one id are found. It is a digest, because an index on a growing value is
 * limited to 500 writes a second.
 */
function subjectOf(stream: string, id: number | string): string {
  return letterId(`${stream}/${id}`);
}

function recordIn(snapshot: DocumentSnapshot, message: Message): LetterRecord {
  const { stream, eventId, ...rest } = letterFields.parse(snapshot.data());
  return { id: snapshot.id, stream, eventId, ...rest, message };
}

function headIn(snapshot: DocumentSnapshot): LetterHead {
  const { stream, eventId, excerpt, ...rest } = headFields.parse(snapshot.data());
  return { id: snapshot.id, stream, eventId, excerpt, ...rest };
}

function isSame(a: Message, b: Message): boolean {
  return Buffer.from(a.data).equals(b.data) && JSON.stringify(a.attributes) === JSON.stringify(b.attributes);
}
