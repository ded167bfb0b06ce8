import type { Catalog } from '../shared/catalog-definition.ts';
import type { Connection } from '../shared/config.ts';
import { checkListening } from './listening.ts';
import { openProject } from '../shared/gcp/project.ts';
import type { BlockStore, Clock, DeadLetterStore, GapLedger, ReconciliationStore, UuidKeys } from '../shared/ports.ts';

/** The stores that a command reads, with the catalog and the clock. */
export interface Stores {
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly letters: DeadLetterStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** The stores, with the holders of uuids and the states of reconciliations. */
export interface KeyedStores extends Stores {
  readonly keys: Pick<UuidKeys, 'holder'>;
  readonly reconciliations: Pick<ReconciliationStore, 'find'>;
}

/**
 * Calls a function with the stores of a project or of an emulator. Closes the connection afterwards, also after an
 * error.
 */
export async function withStores<T>(
  connection: Connection,
  catalog: Catalog,
  use: (stores: KeyedStores) => Promise<T>,
): Promise<T> {
  await checkListening('FIRESTORE_EMULATOR_HOST', connection.firestoreEmulatorHost);
  const project = openProject(connection, catalog);
  try {
    return await use(project);
  } finally {
    await project.clients.close();
  }
}
