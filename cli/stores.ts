import type { Catalog } from '../shared/catalog-definition.ts';
import type { Connection } from '../shared/config.ts';
import { openProject } from '../shared/gcp/project.ts';
import type { BlockStore, Clock, DeadLetterStore, GapLedger } from '../shared/ports.ts';

/** What Eventmend knows, for a command that looks into it. */
export interface Stores {
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly letters: DeadLetterStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** Looks into the stores of a project, or of an emulator, and closes the connection whatever comes of it. */
export async function withStores<T>(connection: Connection, look: (stores: Stores) => Promise<T>): Promise<T> {
  const project = openProject(connection);
  try {
    return await look(project);
  } finally {
    await project.clients.close();
  }
}
