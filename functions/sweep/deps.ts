import type { Catalog } from '../../shared/catalog-definition.ts';
import type { BlockStore, Clock, GapLedger, Log, Publisher } from '../../shared/ports.ts';

export interface SweepDeps {
  readonly publisher: Publisher;
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Pick<Log, 'swept' | 'error'>;
}
