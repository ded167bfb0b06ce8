import { Firestore } from '@google-cloud/firestore';
import type { Connection } from '../config.ts';
import { Calls } from './calls.ts';

/** Firestore, and how it is called. */
export interface Database {
  readonly firestore: Firestore;
  readonly calls: Calls;
}

/** Firestore finds its emulator by itself, by `FIRESTORE_EMULATOR_HOST`; why it is given the project, clients.ts says. */
export function openDatabase({ projectId, databaseId, firestoreTimeoutMs }: Connection): Database {
  return { firestore: new Firestore({ projectId, databaseId }), calls: new Calls(firestoreTimeoutMs) };
}
