import type { Catalog } from '../catalog-definition.ts';
import type { Clock, DeadLetterStore } from '../ports.ts';
import type { ConsoleDeps } from '../views/load.ts';

/** The stores that an audit reads, with the catalog and the clock. */
export interface AuditStores extends Pick<ConsoleDeps, 'blocks' | 'ledger'> {
  readonly letters: Pick<DeadLetterStore, 'openByCode'>;
  readonly catalog: Pick<Catalog, 'stream'>;
  readonly clock: Pick<Clock, 'now'>;
}
