import type { CollectionReference, Firestore } from '@google-cloud/firestore';

/**
 * Returns the paths of all documents of a database that hold a text, in whatever field, and also as bytes. The types of
 * the adapters hide the listing of collections, which only a test needs.
 */
export async function documentsWith(firestore: object, text: string): Promise<readonly string[]> {
  return documentsBelow(await (firestore as Firestore).listCollections(), text);
}

async function documentsBelow(collections: readonly CollectionReference[], text: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const collection of collections) {
    // Also those that do not exist and have documents below them.
    for (const document of await collection.listDocuments()) {
      if (`${document.id} ${rawText((await document.get()).data())}`.includes(text)) found.push(document.path);
      found.push(...(await documentsBelow(await document.listCollections(), text)));
    }
  }
  return found;
}

/** Returns all values in a value as one text. */
function rawText(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inside]) => `${name} ${rawText(inside)}`)
    .join(' ');
}
