import { matchesFilter } from '../shared/messages/filter.ts';
import { AccessError, accessRefused, bugMet, RetryableError } from '../shared/errors.ts';
import type { Handler } from '../shared/messages/message.ts';
import type { Clock, Log } from '../shared/ports.ts';
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

export interface PushEndpointDeps {
  readonly target: FunctionName;
  readonly handler: Handler;
  readonly log: EndpointLog;
  readonly clock: Clock;
  /** Awaited before the last delivery in flight is answered. Cloud Run takes the CPU away after that answer. */
  readonly beforeIdle?: () => Promise<void>;
}

/** A log that accepts the trace of an error. */
export interface EndpointLog extends Pick<Log, 'count'> {
  error(message: string, error: unknown, traceId?: string): void;
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

const acked: PushAnswer = { status: 204 };
export const tooMuchInFlight: PushAnswer = { status: 503, body: 'too much is in flight' };

/**
 * The minimum time for `beforeIdle`, in milliseconds. It ends before the ack deadline, because the deadline of a
 * delivery is 5 s earlier.
 */
const minIdleMs = 2_000;

/** Serves the push subscriptions of a function: it passes each delivery to the handler, and answers the push. */
export class PushEndpoint {
  private readonly deps: PushEndpointDeps;
  private readonly answers = new Set<Promise<PushAnswer>>();
  /** The number of deliveries in the handler. A delivery that waits for `beforeIdle` does not count. */
  private beingHandled = 0;
  private isClosed = false;

  constructor(deps: PushEndpointDeps) {
    this.deps = deps;
  }

  async serve(request: PushRequest): Promise<PushAnswer> {
    if (this.isClosed) return { status: 503, body: 'the instance is ending' };
    const answer = this.answer(request);
    this.answers.add(answer);
    try {
      return await answer;
    } finally {
      this.answers.delete(answer);
    }
  }

  /** Refuses further requests. Resolves when all accepted requests are answered. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.answers);
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
    const { handler, log, target, clock } = this.deps;
    try {
      const delivery = decodePush(body, topic, deadlineMs);
      const filters = filtersOf(target, delivery);
      if (!filters.some((filter) => matchesFilter(filter, delivery.attributes))) return acked;
      log.count('received');
      if (await endsBy(deadlineMs, clock, handler(delivery))) return acked;
      log.error('a delivery was not handled by its deadline', new RetryableError('deadline exceeded'), traceId);
      return { status: 503, body: 'deadline exceeded' };
    } catch (error) {
      const isMisdirected = error instanceof EnvelopeError;
      log.error(isMisdirected ? 'a request was turned away' : logMessageOf(error), error, traceId);
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
 * Returns the log message of an error. A temporary failure of a dependency is a RetryableError. A refused key has an
 * alert of its own. Any other error is a bug, and a single one raises an alert. All are nacked. After a bug the message comes again until the code is fixed,
 * or until the message is given up as ERR_DELIVERY.
 */
function logMessageOf(error: unknown): string {
  if (error instanceof AccessError) return accessRefused;
  return error instanceof RetryableError ? 'a delivery failed' : bugMet;
}

/** Resolves with whether the work ended by the deadline. A result or error after the deadline is ignored. */
function endsBy(deadlineMs: number, clock: Clock, work: Promise<void>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const callOff = clock.schedule(deadlineMs - clock.now(), () => {
      resolve(false);
    });
    work.finally(callOff).then(() => {
      resolve(true);
    }, reject);
  });
}

/**
 * Returns the filters of the subscriptions that a delivery may come from. The endpoint must check the filters, because
 * the emulator ignores them. The subscription must belong to the topic of the path, because the topic decides whether
 * the provenance is trusted.
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
