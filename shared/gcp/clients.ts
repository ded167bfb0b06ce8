import { setTimeout } from 'node:timers/promises';
import type { PubSub } from '@google-cloud/pubsub';
import type { Connection } from '../config.ts';
import type { Database } from './database.ts';

export type { Database } from './database.ts';

/** Firestore's client waits for calls that were given up long ago; we do not, for longer than this, in milliseconds. */
const longestCloseMs = 2_000;

interface Client {
  close(): Promise<unknown>;
}

/** Loads the library of a client, and makes the client. */
export type LoadClient<T extends Client> = (connection: Connection) => Promise<T>;

/** The clients of one process, each loaded and made when it is first asked for: importing one takes a good part of a second. */
export interface ClientPool {
  readonly connection: Connection;
  open<T extends Client>(load: LoadClient<T>): Promise<T>;
  /** Closes what was made. Call once nothing is underway that matters: what does not end soon is left behind. */
  close(): Promise<void>;
}

export const loadDatabase: LoadClient<Database> = async (connection) =>
  (await import('./database.ts')).openDatabase(connection);

export const loadPubSub: LoadClient<PubSub> = async (connection) =>
  (await import('./pubsub.ts')).openPubSub(connection);

export function makeClientPool(connection: Connection): ClientPool {
  const opened = new Map<unknown, Promise<Client>>();
  return {
    connection,
    open: <T extends Client>(load: LoadClient<T>): Promise<T> => {
      const client = (opened.get(load) as Promise<T> | undefined) ?? load(connection);
      opened.set(load, client);
      return client;
    },
    close: async () => {
      const closed = Promise.all([...opened.values()].map(async (client) => (await client).close()));
      const patience = new AbortController();
      const tooLong = setTimeout(longestCloseMs, undefined, { signal: patience.signal }).catch(() => undefined);
      await Promise.race([closed, tooLong]).finally(() => {
        patience.abort();
      });
    },
  };
}

/** Google Cloud's clients by name, for who needs more than a port offers: to make a subscription, to list collections. */
export interface Clients extends ClientPool {
  database(): Promise<Database>;
  pubsub(): Promise<PubSub>;
}

/**
 * Both libraries find their emulator by themselves, by `FIRESTORE_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST`. They are given the
 * project: left to find it, they ask the metadata server, and off Google Cloud wait for an answer that never comes (seconds;
 * `METADATA_SERVER_DETECTION=none` ends that too).
 */
export function makeClients(connection: Connection): Clients {
  const pool = makeClientPool(connection);
  return { ...pool, database: () => pool.open(loadDatabase), pubsub: () => pool.open(loadPubSub) };
}
