import type { Catalog } from '../../shared/catalog-definition.ts';
import { amendGap } from '../../shared/gaps/amend.ts';
import { givenUp, isForgettable, isUnresolved, methods, type ReprocessRequest } from '../../shared/gaps/gap.ts';
import { sizeOf, spellRanges } from '../../shared/gaps/range.ts';
import { decodeRequest } from '../../shared/gaps/request.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import { History } from '../../shared/inference/history.ts';
import { inferGap, type GapInference } from '../../shared/inference/infer-gap.ts';
import { inferredMessage } from '../../shared/inference/inferred-message.ts';
import type { Handler } from '../../shared/messages/message.ts';
import type { BlockStore, Clock, GapLedger, Log, PortsUntil, Publisher } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import { handleOwn } from '../own-messages.ts';

/** How many inferred events are published at a time. */
const eventsAtOnce = 50;

export interface ReconstructPorts {
  readonly publisher: Publisher;
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
}

export interface ReconstructDeps {
  readonly portsUntil: PortsUntil<ReconstructPorts>;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
}

/** The dependencies of one delivery: its calls end by its deadline. The history is shared, and bounds its calls itself. */
type DeliveryDeps = ReconstructDeps & ReconstructPorts;

/**
 * Infers what is still missing of a gap. What cannot be inferred is given up: one letter for the gap, then its row says so; its
 * ids stay empty, so that a late original is simply accepted.
 */
export function makeReconstruct(shared: ReconstructDeps): Handler {
  const { blocks } = shared.portsUntil(Number.POSITIVE_INFINITY);
  const history = new History({ blocks, clock: shared.clock });
  return handleOwn(shared.log, decodeRequest, async (request, { deadlineMs }) => {
    const deps: DeliveryDeps = { ...shared, ...shared.portsUntil(deadlineMs) };
    if (request.phase !== 'infer') return;
    const gap = await deps.ledger.find(request.stream, request.from);
    // The request came again, and by now the gap is resolved; or sweep has not filed it, and asks when it has.
    if (!gap || !isUnresolved(gap.value)) return;
    if (isForgettable(gap.value, deps.clock.now(), deps.catalog.stream(request.stream)))
      await abandon(deps, request, 'not inferred within the deduplication window', sizeOf(request));
    else await publish(deps, request, await inferGap({ ...deps, history }, request.stream, request));
  });
}

async function publish(
  deps: DeliveryDeps,
  request: ReprocessRequest,
  { inferred, obstacles, left, leftHoles }: GapInference,
): Promise<void> {
  const { stream, from } = request;
  await runLimited(inferred, eventsAtOnce, (event) =>
    deps.publisher.publish('mended-events', inferredMessage(stream, event)),
  );
  const method = methods.find((one) => inferred.some((event) => event.method === one));
  if (method !== undefined) {
    const inferRequestedAtMs = deps.clock.now();
    await amendGap(deps.ledger, stream, from, (gap) =>
      gap.method === method ? gap : { inferRequestedAtMs, ...gap, method },
    );
  }
  const why = obstacles.join(', ');
  const isPart = left < sizeOf(request);
  if (left > 0) await abandon(deps, request, isPart ? `${why}: ${spellRanges(leftHoles, left)}` : why, left);
}

async function abandon(
  { publisher, ledger, clock }: DeliveryDeps,
  request: ReprocessRequest,
  why: string,
  left: number,
): Promise<void> {
  const now = clock.now();
  await publisher.publish('dead-letter-queue', unrecoverableLetter(request, 'reconstruct', why, now));
  await amendGap(ledger, request.stream, request.from, (gap) => (isUnresolved(gap) ? givenUp(gap, left, now) : gap));
}
