import { makeEmbeddedStores, type EmbeddedStores } from '../../shared/embedded/ports.ts';
import type { Random } from '../../shared/ports.ts';
import { lifetimeUntilOldMs } from '../../shared/tracking/lifetimes.ts';
import { windowMs } from './setting.ts';

/** The share of expired blocks and uuids that one call of `deleteExpired` deletes. */
const deletedShare = 0.7;

/** The stores of a run: they outlive every instance. */
export interface SimulatedStores extends EmbeddedStores {
  /** Deletes most of the blocks and uuids that have expired. */
  deleteExpired(nowMs: number, random: Random): void;
}

export function makeSimulatedStores(now: () => number): SimulatedStores {
  const stores = makeEmbeddedStores(
    atOnce,
    (instantMs = now()) => now() + lifetimeUntilOldMs(instantMs, windowMs, now()),
  );
  return {
    ...stores,
    deleteExpired: (nowMs, random) => {
      stores.blocks.deleteExpired(nowMs, () => random() < deletedShare);
      stores.keys.deleteExpired(nowMs, () => random() < deletedShare);
    },
  };
}

async function atOnce(): Promise<void> {
  await Promise.resolve();
}
