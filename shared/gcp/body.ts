import { createHash } from 'node:crypto';
import type { DocumentReference, DocumentSnapshot } from '@google-cloud/firestore';
import type { Message } from '../messages/message.ts';
import type { Version } from '../ports.ts';
import type { Database } from './clients.ts';
import { saveIf, versionIn, type Fields } from './document.ts';

/** Bytes of a message that stand in its document; a larger body stands beside it. A Firestore document holds 1 MiB. */
const inlineBytes = 512 * 1024;
/** Bytes of a chunk. */
const chunkBytes = 900 * 1024;

/** Chunks that belong together, `{document}/chunks/{name}-{n}`. No two bodies, nor two versions of a document, share them. */
interface Chunks {
  readonly name: string;
  readonly count: number;
}

/**
 * Saves a document with a message, on the condition that the expected version (undefined: none) is still there.
 *
 *     chunks of the new body ─► the document, which names them ─► chunks of the old body are deleted
 *
 * The chunks are named for their content and for the version that they come after: the same save made again writes the same
 * chunks, and what a document names is complete. A save that fails half-way leaves chunks that nothing names.
 *
 * @returns Whether the version was there, and the document was saved.
 */
export async function saveWithMessage(
  database: Database,
  document: DocumentReference,
  fields: Fields,
  message: Message,
  expected: Version | undefined,
): Promise<boolean> {
  const { data } = message;
  // As text: the name of an attribute need not be one that Firestore allows a field to have (`__proto__`, for one).
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

/** The message of a document. Undefined where its chunks are gone, since the document has been replaced since it was read. */
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

/** Deletes the chunks of a document that has been replaced. What cannot be deleted is left: nothing names it any more. */
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
