import { RetryableError } from '../shared/errors.ts';
import type { Clock, Log } from '../shared/ports.ts';
import type { PulledMessage, PullSource, PullStream } from '../shared/pull-source.ts';

export interface SteadyStreamDeps {
  readonly name: string;
  readonly source: PullSource;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  readonly onMessage: (message: PulledMessage) => void;
  /** Called when the stream was opened again and again, and brought nothing. */
  readonly onDead: () => void;
}

/** The time without a message after which the stream is checked, in milliseconds. */
const silentMs = 300_000;
/** The backoff before a stream that ended is opened again, in milliseconds. It doubles. */
const backoffMs = { first: 1_000, longest: 60_000 };
/** The number of failures without a message in between after which the stream is dead. With the backoff it is some five minutes. */
const maxFailures = 10;

/**
 * Keeps a stream of messages open.
 *
 *     the stream ends        it is opened again, after a backoff
 *     nothing comes for 5 min, but a message waits   it is opened again
 *     ten times, without a message in between        it is dead
 *
 * A worker has no liveness probe, and a stream that hangs looks like one without messages. So somebody must ask the
 * subscription.
 */
export class SteadyStream {
  private readonly deps: SteadyStreamDeps;
  private stream: PullStream | undefined;
  private failures = 0;
  private cameAtMs = 0;
  private isClosed = false;
  private cancel: () => void = () => undefined;

  constructor(deps: SteadyStreamDeps) {
    this.deps = deps;
  }

  open(): void {
    const { source, clock, onMessage } = this.deps;
    this.cameAtMs = clock.now();
    this.stream = source.open({
      onMessage: (message) => {
        this.cameAtMs = clock.now();
        this.failures = 0;
        onMessage(message);
      },
      onEnd: (error) => {
        this.reopen(`the stream of ${this.deps.name} ended`, error);
      },
    });
    this.checkIn(silentMs);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.cancel();
    await this.stream?.close();
  }

  private checkIn(delayMs: number): void {
    this.cancel();
    this.cancel = this.deps.clock.schedule(delayMs, () => void this.check());
  }

  private async check(): Promise<void> {
    const { clock, source, name, log } = this.deps;
    const { stream } = this;
    const restMs = this.cameAtMs + silentMs - clock.now();
    if (restMs > 0) {
      this.checkIn(restMs);
      return;
    }
    const cameAtMs = this.cameAtMs;
    try {
      const isDead = await source.holdsMessage();
      if (this.isClosed || this.stream !== stream) return;
      if (!isDead || this.cameAtMs !== cameAtMs) {
        this.checkIn(silentMs);
        return;
      }
      await stream?.close();
      this.reopen(`the stream of ${name} is dead`, new RetryableError('a message waits that it did not bring'));
    } catch (error) {
      log.error(`the stream of ${name} could not be checked`, error);
      if (!this.isClosed && this.stream === stream) this.checkIn(silentMs);
    }
  }

  private reopen(message: string, error: unknown): void {
    const { clock, log, onDead } = this.deps;
    if (this.isClosed) return;
    this.stream = undefined;
    log.error(message, error);
    this.failures++;
    if (this.failures >= maxFailures) {
      onDead();
      return;
    }
    this.cancel();
    const delayMs = Math.min(backoffMs.longest, backoffMs.first * 2 ** (this.failures - 1));
    this.cancel = clock.schedule(delayMs, () => {
      this.open();
    });
  }
}
