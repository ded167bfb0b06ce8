import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import { amendGap } from '../../shared/gaps/amend.ts';
import { isForgettable, isUnresolved, methods, type ReprocessRequest } from '../../shared/gaps/gap.ts';
import { decodeRequest } from '../../shared/gaps/request.ts';
import { History } from '../../shared/inference/history.ts';
import { inferGap, type GapInference } from '../../shared/inference/infer-gap.ts';
import { inferredMessage } from '../../shared/inference/inferred-message.ts';
import { runLimited } from '../../shared/run-limited.ts';
import { handleOwn } from '../own-messages.ts';

/** The number of inferred events that are published at a time. */
const eventsAtOnce = 50;

type ReconstructPorts = PortsOf<'publisher' | 'blocks' | 'ledger'>;

/**
 * Infers the missing events of a gap. If some cannot be inferred, it records why. Then the next sweep gives up the gap.
 * The ids stay empty, so that late originals are accepted.
 */
export function makeReconstruct(ports: ReconstructPorts): FunctionInstance {
  // All deliveries share the history, so its reads are not limited by the deadline of one delivery.
  const history = new History(ports);
  const handler = handleOwn(ports.log, decodeRequest, async (request, { deadlineMs }) => {
    const deps: ReconstructPorts = { ...ports, ...ports.portsUntil(deadlineMs) };
    if (request.phase !== 'infer') return;
    const gap = await deps.ledger.find(request.stream, request.from);
    // There are two cases. The request was redelivered, and the gap is resolved. Or sweep has not filed the gap yet.
    // Then it sends the request again after it has filed the gap.
    if (!gap || !isUnresolved(gap.value)) return;
    if (isForgettable(gap.value, deps.clock.now(), deps.catalog.stream(request.stream)))
      await recordObstacle(deps, request, 'not inferred within the deduplication window');
    else await publish(deps, request, await inferGap({ ...deps, history }, request.stream, request));
  });
  return { handler };
}

async function publish(
  deps: ReconstructPorts,
  request: ReprocessRequest,
  { inferred, obstacles, left }: GapInference,
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
  if (left > 0) await recordObstacle(deps, request, obstacles.join(', '));
}

async function recordObstacle(
  { ledger }: ReconstructPorts,
  { stream, from }: ReprocessRequest,
  why: string,
): Promise<void> {
  await amendGap(ledger, stream, from, (gap) => (isUnresolved(gap) && gap.why !== why ? { ...gap, why } : gap));
}
