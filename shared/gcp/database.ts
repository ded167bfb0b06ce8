import { Firestore, type CollectionReference } from '@google-cloud/firestore';
import type { Connection } from '../config.ts';
import type { CollectionPath, DatabaseName } from '../databases.ts';
import { Calls } from './calls.ts';
import { DocumentListing } from './listing.ts';

/** Reads and writes documents of either database. A collection is had from a {@link Database} only. */
export interface Documents {
  readonly firestore: Pick<Firestore, 'batch' | 'bulkWriter' | 'getAll' | 'recursiveDelete'>;
  readonly calls: Calls;
}

/** A Firestore database, with the clients and the limits of its calls. The compiler refuses collections of the other. */
export interface Database<Name extends DatabaseName> extends Documents {
  readonly name: Name;
  readonly listing: DocumentListing;
  collection(path: CollectionPath<Name>): CollectionReference;
  /** Returns the database for one delivery. Its calls end by a deadline, in milliseconds since 1970. */
  until(deadlineMs: number): Database<Name>;
  close(): Promise<unknown>;
}

/**
 * Opens a database. The client finds its emulator by `FIRESTORE_EMULATOR_HOST`. clients.ts says why the project is
 * passed.
 */
export function openDatabase<Name extends DatabaseName>(connection: Connection, name: Name): Database<Name> {
  const { projectId, databaseIds, firestoreTimeoutMs } = connection;
  const firestore = new Firestore({ projectId, databaseId: databaseIds[name] });
  const listing = new DocumentListing(connection, name);
  const withCalls = (calls: Calls): Database<Name> => ({
    name,
    firestore,
    listing,
    calls,
    collection: (path) => firestore.collection(path),
    until: (deadlineMs) => withCalls(calls.until(deadlineMs)),
    close: () => Promise.all([firestore.terminate(), listing.close()]),
  });
  return withCalls(new Calls(firestoreTimeoutMs));
}
