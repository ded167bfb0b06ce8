import type { Firestore } from '@google-cloud/firestore';
import type { PubSub } from '@google-cloud/pubsub';
import type { Connection } from '../config.ts';
import { Calls } from './calls.ts';

/** Firestore, and how it is called. */
export interface Database {
  readonly firestore: Firestore;
  readonly calls: Calls;
}

/** Google Cloud's clients, each loaded and made when it is first asked for: importing them is most of a cold start. */
export interface Clients {
  database(): Promise<Database>;
  pubsub(): Promise<PubSub>;
  /** Closes what was made. */
  close(): Promise<void>;
}

/**
 * Both libraries find their emulator by themselves, by `FIRESTORE_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST`. They are given the
 * project: left to find it, they ask the metadata server, and off Google Cloud wait for an answer that never comes (seconds;
 * `METADATA_SERVER_DETECTION=none` ends that too).
 */
export function makeClients({ projectId, databaseId, firestoreTimeoutMs }: Connection): Clients {
  let database: Promise<Database> | undefined;
  let pubsub: Promise<PubSub> | undefined;
  return {
    database: () => {
      database ??= import('@google-cloud/firestore').then(({ Firestore }) => ({
        firestore: new Firestore({ projectId, databaseId }),
        calls: new Calls(firestoreTimeoutMs),
      }));
      return database;
    },
    pubsub: () => {
      pubsub ??= import('@google-cloud/pubsub').then(({ PubSub }) => new PubSub({ projectId }));
      return pubsub;
    },
    close: async () => {
      await Promise.all([
        database?.then(({ firestore }) => firestore.terminate()),
        pubsub?.then((made) => made.close()),
      ]);
    },
  };
}
