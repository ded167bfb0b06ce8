import { makeCatalog, type Catalog } from '../shared/catalog-definition.ts';
import { catalog as definition } from '../shared/catalog.ts';
import type { Connection } from '../shared/config.ts';
import { FirestoreBlockStore } from '../shared/gcp/block-store.ts';
import { makeClients, type Database } from '../shared/gcp/clients.ts';
import { systemClock } from '../shared/gcp/clock.ts';
import { FirestoreDeadLetterStore } from '../shared/gcp/dead-letter-store.ts';
import { FirestoreGapLedger } from '../shared/gcp/gap-ledger.ts';
import type { BlockStore, Clock, DeadLetterStore, GapLedger } from '../shared/ports.ts';

/** What Eventmend knows, for a command that looks into it. */
export interface Stores {
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly letters: DeadLetterStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

export function storesIn(database: Database, catalog: Catalog): Stores {
  return {
    blocks: new FirestoreBlockStore(database),
    ledger: new FirestoreGapLedger(database),
    letters: new FirestoreDeadLetterStore(database),
    catalog,
    clock: systemClock,
  };
}

/** Looks into the stores of a project, or of an emulator, and closes the connection whatever comes of it. */
export async function withStores<T>(connection: Connection, look: (stores: Stores) => Promise<T>): Promise<T> {
  const clients = makeClients(connection);
  try {
    return await look(storesIn(await clients.database(), makeCatalog(definition)));
  } finally {
    await clients.close();
  }
}
