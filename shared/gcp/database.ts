import { Firestore } from '@google-cloud/firestore';
import type { Connection } from '../config.ts';
import { Calls } from './calls.ts';
import { DocumentListing } from './listing.ts';

/** Firestore, and how it is called. */
export interface Database {
  readonly firestore: Firestore;
  readonly listing: DocumentListing;
  readonly calls: Calls;
  /** The same database for one delivery: its calls end by a deadline, in milliseconds since 1970. */
  until(deadlineMs: number): Database;
  close(): Promise<unknown>;
}

/** Firestore finds its emulator by itself, by `FIRESTORE_EMULATOR_HOST`; why it is given the project, clients.ts says. */
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
