import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedCleanEventStore } from '../../shared/embedded/clean-event-store.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { EmbeddedUuidKeys } from '../../shared/embedded/uuid-keys.ts';
import type { Random } from '../../shared/ports.ts';
import { windowMs } from './setting.ts';

/** The share of expired blocks and uuids that are deleted by the time that somebody looks. */
const deletedShare = 0.7;

/** The stores of a run: they outlive every instance. */
export class SimulatedStores {
  readonly blocks = new EmbeddedBlockStore(atOnce);
  readonly ledger = new EmbeddedGapLedger(atOnce);
  readonly letters = new EmbeddedDeadLetterStore(atOnce);
  readonly events = new EmbeddedCleanEventStore(atOnce);
  readonly keys: EmbeddedUuidKeys;

  constructor(now: () => number) {
    this.keys = new EmbeddedUuidKeys(atOnce, () => now() + windowMs);
  }

  /** Deletes most of the blocks and uuids that have expired. */
  deleteExpired(nowMs: number, random: Random): void {
    this.blocks.deleteExpired(nowMs, () => random() < deletedShare);
    this.keys.deleteExpired(nowMs, () => random() < deletedShare);
  }
}

async function atOnce(): Promise<void> {
  await Promise.resolve();
}
