import type { Gap } from '../../shared/gaps/gap.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { attributeNames, internalPrefix } from '../../shared/messages/attributes.ts';
import type { Attributes, Message } from '../../shared/messages/message.ts';
import type { TopicName } from '../../shared/topology.ts';
import type { Answer } from '../../shared/verification/answer.ts';
import { sentAttribute, type SentMessage } from './sent-message.ts';

/** A fact that is visible from outside the pipeline. `order` numbers the observations of a run. */
export interface Observation {
  readonly order: number;
  readonly atMs: number;
}

/** A producer's message, when it was published. */
export interface SentSeen extends Observation {
  readonly sent: SentMessage;
  /** Its root, if the message id from Pub/Sub is known. */
  readonly root?: string;
}

/** A message on a topic, and the instance that published it. */
export interface PublishedSeen extends Observation {
  readonly topic: TopicName;
  readonly message: Message;
  readonly by: string;
  /** Whether the publish took effect after its publisher had been told that it failed. */
  readonly isOverdue: boolean;
  /** Whether the publisher was told that the publish succeeded. */
  readonly isAnswered: boolean;
  /** The message id, for a letter that Pub/Sub wrote itself. */
  readonly messageId?: string;
}

/** A delivery to an instance of track. */
export interface DeliverySeen extends Observation {
  readonly n: number | undefined;
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  readonly by: string;
  /** When the handler returned or threw. */
  endedAtMs?: number;
}

/** A fault that an instance met. It may have lost marks, which are best effort. */
export interface TroubleSeen extends Observation {
  readonly by: string;
}

export interface ProgressSeen extends Observation {
  readonly progress: Progress;
  /** The instance that saved it. Undefined if that is not visible. */
  readonly by?: string;
}

export interface RowSeen extends Observation {
  readonly row: Gap;
}

export interface CheckSeen extends Observation {
  /** The id of the record that was looked up. */
  readonly record: string;
  readonly says: Answer['says'];
}

/** A replay of an operator. */
export interface ReplaySeen extends Observation {
  readonly n: number | undefined;
  readonly stream: string | undefined;
  readonly eventId: number | undefined;
  /** The id of the record that belongs to the replayed event. Empty if there is none. */
  readonly record: string;
  /** The uuid of the replayed event. Undefined if it has none. */
  readonly uuid?: string | undefined;
  /** The content that replaces the producer's bytes. Undefined for a replay without an edit. */
  readonly edited: string | undefined;
  readonly replace: boolean;
}

/** All observations of a run from outside the pipeline, and its trace. */
export class Journal {
  readonly sent: SentSeen[] = [];
  readonly published: PublishedSeen[] = [];
  readonly deliveries: DeliverySeen[] = [];
  readonly troubles: TroubleSeen[] = [];
  readonly progress: ProgressSeen[] = [];
  readonly rows: RowSeen[] = [];
  readonly checks: CheckSeen[] = [];
  readonly replays: ReplaySeen[] = [];
  /** The ids that producers will never use, as `{stream}/{id}`. */
  readonly unused = new Set<string>();
  /** The moment at which the scheduler stopped for longer than the deduplication window. */
  slept: Observation | undefined;
  /** The moment at which sweeps had caught up after that. */
  awoke: Observation | undefined;
  /** The number of occurrences by name, for the summary. */
  readonly counts = new Map<string, number>();
  private order = 0;
  private readonly messages = new Map<number, SentMessage>();
  private readonly numbersByRoot = new Map<string | undefined, number>();
  private readonly now: () => number;
  private readonly startMs: number;
  private readonly onLine: ((line: string) => void) | undefined;

  constructor(now: () => number, onLine: ((line: string) => void) | undefined) {
    this.now = now;
    this.startMs = now();
    this.onLine = onLine;
  }

  stamp(): Observation {
    return { order: this.order++, atMs: this.now() };
  }

  /** Records that a producer's message is published. */
  send(sent: SentMessage, root?: string): void {
    this.count('messages');
    this.messages.set(sent.n, sent);
    this.sent.push({ ...this.stamp(), sent, ...(root !== undefined && { root }) });
    if (root !== undefined) this.numbersByRoot.set(root, sent.n);
  }

  /** Finds the number of the producer's message that led to a message. Undefined for an inference. */
  numberOf(attributes: Attributes): number | undefined {
    const n = attributes[sentAttribute];
    return n === undefined ? this.numbersByRoot.get(attributes[attributeNames.root]) : Number(n);
  }

  /** Finds the producer's message with a number. */
  sentAs(n: number | undefined): SentMessage | undefined {
    return n === undefined ? undefined : this.messages.get(n);
  }

  /** Finds the event id of a producer's message. Undefined for a void, and if the id cannot be read. */
  idOf(n: number | undefined): number | undefined {
    const what = this.sentAs(n)?.what;
    return what?.kind === 'void' ? undefined : what?.id;
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Writes a line of the trace, if the trace was asked for. */
  trace(who: string, what: () => string): void {
    if (!this.onLine) return;
    const seconds = ((this.now() - this.startMs) / 1_000).toFixed(3);
    this.onLine(`${seconds.padStart(12)}  ${who.padEnd(14)} ${what()}`);
  }
}

/** Formats a message for a line of the trace. */
export function describe({ data, attributes }: Message): string {
  const shown = Object.entries(attributes)
    .filter(([name]) => shownAttributes.has(name))
    .map(([name, value]) => `${name.replace(internalPrefix, '')}=${value}`);
  return `${shown.join(' ')} ${Buffer.from(data).toString()}`.trim();
}

const shownAttributes: ReadonlySet<string> = new Set([
  'sent',
  'stream',
  'event_id',
  'idempotency_key',
  'origin',
  'supersedes',
  'phase',
  'block',
  'void',
  'possible-duplicate',
  attributeNames.code,
  attributeNames.eventId,
  attributeNames.lastId,
  attributeNames.kind,
  attributeNames.root,
  attributeNames.detail,
]);
