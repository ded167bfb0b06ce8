import { Firestore } from '@google-cloud/firestore';
import type { Connection } from '../config.ts';
import { Calls } from './calls.ts';
import { DocumentListing } from './listing.ts';

/** A Firestore database, with the clients and the limits of its calls. */
export interface Database {
  readonly firestore: Firestore;
  readonly listing: DocumentListing;
  readonly calls: Calls;
  /** Returns the database for one delivery. Its calls end by a deadline, in milliseconds since 1970. */
  until(deadlineMs: number): Database;
  close(): Promise<unknown>;
}

/**
 * Opens a database. The client finds its emulator by `FIRESTORE_EMULATOR_HOST`. clients.ts says why the project is
 * passed.
 */
export function openDatabase(connection: Connection): Database {
  const { projectId, databaseId, firestoreTimeoutMs } = connection;
  const firestore = new Firestore({ projectId, databaseId });
  const listing = new DocumentListing(connection);
  const withCalls = (calls: Calls): Database => ({
    firestore,
    listing,
    calls,
    until: (deadlineMs) => withCalls(calls.until(deadlineMs)),
    close: () => Promise.all([firestore.terminate(), listing.close()]),
  });
  return withCalls(new Calls(firestoreTimeoutMs));
}
