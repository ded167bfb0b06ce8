import type { Catalog } from '../../catalog-definition.ts';
import type { BlockStore, Clock, DeadLetterStore, GapLedger, UuidKeys } from '../../ports.ts';

/** The stores from which the story of an id is read, with the catalog and the clock. */
export interface StoryStores {
  readonly blocks: BlockStore;
  readonly ledger: Pick<GapLedger, 'progress' | 'overlapping'>;
  readonly letters: Pick<DeadLetterStore, 'about' | 'find'>;
  readonly catalog: Pick<Catalog, 'stream'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** The stores from which the story of a uuid is read. */
export interface UuidStoryStores extends StoryStores {
  /** Without it, an event is found only by its timestamp. */
  readonly keys?: Pick<UuidKeys, 'holder'>;
}
