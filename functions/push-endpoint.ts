import { bugMet, RetryableError } from '../shared/errors.ts';
import { decodePush, EnvelopeError, type PushedDelivery } from '../shared/messages/push.ts';
import {
  eventsSubscription,
  sourceOfSubscription,
  sourceOfTopic,
  sourceSubscription,
  subscriptionOfSource,
} from '../shared/sources/source-topic.ts';
import { eventsName } from '../shared/sources/source.ts';
import {
  maxDeliveryMs,
  subscriptionNames,
  subscriptions,
  subscriptionsOf,
  type FunctionName,
  type SubscriptionName,
} from '../shared/topology.ts';
import { deliver, endsBy, type DeliveryDeps, type DeliveryOutcome } from './deliver.ts';

export interface PushEndpointDeps extends DeliveryDeps {
  readonly target: FunctionName;
  /** Awaited before the last delivery in flight is answered. Cloud Run takes the CPU away after that answer. */
  readonly beforeIdle?: () => Promise<void>;
}

/** The parts of an HTTP request that the endpoint uses. */
export interface PushRequest {
  /** The path, which names the topic: `/events`. */
  readonly path: string;
  readonly body: unknown;
  /** Milliseconds since 1970. */
  readonly arrivedAtMs: number;
  readonly traceId?: string | undefined;
}

/** The answer to a push. 204 acks. After any other status Pub/Sub delivers again, with a backoff. */
export interface PushAnswer {
  readonly status: 204 | 400 | 500 | 503;
  readonly body?: string;
}

const answers: Readonly<Record<DeliveryOutcome, PushAnswer>> = {
  acked: { status: 204 },
  failed: { status: 500 },
  late: { status: 503, body: 'deadline exceeded' },
};
export const tooMuchInFlight: PushAnswer = { status: 503, body: 'too much is in flight' };

/**
 * The minimum time for `beforeIdle`, in milliseconds. It ends before the ack deadline, because the deadline of a
 * delivery is 5 s earlier.
 */
const minIdleMs = 2_000;

/** Serves the push subscriptions of a function: it passes each delivery to the handler, and answers the push. */
export class PushEndpoint {
  private readonly deps: PushEndpointDeps;
  private readonly underway = new Set<Promise<PushAnswer>>();
  /** The number of deliveries in the handler. A delivery that waits for `beforeIdle` does not count. */
  private beingHandled = 0;
  private isClosed = false;

  constructor(deps: PushEndpointDeps) {
    this.deps = deps;
  }

  async serve(request: PushRequest): Promise<PushAnswer> {
    if (this.isClosed) return { status: 503, body: 'the instance is ending' };
    const answer = this.answer(request);
    this.underway.add(answer);
    try {
      return await answer;
    } finally {
      this.underway.delete(answer);
    }
  }

  /** Refuses further requests. Resolves when all accepted requests are answered. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.underway);
  }

  private async answer(request: PushRequest): Promise<PushAnswer> {
    const topic = request.path.slice(1);
    const deadlineMs = request.arrivedAtMs + maxMsOf(this.deps.target, topic);
    this.beingHandled++;
    const answer = await this.handle(request, topic, deadlineMs);
    this.beingHandled--;
    if (this.beingHandled === 0) await this.prepareForIdle(deadlineMs, request.traceId);
    return answer;
  }

  private async handle({ body, traceId }: PushRequest, topic: string, deadlineMs: number): Promise<PushAnswer> {
    const { log, target } = this.deps;
    try {
      const delivery = decodePush(body, topic, deadlineMs);
      return answers[await deliver(this.deps, delivery, filtersOf(target, delivery), traceId)];
    } catch (error) {
      const isMisdirected = error instanceof EnvelopeError;
      log.error(isMisdirected ? 'a request was turned away' : bugMet, error, traceId);
      return isMisdirected ? { status: 400, body: error.message } : { status: 500 };
    }
  }

  /**
   * Waits for `beforeIdle` before the last delivery in flight is answered. A delivery that arrives during the wait
   * calls it again if it is the last one in the handler. A handler that continues past its deadline is not counted.
   */
  private async prepareForIdle(deadlineMs: number, traceId: string | undefined): Promise<void> {
    const { beforeIdle, clock, log } = this.deps;
    if (!beforeIdle) return;
    try {
      const byMs = Math.max(deadlineMs, clock.now() + minIdleMs);
      if (await endsBy(byMs, clock, beforeIdle())) return;
      throw new RetryableError('deadline exceeded');
    } catch (error) {
      log.error('the instance could not prepare for idling', error, traceId);
    }
  }
}

/**
 * Returns the maximum duration of a delivery of a topic to a function, in milliseconds. 0 if there is no such
 * subscription.
 */
function maxMsOf(target: FunctionName, topic: string): number {
  const names = namesFor(target, topic).filter((name) => name in subscriptions) as SubscriptionName[];
  if (names.length > 0) return maxDeliveryMs(names);
  return isSourceOf(target, topic) ? maxDeliveryMs([eventsSubscription]) : 0;
}

/** Returns the names of a function's subscriptions to a topic. */
function namesFor(target: FunctionName, topic: string): readonly string[] {
  if (isSourceOf(target, topic)) return [subscriptionOfSource(sourceOfTopic(topic) ?? '')];
  return subscriptionsOf(target).filter((name) => subscriptions[name].topic === topic);
}

/** Whether a topic is that of a source which the function reads. */
function isSourceOf(target: FunctionName, topic: string): boolean {
  const source = sourceOfTopic(topic);
  return target === sourceSubscription.function && source !== undefined && source !== eventsName;
}

/**
 * Returns the filters of the subscriptions that a delivery may come from. The subscription must belong to the topic of the
 * path, because the topic decides whether the provenance is trusted.
 *
 * @throws EnvelopeError if the function has no such subscription.
 */
function filtersOf(target: FunctionName, { topic, subscription }: PushedDelivery): readonly (string | undefined)[] {
  const given = subscription.split('/').at(-1) ?? '';
  const isOurs = subscriptionNames.some((name) => name === given) || sourceOfSubscription(given) !== undefined;
  const expected = namesFor(target, topic).filter((name) => !isOurs || name === given);
  if (expected.length === 0) throw new EnvelopeError([`subscription: not one of ${target} for this path`]);
  return expected.map((name) => subscriptionNames.find((ours) => ours === name)).map(filterOf);
}

function filterOf(name: SubscriptionName | undefined): string | undefined {
  return name && subscriptions[name].filter;
}
