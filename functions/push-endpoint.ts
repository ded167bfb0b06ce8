import { matchesFilter } from '../shared/messages/filter.ts';
import { bugMet, RetryableError } from '../shared/errors.ts';
import type { Handler } from '../shared/messages/message.ts';
import type { Clock, Log } from '../shared/ports.ts';
import { decodePush, EnvelopeError, type PushedDelivery } from '../shared/messages/push.ts';
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
  /** Is awaited before the last delivery in flight is answered: Cloud Run takes the CPU away after that answer. */
  readonly beforeIdle?: () => Promise<void>;
}

/** A log that can be told which trace an error belongs to. */
export interface EndpointLog extends Pick<Log, 'count'> {
  error(message: string, error: unknown, traceId?: string): void;
}

/** The parts of an HTTP request that the endpoint uses. */
export interface PushRequest {
  /** Names the topic: `/events`. */
  readonly path: string;
  readonly body: unknown;
  /** Milliseconds since 1970. */
  readonly arrivedAtMs: number;
  readonly traceId?: string | undefined;
}

/** What Pub/Sub does with each: 204 acks, all others make it deliver again after its backoff. */
export interface PushAnswer {
  readonly status: 204 | 400 | 500 | 503;
  readonly body?: string;
}

const acked: PushAnswer = { status: 204 };
export const tooMuchInFlight: PushAnswer = { status: 503, body: 'too much is in flight' };

/** How long `beforeIdle` may take in any case, in milliseconds. A deadline is 5 s before the ack deadline, so that this fits in. */
const minIdleMs = 2_000;

/** Serves the push subscriptions of a function: brings each delivery to the handler, and answers for it. */
export class PushEndpoint {
  private readonly deps: PushEndpointDeps;
  private readonly answers = new Set<Promise<PushAnswer>>();
  /** Deliveries that are with the handler. One that waits for `beforeIdle` no longer is. */
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

  /** Takes no more requests. Resolves once those that were taken are answered. */
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
      log.error(isMisdirected ? 'a request was turned away' : kindOf(error), error, traceId);
      return isMisdirected ? { status: 400, body: error.message } : { status: 500 };
    }
  }

  /**
   * Waits for `beforeIdle`, as the last delivery in flight. A delivery that arrives meanwhile calls it again if it is the last one with
   * the handler. A handler that goes on past its deadline is not counted.
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

/** Returns how long a delivery of a topic to a function may take, in milliseconds; 0 where there is no such subscription. */
function maxMsOf(target: FunctionName, topic: string): number {
  const names = subscriptionsOf(target).filter((name) => subscriptions[name].topic === topic);
  return names.length === 0 ? 0 : maxDeliveryMs(names);
}

/**
 * Names an error for the log. One bug is enough for an alert, whereas a dependency that fails for now is expected: every error that
 * does not say so is a bug. Both are nacked: the message stays until the code is mended, or is given up as ERR_DELIVERY.
 */
function kindOf(error: unknown): string {
  return error instanceof RetryableError ? 'a delivery failed' : bugMet;
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
 * Returns the filters of the subscriptions that a delivery may come from. The emulator ignores filters; and the topic decides whether
 * a message's provenance is believed, so a subscription of ours must not bring another topic's.
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
