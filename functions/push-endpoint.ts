import { matchesFilter } from '../shared/filter.ts';
import { RetryableError } from '../shared/errors.ts';
import type { Handler } from '../shared/message.ts';
import type { Clock, Log } from '../shared/ports.ts';
import { decodePush, EnvelopeError, type PushedDelivery } from '../shared/push.ts';
import {
  maxDeliveryMs,
  subscriptionNames,
  subscriptions,
  subscriptionsOf,
  type FunctionName,
} from '../shared/topology.ts';

export interface PushEndpointDeps {
  readonly target: FunctionName;
  readonly handler: Handler;
  readonly log: EndpointLog;
  readonly clock: Clock;
  /** Bytes of bodies that may be in flight at a time. */
  readonly mostBytesInFlight?: number;
}

/** A log that can be told which trace an error belongs to. */
export interface EndpointLog extends Pick<Log, 'count'> {
  error(message: string, error: unknown, traceId?: string): void;
}

/** What is left of an HTTP request when everything that the endpoint has no use for is gone. */
export interface PushRequest {
  /** Names the topic: `/events`. */
  readonly path: string;
  readonly body: unknown;
  /** Bytes of the body as it came. */
  readonly bytes: number;
  readonly traceId?: string | undefined;
}

/** What Pub/Sub does with each: 204 acks, all others make it deliver again after its backoff. */
export interface PushAnswer {
  readonly status: 204 | 400 | 500 | 503;
  readonly body?: string;
}

/** A message of 10 MB takes 13 as it comes, and some 40 while it is handled: 200 MB of bodies need an instance of 1 GB. */
const defaultMostBytesInFlight = 200_000_000;

const acked: PushAnswer = { status: 204 };

/** Serves a push subscription: brings each delivery to the handler, and answers for it. */
export class PushEndpoint {
  private readonly deps: PushEndpointDeps;
  private readonly underway = new Set<Promise<unknown>>();
  private bytesInFlight = 0;
  private isClosed = false;

  constructor(deps: PushEndpointDeps) {
    this.deps = deps;
  }

  async serve(request: PushRequest): Promise<PushAnswer> {
    const { mostBytesInFlight = defaultMostBytesInFlight } = this.deps;
    if (this.isClosed) return { status: 503, body: 'the instance is ending' };
    if (this.bytesInFlight + request.bytes > mostBytesInFlight) return { status: 503, body: 'too much is in flight' };
    this.bytesInFlight += request.bytes;
    const answer = this.answer(request);
    this.underway.add(answer);
    try {
      return await answer;
    } finally {
      this.underway.delete(answer);
      this.bytesInFlight -= request.bytes;
    }
  }

  /** Takes no more requests. Resolves once those that were taken are answered. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.underway);
  }

  private async answer(request: PushRequest): Promise<PushAnswer> {
    const { handler, log, target, clock } = this.deps;
    try {
      const topic = request.path.slice(1);
      const deadlineMs = clock.now() + maxMsOf(target, topic);
      const delivery = decodePush(request.body, topic, deadlineMs);
      const filters = filtersOf(target, delivery);
      if (!filters.some((filter) => matchesFilter(filter, delivery.attributes))) return acked;
      log.count('received');
      if (await endsBy(deadlineMs, clock, handler(delivery))) return acked;
      log.error('a delivery was not handled by its deadline', new RetryableError('deadline exceeded'), request.traceId);
      return { status: 503, body: 'deadline exceeded' };
    } catch (error) {
      const isMisdirected = error instanceof EnvelopeError;
      log.error(isMisdirected ? 'a request was turned away' : 'a delivery failed', error, request.traceId);
      return isMisdirected ? { status: 400, body: error.message } : { status: 500 };
    }
  }
}

/** Returns how long a delivery of a topic to a function may take, in milliseconds. */
function maxMsOf(target: FunctionName, topic: string): number {
  return maxDeliveryMs(subscriptionsOf(target).filter((name) => subscriptions[name].topic === topic));
}

/** Resolves at the deadline at the latest, to whether the work has ended. How it ends afterwards is ignored. */
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
 * The filters of the subscriptions that a delivery may come from. The emulator ignores filters; and the topic decides whether a
 * message's provenance is believed, so a subscription of ours must not bring another topic's.
 *
 * @throws EnvelopeError if the function has no such subscription.
 */
function filtersOf(target: FunctionName, { topic, subscription }: PushedDelivery): readonly (string | undefined)[] {
  const given = subscription.split('/').at(-1);
  const ours = subscriptionNames.find((name) => name === given);
  const expected = subscriptionsOf(target).filter(
    (name) => subscriptions[name].topic === topic && (ours === undefined || name === ours),
  );
  if (expected.length === 0)
    throw new EnvelopeError([`subscription: ${target} has none for this path, or not this one`]);
  return expected.map((name) => subscriptions[name].filter);
}
