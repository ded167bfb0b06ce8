import type { Gap } from '../../shared/gaps/gap.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { TopicName } from '../../shared/topology.ts';
import type { Answer } from '../../shared/verification/answer.ts';
import type { SentMessage } from './sent-message.ts';

/** Something that was seen from outside of the pipeline. Observations are numbered in the order in which they happened. */
export interface Observation {
  readonly order: number;
  readonly atMs: number;
}

/** A producer's message, when the topic had it. */
export interface SentSeen extends Observation {
  readonly sent: SentMessage;
}

/** A message on a topic, and which instance put it there. */
export interface PublishedSeen extends Observation {
  readonly topic: TopicName;
  readonly message: Message;
  readonly by: string;
  /** It landed after its publisher had been told that it failed. */
  readonly isOverdue: boolean;
  /** Its publisher was told that it succeeded. */
  readonly isAnswered: boolean;
}

/** A delivery to an instance of track. */
export interface DeliverySeen extends Observation {
  readonly n: number | undefined;
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  readonly by: string;
  /** When its handler was through, successfully or not. */
  endedAtMs?: number;
}

/** An instance met something that may keep it from doing what it does best effort. */
export interface TroubleSeen extends Observation {
  readonly by: string;
}

export interface ProgressSeen extends Observation {
  readonly progress: Progress;
  /** Which instance saved it; undefined where that cannot be told. */
  readonly by?: string;
}

/** An instance of sweep looked for the lowest block of a stream. */
export interface LookSeen extends Observation {
  readonly stream: string;
  readonly by: string;
}

export interface RowSeen extends Observation {
  readonly row: Gap;
}

export interface CheckSeen extends Observation {
  readonly n: number | undefined;
  readonly says: Answer['says'];
}

/** What an operator sent round again. */
export interface ReplaySeen extends Observation {
  readonly n: number | undefined;
  readonly stream: string | undefined;
  readonly eventId: number | undefined;
  /** The bytes in place of the producer's. */
  readonly edited: string | undefined;
  readonly replace: boolean;
}

/** Everything that could be seen of a run from outside of the pipeline, and the run's trace. */
export class Journal {
  readonly sent: SentSeen[] = [];
  readonly published: PublishedSeen[] = [];
  readonly deliveries: DeliverySeen[] = [];
  readonly troubles: TroubleSeen[] = [];
  readonly progress: ProgressSeen[] = [];
  readonly looks: LookSeen[] = [];
  readonly rows: RowSeen[] = [];
  readonly checks: CheckSeen[] = [];
  readonly replays: ReplaySeen[] = [];
  /** When the scheduler fell asleep, for longer than ids are remembered. */
  slept: Observation | undefined;
  /** When sweeps had made up for that. */
  awoke: Observation | undefined;
  /** How often what happened, for the summary. */
  readonly counts = new Map<string, number>();
  private order = 0;
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

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Writes a line of the trace, if anyone reads it. */
  trace(who: string, what: () => string): void {
    if (!this.onLine) return;
    const seconds = ((this.now() - this.startMs) / 1_000).toFixed(3);
    this.onLine(`${seconds.padStart(12)}  ${who.padEnd(14)} ${what()}`);
  }
}

/** A message in a line of the trace. */
export function describe({ data, attributes }: Message): string {
  const shown = Object.entries(attributes)
    .filter(([name]) => shownAttributes.has(name))
    .map(([name, value]) => `${name.replace('eventmend-', '')}=${value}`);
  return `${shown.join(' ')} ${Buffer.from(data).toString()}`.trim();
}

const shownAttributes = new Set([
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
  'eventmend-code',
  'eventmend-id',
  'eventmend-last-id',
  'eventmend-kind',
  'eventmend-root',
  'eventmend-detail',
]);
