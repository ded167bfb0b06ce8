import { createHash } from 'node:crypto';
import type { DocumentReference, DocumentSnapshot } from '@google-cloud/firestore';
import type { Message } from '../messages/message.ts';
import type { Version } from '../ports.ts';
import type { Database } from './clients.ts';
import { saveIf, versionIn, type Fields } from './document.ts';

/**
 * The maximum size of a message inside its document. A larger body is stored in chunks. A Firestore document holds 1
 * MiB.
 */
const inlineBytes = 512 * 1024;
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
  database: Database,
  document: DocumentReference,
  fields: Fields,
  message: Message,
  expected: Version | undefined,
): Promise<boolean> {
  const { data } = message;
  // Attributes are stored as text, because Firestore does not allow some of their names as field names (such as
  // `__proto__`).
  const attributes = JSON.stringify(message.attributes);
  const isInline = data.length + Buffer.byteLength(attributes) <= inlineBytes;
  const before = isInline && expected === undefined ? undefined : await read(database, document);
  if (before && versionIn(before) !== expected) return false;
  const chunks = isInline ? undefined : await writeChunks(database, document, data, expected);
  const body = { attributes, data: isInline ? data : undefined, chunks };
  const isSaved = await saveIf(database, document, { ...fields, ...body }, expected);
  if (isSaved && before) await deleteChunks(database, before);
  return isSaved;
}

/**
 * Loads the message of a document. Undefined if the chunks are gone, because the document was replaced since it was
 * read.
 */
export async function messageIn(
  { firestore, calls }: Database,
  snapshot: DocumentSnapshot,
): Promise<Message | undefined> {
  const attributes = JSON.parse(snapshot.get('attributes') as string) as Message['attributes'];
  const chunks = chunksIn(snapshot);
  if (!chunks) return { data: snapshot.get('data') as Uint8Array, attributes };
  const parts = await calls.run('reading a body', () => firestore.getAll(...chunkDocuments(snapshot.ref, chunks)));
  if (parts.some((part) => !part.exists)) return undefined;
  return { data: Buffer.concat(parts.map((part) => part.get('data') as Uint8Array)), attributes };
}

/**
 * Deletes the chunks of a replaced document. Chunks that cannot be deleted stay, because no document names them any
 * more.
 */
export async function deleteChunks({ calls }: Database, replaced: DocumentSnapshot): Promise<void> {
  const chunks = chunksIn(replaced);
  if (!chunks) return;
  const deletions = chunkDocuments(replaced.ref, chunks).map((chunk) =>
    calls.run('deleting a body', () => chunk.delete()),
  );
  await Promise.allSettled(deletions);
}

async function writeChunks(
  { calls }: Database,
  document: DocumentReference,
  data: Uint8Array,
  expected: Version | undefined,
): Promise<Chunks> {
  const hash = createHash('sha256').update(data).digest('base64url');
  const chunks: Chunks = { name: `${expected ?? 'first'}-${hash}`, count: Math.ceil(data.length / chunkBytes) };
  await Promise.all(
    chunkDocuments(document, chunks).map((chunk, i) =>
      calls.run('writing a body', () =>
        chunk.set({ data: Buffer.from(data.subarray(i * chunkBytes, (i + 1) * chunkBytes)) }),
      ),
    ),
  );
  return chunks;
}

function chunksIn(snapshot: DocumentSnapshot): Chunks | undefined {
  return snapshot.get('chunks') as Chunks | undefined;
}

function chunkDocuments(document: DocumentReference, { name, count }: Chunks): DocumentReference[] {
  return Array.from({ length: count }, (_, i) => document.collection('chunks').doc(`${name}-${i}`));
}

async function read({ calls }: Database, document: DocumentReference): Promise<DocumentSnapshot> {
  return calls.run(`reading ${document.parent.id}`, () => document.get());
}
