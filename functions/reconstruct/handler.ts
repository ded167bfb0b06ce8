import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import { amendGap } from '../../shared/gaps/amend.ts';
import { withInTime, type AnswerCounts } from '../../shared/gaps/answers.ts';
import {
  isForgettable,
  isUnresolved,
  methods,
  numberingReset,
  type Gap,
  type ReprocessRequest,
} from '../../shared/gaps/gap.ts';
import { isAskedAgain } from '../../shared/gaps/ask-again.ts';
import { isOfOldNumbering } from '../../shared/gaps/reset.ts';
import { decodeRequest } from '../../shared/gaps/request.ts';
import { ExistenceRecord } from '../../shared/inference/existence.ts';
import { History } from '../../shared/inference/history.ts';
import { inferGap, type GapInference } from '../../shared/inference/infer-gap.ts';
import type { InferredEvent } from '../../shared/inference/infer.ts';
import { inferredMessageOf, roundProbability } from '../../shared/inference/inferred-message.ts';
import type { Handler, Message } from '../../shared/messages/message.ts';
import { methodOfRecovery } from '../../shared/messages/provenance.ts';
import { decodeReconcileRequest, reconcilePhase } from '../../shared/reconciliation/reconcile-request.ts';
import { recoveredMessage } from '../../shared/recovery/recovered-event.ts';
import { eventsSource } from '../../shared/sources/source.ts';
import { runLimited } from '../../shared/run-limited.ts';
import { Turns } from '../../shared/turns.ts';
import { handleOwn } from '../own-messages.ts';
import { reconcile } from './reconcile.ts';
import { recoverBy } from './recover.ts';

/** The number of inferred events that are published at a time. */
const eventsAtOnce = 50;

type ReconstructPorts = PortsOf<'publisher' | 'blocks' | 'ledger' | 'lists'>;
type AllPorts = PortsOf<'publisher' | 'blocks' | 'ledger' | 'keys' | 'reconciliations' | 'lists'>;

/** Recovers or infers the missing events of gaps, and compares streams with lists of systems of record. */
export function makeReconstruct(ports: AllPorts): FunctionInstance {
  const infer = inferring(ports);
  const compare = handleOwn(ports.log, decodeReconcileRequest, (request, delivery) =>
    reconcile({ ...ports, ...ports.portsUntil(delivery.deadlineMs) }, request, delivery),
  );
  return {
    handler: (delivery) => (delivery.attributes.phase === reconcilePhase ? compare : infer)(delivery),
  };
}

/**
 * Recovers the missing events of a gap from a system of record, or infers them. If some cannot be inferred, it records
 * why. Then the next sweep gives up the gap. The ids stay empty, so that late originals are accepted.
 */
function inferring(ports: ReconstructPorts): Handler {
  // All deliveries share the history and the record, so their reads are not limited by the deadline of one delivery.
  const history = new History(ports);
  const record = new ExistenceRecord(ports);
  const turns = new Turns(ports.clock);
  return handleOwn(ports.log, decodeRequest, async (request, { deadlineMs }) => {
    const deps: ReconstructPorts = { ...ports, ...ports.portsUntil(deadlineMs) };
    if (request.phase !== 'infer') return;
    const gap = await deps.ledger.find(request.stream, request.from);
    // There are three cases. The request was redelivered, and the gap is resolved. Or sweep has not filed the gap yet, or
    // has asked the producer again. Then it sends the request again when the gap is to be inferred.
    if (!gap || !isUnresolved(gap.value) || isAskedAgain(gap.value, deps.clock.now())) return;
    if (isForgettable(gap.value, deps.clock.now(), deps.catalog.stream(request.stream)))
      await recordObstacle(deps, request, 'not inferred within the deduplication window');
    else {
      const existence = () => record.of(request.stream);
      const inference = await inferGap(
        { ...deps, history, turns, recover: recoverBy(deps, gap.value) },
        request.stream,
        request,
        existence,
      );
      if (await isResetSince(deps, gap.value)) await recordObstacle(deps, request, numberingReset);
      else await publish(deps, request, inference);
    }
  });
}

/**
 * Whether an operator has reset the numbering since a gap was found. It is read after the inference, right before the
 * events are published, because its ids may now stand for other events.
 */
async function isResetSince({ ledger }: ReconstructPorts, gap: Gap): Promise<boolean> {
  const reset = (await ledger.progress(gap.stream))?.value.reset;
  return reset !== undefined && (reset.atMs === undefined || isOfOldNumbering(gap, reset));
}

async function publish(
  deps: ReconstructPorts,
  request: ReprocessRequest,
  { recovered, inferred, obstacles, left, answers }: GapInference,
): Promise<void> {
  const { stream, from } = request;
  const [source = eventsSource] = deps.catalog.sources.writersOf(stream);
  const { find } = deps.catalog.stream(stream);
  const messages = [
    ...recovered.flatMap((event) => (find ? [recoveredMessage(source, stream, event, find)] : [])),
    ...inferred.map((event) => inferredMessageOf(source, stream, event)),
  ];
  const unwritable = messages.find((message) => typeof message === 'string');
  if (unwritable !== undefined) {
    await recordObstacle(deps, request, unwritable, answers);
    return;
  }
  await runLimited(messages as readonly Message[], eventsAtOnce, (message) =>
    deps.publisher.publish('mended-events', message),
  );
  const method =
    methods.find((one) => inferred.some((event) => event.method === one)) ??
    (recovered.length > 0 ? methodOfRecovery : undefined);
  if (method !== undefined) {
    const inferRequestedAtMs = deps.clock.now();
    await amendGap(deps.ledger, stream, from, (row) => {
      const gap = withAnswers(row, answers);
      return gap.method === method ? gap : { inferRequestedAtMs, ...gap, method, ...lowestConfidence(inferred) };
    });
  }
  if (left > 0) await recordObstacle(deps, request, obstacles.join(', '), answers);
}

/** Returns the lowest confidence of inferred events, and the factor of it that is the same for all. */
function lowestConfidence(inferred: readonly InferredEvent[]): Pick<Gap, 'confidence' | 'existed'> {
  const [first] = inferred.toSorted((a, b) => a.confidence - b.confidence);
  return first
    ? { confidence: roundProbability(first.confidence), existed: roundProbability(first.existence.probability) }
    : {};
}

/**
 * Records the answers that came by the deadline. Sweep does so too, but its write fails if reconstruct was faster, and
 * then the row may be resolved before the next sweep.
 */
function withAnswers(gap: Gap, answers: AnswerCounts | undefined): Gap {
  return answers ? withInTime(gap, answers) : gap;
}

async function recordObstacle(
  { ledger }: ReconstructPorts,
  { stream, from }: ReprocessRequest,
  why: string,
  answers?: AnswerCounts,
): Promise<void> {
  await amendGap(ledger, stream, from, (gap) =>
    isUnresolved(gap) && gap.why !== why ? { ...withAnswers(gap, answers), why } : gap,
  );
}
