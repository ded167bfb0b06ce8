import type { Catalog } from '../../shared/catalog-definition.ts';
import { isUnresolved, type ReprocessRequest } from '../../shared/gaps/gap.ts';
import { readRequest } from '../../shared/gaps/request.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import { History } from '../../shared/inference/history.ts';
import { inferGap } from '../../shared/inference/infer-gap.ts';
import { inferredMessage } from '../../shared/inference/inferred-message.ts';
import type { Handler } from '../../shared/message.ts';
import type { BlockStore, Clock, GapLedger, Publisher } from '../../shared/ports.ts';

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
  const history = new History(deps);
  return async (delivery) => {
    const request = readRequest(delivery);
    if (request.phase !== 'infer') return;
    const { stream } = request;
    const { inferred, obstacles } = await inferGap({ ...deps, history }, stream, request);
    await Promise.all(inferred.map((event) => deps.publisher.publish('mended-events', inferredMessage(stream, event))));
    if (obstacles.length > 0) await abandon(deps, request, obstacles.join(', '));
  };
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
