import { Firestore } from '@google-cloud/firestore';
import type { Connection } from '../config.ts';
import { Calls } from './calls.ts';
import { DocumentListing } from './listing.ts';

/** Firestore, and how it is called. */
export interface Database {
  readonly firestore: Firestore;
  readonly listing: DocumentListing;
  readonly calls: Calls;
}

/** The same database for one delivery: its calls end by a deadline, in milliseconds since 1970. */
export function databaseUntil(database: Database, deadlineMs: number): Database {
  return { ...database, calls: database.calls.until(deadlineMs) };
}

/** Firestore finds its emulator by itself, by `FIRESTORE_EMULATOR_HOST`; why it is given the project, clients.ts says. */
export function openDatabase(connection: Connection): Database {
  const { projectId, databaseId, firestoreTimeoutMs } = connection;
  return {
    firestore: new Firestore({ projectId, databaseId }),
    listing: new DocumentListing(connection),
    calls: new Calls(firestoreTimeoutMs),
  };
}
