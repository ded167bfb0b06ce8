import { createHash } from 'node:crypto';
import type { DocumentReference, DocumentSnapshot } from '@google-cloud/firestore';
import type { Message } from '../messages/message.ts';
import type { Version } from '../ports.ts';
import type { Documents } from './clients.ts';
import { present, saveIf, versionIn, type Fields } from './document.ts';

/**
 * The maximum size of a message inside its document. A larger body is stored in chunks. A Firestore document holds 1
 * MiB.
 */
const maxInlineBytes = 512 * 1024;
/** The size of a chunk. */
const chunkBytes = 900 * 1024;

/**
 * The chunks of one body, `{document}/chunks/{name}-{n}`. Two bodies, or two versions of a document, never share
 * chunks.
 */
interface Chunks {
  readonly name: string;
  readonly count: number;
}

/** The fields of a message in a document. */
export interface StoredBody {
  /** As text, because Firestore does not allow some names of attributes as field names (such as `__proto__`). */
  readonly attributes: string;
  readonly data?: Uint8Array | undefined;
  readonly chunks?: Chunks | undefined;
}

/**
 * Makes the fields of a message. A large body is written in chunks first.
 *
 * @param name Distinguishes the chunks from those of other bodies and versions of the document.
 * @param expireAt The field of the TTL policy, for the chunks. Without it they stay until they are deleted.
 */
export async function placeBody(
  database: Documents,
  document: DocumentReference,
  message: Message,
  name: string,
  inlineBytes = maxInlineBytes,
  expireAt?: unknown,
): Promise<StoredBody> {
  const { data } = message;
  const attributes = JSON.stringify(message.attributes);
  if (isSmall(message, inlineBytes)) return { attributes, data };
  return { attributes, chunks: await writeChunks(database, document, data, { name, expireAt }) };
}

/** Loads a message by its fields. Undefined if its chunks are gone. */
export async function loadBody(
  { firestore, calls }: Documents,
  document: DocumentReference,
  { attributes, data, chunks }: StoredBody,
): Promise<Message | undefined> {
  const values = JSON.parse(attributes) as Message['attributes'];
  if (!chunks) return { data: data ?? new Uint8Array(), attributes: values };
  const parts = await calls.run('reading a body', () => firestore.getAll(...chunkDocuments(document, chunks)));
  if (parts.some((part) => !part.exists)) return undefined;
  return { data: Buffer.concat(parts.map((part) => part.get('data') as Uint8Array)), attributes: values };
}

/** Returns the documents of the chunks of a body. */
export function chunksOf(
  document: DocumentReference,
  body: Pick<StoredBody, 'chunks'> | undefined,
): DocumentReference[] {
  return body?.chunks ? chunkDocuments(document, body.chunks) : [];
}

/** The most chunks below a document that are erased at once: those of more bodies than a document ever has. */
const maxErasedChunks = 1_000;

/** Finds all chunks below a document, also those that a save has left behind and no document names. */
export async function everyChunk({ calls }: Documents, document: DocumentReference): Promise<DocumentReference[]> {
  const query = document.collection('chunks').limit(maxErasedChunks).select();
  const { docs } = await calls.run('listing chunks', () => query.get());
  return docs.map(({ ref }) => ref);
}

/**
 * Saves a document with a message if the stored version is the expected one (undefined: no document).
 *
 *     chunks of the new body ─► the document, which names them ─► chunks of the old body are deleted
 *
 * The name of the chunks contains their content hash and the previous version. So a repeated save writes the same
 * chunks, and all chunks that a document names exist. A save that fails half-way leaves chunks that no document names.
 *
 * @returns Whether the document was saved.
 */
export async function saveWithMessage(
  database: Documents,
  document: DocumentReference,
  fields: Fields,
  message: Message,
  expected: Version | undefined,
): Promise<boolean> {
  const isNew = expected === undefined;
  const before = isNew && isSmall(message, maxInlineBytes) ? undefined : await read(database, document);
  if (before && versionIn(before) !== expected) return false;
  const placed = await placeBody(database, document, message, expected ?? 'first', maxInlineBytes, fields.expireAt);
  const body = { data: undefined, chunks: undefined, ...placed };
  const isSaved = await saveIf(database, document, { ...fields, ...body }, expected);
  if (isSaved && before) await deleteChunks(database, chunksOf(before.ref, bodyIn(before)));
  return isSaved;
}

/**
 * Loads the message of a document. Undefined if the chunks are gone, because the document was replaced since it was
 * read.
 */
export async function messageIn(database: Documents, snapshot: DocumentSnapshot): Promise<Message | undefined> {
  return loadBody(database, snapshot.ref, bodyIn(snapshot));
}

/** Returns the fields of the message of a document. */
export function bodyIn(snapshot: DocumentSnapshot): StoredBody {
  const { attributes, data, chunks } = (snapshot.data() ?? {}) as Partial<StoredBody>;
  return { attributes: attributes ?? '{}', data, chunks };
}

/**
 * Deletes the chunks of a replaced body. Chunks that cannot be deleted stay, because no document names them any more.
 */
export async function deleteChunks({ calls }: Documents, chunks: readonly DocumentReference[]): Promise<void> {
  await Promise.allSettled(chunks.map((chunk) => calls.run('deleting a body', () => chunk.delete())));
}

function isSmall({ data, attributes }: Message, inlineBytes: number): boolean {
  return data.length + Buffer.byteLength(JSON.stringify(attributes)) <= inlineBytes;
}

async function writeChunks(
  { calls }: Documents,
  document: DocumentReference,
  data: Uint8Array,
  { name, expireAt }: { readonly name: string; readonly expireAt: unknown },
): Promise<Chunks> {
  const hash = createHash('sha256').update(data).digest('base64url');
  const chunks: Chunks = { name: `${name}-${hash}`, count: Math.ceil(data.length / chunkBytes) };
  await Promise.all(
    chunkDocuments(document, chunks).map((chunk, i) =>
      calls.run('writing a body', () =>
        chunk.set(present({ data: Buffer.from(data.subarray(i * chunkBytes, (i + 1) * chunkBytes)), expireAt })),
      ),
    ),
  );
  return chunks;
}

function chunkDocuments(document: DocumentReference, { name, count }: Chunks): DocumentReference[] {
  return Array.from({ length: count }, (_, i) => document.collection('chunks').doc(`${name}-${i}`));
}

async function read({ calls }: Documents, document: DocumentReference): Promise<DocumentSnapshot> {
  return calls.run(`reading ${document.parent.id}`, () => document.get());
}
