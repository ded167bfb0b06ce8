import { setTimeout } from 'node:timers/promises';
import type { PubSub } from '@google-cloud/pubsub';
import type { Connection } from '../config.ts';
import type { DatabaseName } from '../databases.ts';
import type { Database } from './database.ts';

export type { Database, Documents } from './database.ts';

/**
 * The maximum time to close clients, in milliseconds. Firestore's client waits even for calls that timed out here long
 * ago.
 */
const maxCloseMs = 2_000;

interface Client {
  close(): Promise<unknown>;
}

/** Loads the library of a client and makes the client. */
export type LoadClient<T extends Client> = (connection: Connection) => Promise<T>;

/**
 * The clients of one process. Each is loaded when it is first needed, because importing its library takes hundreds of
 * milliseconds.
 */
export interface ClientPool {
  readonly connection: Connection;
  open<T extends Client>(load: LoadClient<T>): Promise<T>;
  /**
   * Closes the open clients. Call it when no important call is in flight: a client that does not close soon is
   * abandoned.
   */
  close(): Promise<void>;
}

/** A constant for each database, because a pool knows a client by what loads it. */
export const loadDatabase: { readonly [Name in DatabaseName]: LoadClient<Database<Name>> } = {
  state: async (connection) => (await import('./database.ts')).openDatabase(connection, 'state'),
  letters: async (connection) => (await import('./database.ts')).openDatabase(connection, 'letters'),
};

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
      const abort = new AbortController();
      const tooLong = setTimeout(maxCloseMs, undefined, { signal: abort.signal }).catch(() => undefined);
      await Promise.race([closed, tooLong]).finally(() => {
        abort.abort();
      });
    },
  };
}

/** The clients of Google Cloud, for code that needs more than a port offers, such as making a subscription. */
export interface Clients extends ClientPool {
  readonly database: { readonly [Name in DatabaseName]: () => Promise<Database<Name>> };
  pubsub(): Promise<PubSub>;
}

/**
 * Both libraries find their emulator by `FIRESTORE_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST`. The project is passed
 * explicitly. Otherwise the libraries ask the metadata server for it, which takes seconds outside Google Cloud
 * (`METADATA_SERVER_DETECTION=none` prevents that too).
 */
export function makeClients(connection: Connection): Clients {
  const pool = makeClientPool(connection);
  return {
    ...pool,
    database: { state: () => pool.open(loadDatabase.state), letters: () => pool.open(loadDatabase.letters) },
    pubsub: () => pool.open(loadPubSub),
  };
}
