import { setTimeout } from 'node:timers/promises';
import type { PubSub } from '@google-cloud/pubsub';
import type { Connection } from '../config.ts';
import type { Database } from './database.ts';

export type { Database } from './database.ts';

/** Firestore's client waits for calls that were given up long ago; we do not, for longer than this, in milliseconds. */
const longestCloseMs = 2_000;

/** Google Cloud's clients, each loaded and made when it is first asked for: importing them takes most of a second. */
export interface Clients {
  database(): Promise<Database>;
  pubsub(): Promise<PubSub>;
  /** Closes what was made. Call once nothing is underway that matters: what does not end soon is left behind. */
  close(): Promise<void>;
}

/**
 * Both libraries find their emulator by themselves, by `FIRESTORE_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST`. They are given the
 * project: left to find it, they ask the metadata server, and off Google Cloud wait for an answer that never comes (seconds;
 * `METADATA_SERVER_DETECTION=none` ends that too).
 */
export function makeClients(connection: Connection): Clients {
  let database: Promise<Database> | undefined;
  let pubsub: Promise<PubSub> | undefined;
  return {
    database: () => (database ??= import('./database.ts').then(({ openDatabase }) => openDatabase(connection))),
    pubsub: () => (pubsub ??= import('./pubsub.ts').then(({ openPubSub }) => openPubSub(connection))),
    close: async () => {
      const closed = Promise.all([
        database?.then(({ firestore, listing }) => Promise.all([firestore.terminate(), listing.close()])),
        pubsub?.then((made) => made.close()),
      ]);
      const patience = new AbortController();
      const tooLong = setTimeout(longestCloseMs, undefined, { signal: patience.signal }).catch(() => undefined);
      await Promise.race([closed, tooLong]).finally(() => {
        patience.abort();
      });
    },
  };
}
