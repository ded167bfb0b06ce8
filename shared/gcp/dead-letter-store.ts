import {
  FieldPath,
  FieldValue,
  Timestamp,
  type CollectionReference,
  type DocumentReference,
  type DocumentSnapshot,
  type Query,
  type WriteBatch,
} from '@google-cloud/firestore';
import { letterId } from '../dead-letter/arrived-letter.ts';
import { auditEntryOf } from '../dead-letter/audit.ts';
import type { DeadLetter, DeadLetterHead } from '../dead-letter/dead-letter.ts';
import { InvariantError, RetryableError } from '../errors.ts';
import { codes, type Code } from '../failure.ts';
import type { Message } from '../messages/message.ts';
import type { DeadLetterStore, Version, Versioned } from '../ports.ts';
import {
  bodyIn,
  chunksOf,
  deleteChunks,
  everyChunk,
  messageIn,
  placeBody,
  loadBody,
  saveWithMessage,
  type StoredBody,
} from './body.ts';
import { auditFields } from './audit-document.ts';
import type { Database } from './clients.ts';
import { commitIf, present, replaced, updateTimeOf, versionIn, type Fields } from './document.ts';
import { fieldsOfLetter, headFieldNames, headIn, letterIn, standingFields, subjectOf } from './letter-document.ts';
import { storeReason } from './letter-reasons.ts';
import { dueQuery } from './letter-query.ts';

/** The number of attempts to read a document whose body is being replaced. */
const maxReads = 3;
/** A document has at most 1 MiB, and the original may take half of it. */
const maxInlineDraftBytes = 256 * 1024;
/** The fields that a save depends on. The original is not among them. */
const fieldsBeforeSave = ['state', 'status', 'filedAt', 'firstAtMs', 'erasedAtMs', 'chunks', 'draft'];

/**
 * Stores dead letters in Firestore:
 *
 *     dead-letters/{id}                  the record, with small messages
 *     dead-letters/{id}/chunks/…         large messages
 *     kept-messages/{id of the root}     messages too large to publish, and `{id}-{n}` for those of replay n
 *     audit/…                            one document for each change of a record
 */
export class FirestoreDeadLetterStore implements DeadLetterStore {
  private readonly database: Database<'letters'>;

  constructor(database: Database<'letters'>) {
    this.database = database;
  }

  async find(id: string): Promise<Versioned<DeadLetter> | undefined> {
    const document = this.letters.doc(id);
    return this.read(document, async (snapshot) => {
      const draft = draftIn(snapshot);
      const [message, edited] = await Promise.all([
        messageIn(this.database, snapshot),
        draft && loadBody(this.database, document, draft),
      ]);
      if (!message || (draft && !edited)) return undefined;
      return letterIn(snapshot, message, edited);
    });
  }

  async head(id: string): Promise<DeadLetterHead | undefined> {
    const snapshot = await this.readMasked(id, headFieldNames);
    return snapshot.exists ? headIn(snapshot) : undefined;
  }

  async save(record: DeadLetter, expected: Version | undefined): Promise<boolean> {
    const document = this.letters.doc(record.id);
    const before = await this.readMasked(record.id, fieldsBeforeSave);
    if (versionIn(before) !== expected) return false;
    const bodies = await this.placeBodies(record, before);
    const { expireAt, ...fields } = fieldsOfLetter(record);
    const isErased = record.erasedAtMs !== undefined;
    const kept = isErased ? [] : await this.keptOf(record);
    const erased = isErased ? await this.erasedOf(record, before.ref) : [];
    const audited = auditEntryOf(record);
    await storeReason(this.database, record);
    const isSaved = await this.commit((batch) => {
      const all = { ...fields, expireAt, ...bodies.fields, filedAt: filedAtOf(record, before) };
      if (expected === undefined) batch.create(document, present(all));
      else batch.update(document, replaced(withoutUnchanged(all)), { lastUpdateTime: updateTimeOf(expected) });
      // The TTL policy deletes each document by itself, so all of a record expire together.
      for (const part of [...bodies.chunks, ...kept]) batch.update(part, { expireAt: expireAt ?? FieldValue.delete() });
      for (const chunk of erased) batch.delete(chunk);
      if (isErased) this.markErased(batch, record, expireAt);
      if (audited) batch.create(this.database.collection('audit').doc(), auditFields(audited));
    });
    if (isSaved) await deleteChunks(this.database, bodies.replaced);
    return isSaved;
  }

  /** Reads some fields of a record. */
  private async readMasked(id: string, fields: readonly string[]): Promise<DocumentSnapshot> {
    const { firestore, calls } = this.database;
    const [snapshot] = await calls.run('reading dead-letters', () =>
      firestore.getAll(this.letters.doc(id), { fieldMask: [...fields] }),
    );
    if (!snapshot) throw new InvariantError('Firestore returned no document for one that was asked for');
    return snapshot;
  }

  /**
   * Writes the messages of a record that are not stored yet.
   *
   * @returns Their fields, the chunks of all messages, and the chunks that are no longer needed.
   */
  private async placeBodies(record: DeadLetter, before: DocumentSnapshot) {
    const { ref } = before;
    const version = versionIn(before) ?? 'first';
    const isFirst = record.revision <= 1 && isReplaced(record, before);
    const isOther = before.exists && before.get('erasedAtMs') !== record.erasedAtMs;
    const original =
      isFirst || isOther
        ? { data: undefined, chunks: undefined, ...(await placeBody(this.database, ref, record.message, version)) }
        : undefined;
    const old = draftIn(before);
    const draft = record.draft && (await this.placeDraft(ref, record.draft, version, old));
    const chunks = [...chunksOf(ref, original ?? bodyIn(before)), ...chunksOf(ref, draft)];
    const stays = new Set(chunks.map(({ path }) => path));
    const stored = [...chunksOf(ref, bodyIn(before)), ...chunksOf(ref, old)];
    return {
      fields: { ...original, draft: draft && present({ ...draft }) },
      chunks,
      replaced: stored.filter(({ path }) => !stays.has(path)),
    };
  }

  private async placeDraft(ref: DocumentReference, draft: Message, version: string, old: StoredBody | undefined) {
    const stored = old && (await loadBody(this.database, ref, old));
    if (stored && isSame(stored, draft)) return old;
    return placeBody(this.database, ref, draft, `draft-${version}`, maxInlineDraftBytes);
  }

  /** Returns the documents of the messages that are kept for a record. */
  private async keptOf({ root, kept }: DeadLetter): Promise<readonly DocumentReference[]> {
    if (kept.length === 0) return [];
    const { firestore, calls } = this.database;
    const documents = kept.map((replay) => this.keptMessage(root, replay));
    const found = await calls.run('reading kept-messages', () => firestore.getAll(...documents));
    return found.filter(({ exists }) => exists).flatMap((one) => [one.ref, ...chunksOf(one.ref, bodyIn(one))]);
  }

  /** Returns every chunk of a record and of the messages that are kept for it, which are erased with its content. */
  private async erasedOf({ root, kept }: DeadLetter, document: DocumentReference): Promise<DocumentReference[]> {
    const documents = [document, ...kept.map((replay) => this.keptMessage(root, replay))];
    return (await Promise.all(documents.map((one) => everyChunk(this.database, one)))).flat();
  }

  /** Leaves a mark in place of each message that was kept for a record, so that it is not kept again. */
  private markErased(batch: WriteBatch, { root, kept, erasedAtMs }: DeadLetter, expireAt: unknown): void {
    for (const replay of kept) batch.set(this.keptMessage(root, replay), present({ root, erasedAtMs, expireAt }));
  }

  /** @returns Whether the writes were made. Otherwise a document was changed since it was read, and none was made. */
  private commit(write: (batch: WriteBatch) => void): Promise<boolean> {
    return commitIf(this.database, 'saving dead-letters', write);
  }

  async due(nowMs: number, limit: number): Promise<readonly string[]> {
    const query = dueQuery(this.letters, nowMs).limit(limit).select();
    const { docs } = await this.database.calls.run('listing due dead letters', () => query.get());
    return docs.map(({ id }) => id);
  }

  async postpone({ id, standing }: DeadLetter, expected: Version): Promise<boolean> {
    return this.commit((batch) => {
      const fields = replaced(standingFields(standing));
      batch.update(this.letters.doc(id), fields, { lastUpdateTime: updateTimeOf(expected) });
    });
  }

  async ids(limit: number, after?: string): Promise<readonly string[]> {
    const ascending = this.letters.orderBy(FieldPath.documentId()).limit(limit).select();
    const page = after === undefined ? ascending : ascending.startAfter(after);
    const { docs } = await this.database.calls.run('listing all dead letters', () => page.get());
    return docs.map(({ id }) => id);
  }

  async list(limit: number): Promise<readonly DeadLetterHead[]> {
    return this.heads(this.letters.orderBy('failedAtMs', 'desc').limit(limit));
  }

  /**
   * Makes two `count()` for each code: of records, by the composite indexes, and of letters of a former release, by the
   * indexes of `status` and `failure.code`.
   */
  async openByCode(): Promise<ReadonlyMap<Code, number>> {
    const open = this.letters.where('state', '==', 'open').orderBy('filedAt', 'desc');
    const former = this.letters.where('status', '==', 'open');
    const count = async (query: Query): Promise<number> => (await query.count().get()).data().count;
    const counts = await this.database.calls.run('counting dead letters', () =>
      Promise.all(
        codes.map(async (code) => {
          const both = [open.where('code', '==', code), former.where('failure.code', '==', code)].map(count);
          return [code, (await Promise.all(both)).reduce((sum, one) => sum + one, 0)] as const;
        }),
      ),
    );
    return new Map(counts.filter(([, sum]) => sum > 0));
  }

  async about(stream: string, id: number | string, limit: number): Promise<readonly DeadLetterHead[]> {
    const heads = await this.heads(this.letters.where('about', '==', subjectOf(stream, id)).limit(limit));
    return heads.toSorted((a, b) => b.failedAtMs - a.failedAtMs);
  }

  /** Reads only the fields of heads. With its message, a letter has up to 1 MiB in its document, and 10 MB in all. */
  private async heads(query: Query): Promise<readonly DeadLetterHead[]> {
    const { docs } = await this.database.calls.run('listing dead letters', () => query.select(...headFieldNames).get());
    return docs.map(headIn);
  }

  async keep(root: string, replay: number, message: Message): Promise<void> {
    const document = this.keptMessage(root, replay);
    const kept = await this.read(document, async (snapshot) => this.keptIn(snapshot));
    if (kept && (kept.value === 'erased' || isSame(kept.value, message))) return;
    const isSaved = await saveWithMessage(
      this.database,
      document,
      { root, expireAt: undefined },
      message,
      kept?.version,
    );
    if (!isSaved) throw new RetryableError('the message was kept by another instance at the same time');
  }

  async kept(root: string, replay: number): Promise<Message | undefined> {
    const document = this.keptMessage(root, replay);
    const found = await this.read(document, async (snapshot) => this.keptIn(snapshot));
    return found?.value === 'erased' ? undefined : found?.value;
  }

  private async keptIn(snapshot: DocumentSnapshot): Promise<Message | 'erased' | undefined> {
    return snapshot.get('erasedAtMs') === undefined ? messageIn(this.database, snapshot) : 'erased';
  }

  /**
   * Reads a document with its messages. If a body was replaced in between, it reads again, and never mixes two versions.
   */
  private async read<T>(
    document: DocumentReference,
    load: (snapshot: DocumentSnapshot) => Promise<T | undefined>,
  ): Promise<Versioned<T> | undefined> {
    for (let left = maxReads; left > 0; left--) {
      const snapshot = await this.database.calls.run(`reading ${document.parent.id}`, () => document.get());
      const version = versionIn(snapshot);
      if (version === undefined) return undefined;
      const value = await load(snapshot);
      if (value) return { value, version };
    }
    throw new RetryableError(`${document.parent.id}: a body is missing, or was replaced at every attempt`);
  }

  private keptMessage(root: string, replay: number): DocumentReference {
    const name = replay === 0 ? letterId(root) : `${letterId(root)}-${replay}`;
    return this.database.collection('kept-messages').doc(name);
  }

  private get letters(): CollectionReference {
    return this.database.collection('dead-letters');
  }
}

function draftIn(snapshot: DocumentSnapshot): StoredBody | undefined {
  return snapshot.get('draft') as StoredBody | undefined;
}

/** Whether the original has to be written: the record is new, or takes the place of one that has expired. */
function isReplaced({ firstAtMs }: DeadLetter, before: DocumentSnapshot): boolean {
  return before.get('firstAtMs') !== firstAtMs;
}

/** Returns when the record was opened. The time of the commit if it is opened by it. Undefined if it does not change. */
function filedAtOf(record: DeadLetter, before: DocumentSnapshot): FieldValue | Timestamp | undefined {
  const isOpened = record.standing.state === 'open' && before.get('state') !== 'open';
  if (isOpened && before.get('status') === undefined) return FieldValue.serverTimestamp();
  return before.get('filedAt') === undefined ? Timestamp.fromMillis(record.filedAtMs) : undefined;
}

/** Leaves out the time at which the record was opened if that does not change. An update keeps it. */
function withoutUnchanged({ filedAt, ...fields }: Fields): Fields {
  return filedAt === undefined ? fields : { ...fields, filedAt };
}

function isSame(a: Message, b: Message): boolean {
  return Buffer.from(a.data).equals(b.data) && JSON.stringify(a.attributes) === JSON.stringify(b.attributes);
}
