import { EmbeddedBlockStore } from '../../../shared/embedded/block-store.ts';
import type { BlockRef, StoredBlock } from '../../../shared/ports.ts';
import { blockIndex, cellIndex, cellOf, emptyBlock, type Block } from '../../../shared/tracking/block.ts';
import type { Claim } from '../../../shared/tracking/claim.ts';
import type { Decision } from '../../../shared/tracking/decision.ts';
import type { decide } from '../../../shared/tracking/rules.ts';
import { atOnce } from '../../support/builders.ts';
import { rememberedMs } from './list-plan.ts';

/** Blocks that are claimed one message at a time, and forgotten a window after their last event. */
export class RememberedBlocks extends EmbeddedBlockStore {
  private readonly now: () => number;
  private readonly held = new Map<number, { readonly block: Block; readonly expireAtMs: number }>();

  constructor(now: () => number) {
    super(atOnce);
    this.now = now;
  }

  override async read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]> {
    await atOnce();
    return refs.map(({ index }) => this.stored(index));
  }

  claim(claim: Claim, rules: typeof decide): Decision {
    const index = blockIndex(claim.eventId);
    const { block, expireAtMs } = this.stored(index);
    const decision = rules(cellOf(block, claim.eventId), claim);
    const cells = block.cells.with(cellIndex(claim.eventId), decision.cell);
    const until = Math.max(Number.isFinite(expireAtMs) ? expireAtMs : 0, claim.instantMs! + rememberedMs);
    this.held.set(index, { block: { index, cells }, expireAtMs: until });
    return decision;
  }

  private stored(index: number): StoredBlock {
    const held = this.held.get(index);
    const isKept = held !== undefined && held.expireAtMs > this.now();
    if (!isKept) return { block: emptyBlock(index), version: undefined, expireAtMs: Number.POSITIVE_INFINITY };
    return { ...held, version: undefined };
  }
}
