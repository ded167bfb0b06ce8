import { setTimeout } from 'node:timers/promises';
import { isRefusal } from '../../shared/gcp/status.ts';
import { attributesOf, type Message } from '../../shared/messages/message.ts';
import type { SourceTopic, TopicName } from '../../shared/topology.ts';
import type { ProgressBar } from '../screen/progress-bar.ts';
import { reasonOf } from '../reason.ts';
import { InputError, type InputRecord } from '../input/input-record.ts';

/** A publisher that also publishes to sources. */
export interface ProducerPublisher {
  publish(topic: TopicName | SourceTopic, message: Message): Promise<void>;
}

export interface PublishJob {
  readonly events: AsyncIterable<InputRecord>;
  readonly topic: TopicName | SourceTopic;
  /** Undefined on a source besides `events`, where no attribute names the stream. */
  readonly stream: string | undefined;
  /** Infinity for no limit. */
  readonly ratePerSecond: number;
  readonly publisher: ProducerPublisher;
  readonly bar: ProgressBar;
  /** Ends the run before the end of the file. */
  readonly signal: AbortSignal;
}

export interface Published {
  readonly count: number;
  readonly bytes: number;
  readonly tookMs: number;
  readonly unpublished: { readonly count: number; readonly firstLine: number; readonly reason: string } | undefined;
  /** Whether the run ended before the whole file was read: the user ended it, or Pub/Sub could not be reached. */
  readonly isEnded: boolean;
  /** Why the rest of the file cannot be read. */
  readonly problem?: string;
}

/** The most events, and bytes of events, that are being published at once. */
const maxUnderway = { events: 1_000, bytes: 10_000_000 };
/** How far publishing may be ahead of the rate, in milliseconds: a shorter wait is not worth a timer. */
const slackMs = 5;

/**
 * Publishes the events of a file, byte for byte. The run ends if Pub/Sub cannot be reached. It continues if Pub/Sub
 * refuses an event.
 */
export async function publishFile(job: PublishJob): Promise<Published> {
  const run = new Run(job);
  try {
    for await (const record of job.events) {
      await run.makeRoom();
      if (run.isEnded) break;
      if (record.problem === undefined) run.publish(record);
      else run.fail(record, record.problem);
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...(await run.end()), isEnded: true, problem: error.message };
  }
  return run.end();
}

class Run {
  private readonly job: PublishJob;
  private readonly startedAtMs = performance.now();
  private readonly underway = new Set<Promise<void>>();
  /**
   * Called when the publishing of an event has ended. `Promise.race` would add a handler to each of them for every
   * event.
   */
  private onSettled: (() => void) | undefined;
  private underwayBytes = 0;
  private started = 0;
  private count = 0;
  private bytes = 0;
  private unpublished: Published['unpublished'];
  private isLost = false;

  constructor(job: PublishJob) {
    this.job = job;
  }

  get isEnded(): boolean {
    return this.isLost || this.job.signal.aborted;
  }

  /** Waits until another event may be published. */
  async makeRoom(): Promise<void> {
    const { ratePerSecond, signal } = this.job;
    const dueMs = (this.started / ratePerSecond) * 1_000 - (performance.now() - this.startedAtMs);
    if (dueMs > slackMs) await setTimeout(dueMs, undefined, { signal }).catch(() => undefined);
    while (this.underway.size >= maxUnderway.events || this.underwayBytes > maxUnderway.bytes)
      await new Promise<void>((resolve) => {
        this.onSettled = resolve;
      });
  }

  publish(record: InputRecord): void {
    const { publisher, topic, stream, bar } = this.job;
    const { data, attributes, orderingKey } = record;
    this.started++;
    this.underwayBytes += record.data.length;
    const underway = publisher
      .publish(topic, {
        data,
        attributes: { ...attributesOf({ stream }), ...attributes },
        ...(orderingKey !== undefined && { orderingKey }),
      })
      .then(
        () => {
          this.count++;
          this.bytes += record.data.length;
          bar.draw(this.count, Date.now());
        },
        (error: unknown) => {
          if (!isRefusal(error instanceof Error ? error.cause : undefined)) this.isLost = true;
          this.fail(record, reasonOf(error));
        },
      )
      .finally(() => {
        this.underway.delete(underway);
        this.underwayBytes -= record.data.length;
        this.onSettled?.();
      });
    this.underway.add(underway);
  }

  async end(): Promise<Published> {
    await Promise.all(this.underway);
    this.job.bar.clear();
    const { count, bytes, unpublished, isEnded } = this;
    return { count, bytes, unpublished, isEnded, tookMs: performance.now() - this.startedAtMs };
  }

  /** Counts an event that is not published. */
  fail({ line }: InputRecord, why: string): void {
    const { count = 0, firstLine = line, reason = why } = this.unpublished ?? {};
    this.unpublished = { count: count + 1, firstLine: Math.min(firstLine, line), reason };
  }
}
