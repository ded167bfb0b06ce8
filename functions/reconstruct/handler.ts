import type { Catalog } from '../../shared/catalog-definition.ts';
import { loadFillings } from '../../shared/gaps/fillings.ts';
import { isUnresolved, type ReprocessRequest } from '../../shared/gaps/gap.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { readRequest } from '../../shared/gaps/request.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import { blocksAround, infer, type Inference } from '../../shared/inference/infer.ts';
import { inferredMessage } from '../../shared/inference/inferred-message.ts';
import type { Handler } from '../../shared/message.ts';
import type { BlockStore, Clock, GapLedger, Publisher } from '../../shared/ports.ts';
import { blockIndex, type Block } from '../../shared/tracking/block.ts';

export interface ReconstructDeps {
  readonly publisher: Publisher;
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/**
 * Infers what is still missing of a gap. What cannot be inferred is given up: one letter for the gap, then its row says so; its
 * ids stay empty, so that a late original is simply accepted.
 */
export function makeReconstruct(deps: ReconstructDeps): Handler {
  return async (delivery) => {
    const request = readRequest(delivery);
    if (request.phase !== 'infer') return;
    const [filling] = await loadFillings(deps.blocks, request.stream, [request]);
    if (!filling || filling.missing.length === 0) return;
    const { inferred, obstacles } = await inferMissing(deps, request, filling.missing);
    await Promise.all(
      inferred.map((event) => deps.publisher.publish('mended-events', inferredMessage(request.stream, event))),
    );
    if (obstacles.length > 0) await abandon(deps, request, obstacles.join(', '));
  };
}

async function inferMissing(
  { blocks, catalog }: ReconstructDeps,
  { stream, from, to }: ReprocessRequest,
  missing: readonly Range[],
): Promise<Inference> {
  const { maxGap } = catalog.stream(stream);
  if (to - from >= maxGap) return { inferred: [], obstacles: ['too-long'] };
  const around: Block[] = [];
  const first = Math.max(0, blockIndex(from) - blocksAround);
  for await (const block of blocks.scan(stream, first, blockIndex(to) + blocksAround)) around.push(block);
  return infer(stream, missing, around, catalog);
}

async function abandon(
  { publisher, ledger, clock }: ReconstructDeps,
  request: ReprocessRequest,
  why: string,
): Promise<void> {
  const now = clock.now();
  await publisher.publish('dead-letter-queue', unrecoverableLetter(request, 'reconstruct', why, now));
  const gap = await ledger.find(request.stream, request.from);
  if (gap && isUnresolved(gap.value))
    await ledger.save({ ...gap.value, state: 'abandoned', resolvedAtMs: now }, gap.version);
}
