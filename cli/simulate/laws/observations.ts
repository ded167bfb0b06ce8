import type { StreamSettings } from '../../../shared/stream-settings.ts';
import type { Kept } from '../../../shared/embedded/clean-event-store.ts';
import type { LetterRecord } from '../../../shared/dead-letter/record.ts';
import type { Gap } from '../../../shared/gaps/gap.ts';
import type { Progress } from '../../../shared/gaps/progress.ts';
import type { Journal, Observation, PublishedSeen, ReplaySeen } from '../journal.ts';
import { sentOf } from '../passage-ids.ts';
import type { SentMessage } from '../sent-message.ts';
import { groupBy } from './group-by.ts';

/** What is known when a run has ended. */
export interface RunResult {
  readonly journal: Journal;
  /** How each stream was treated. */
  readonly settings: (stream: string) => StreamSettings;
  /** The number of deliveries that are neither acked nor given up. */
  readonly pending: number;
  /** The number of handlers of living instances that have not returned. */
  readonly handlersUnderWay: number;
  /** The letters that were filed, by root. */
  readonly filed: ReadonlyMap<string, LetterRecord>;
  /** What the optional sink holds. */
  readonly kept: (key: string) => Kept | undefined;
}

/** A message on the clean topic. */
export interface Clean extends Observation {
  readonly n: number | undefined;
  readonly stream: string;
  readonly id: number;
  readonly type: string;
  readonly key: string;
  readonly origin: string;
  readonly supersedes: string | undefined;
  readonly confidence: number;
  readonly verification: string | undefined;
  readonly text: string;
  readonly by: string;
  /** It landed after its publisher had been told that it failed. */
  readonly isOverdue: boolean;
  /** Its publisher was told that it succeeded. */
  readonly isAnswered: boolean;
}

/** A message on the dead-letter queue. */
export interface Letter extends Observation {
  readonly n: number | undefined;
  readonly stream: string | undefined;
  readonly id: number | undefined;
  readonly code: string;
  readonly stage: string;
  readonly detail: string;
  readonly root: string;
  readonly text: string;
}

/** The books of a run: for each message what came of it, for each id what was seen of it. Made of the journal, and of nothing else. */
export class Observations {
  readonly journal: Journal;
  readonly settings: RunResult['settings'];
  readonly pending: number;
  readonly handlersUnderWay: number;
  readonly filed: RunResult['filed'];
  readonly kept: RunResult['kept'];
  readonly sent: readonly SentMessage[];
  readonly cleans: readonly Clean[];
  readonly letters: readonly Letter[];
  readonly streams: readonly string[];
  /** The rows of the ledger, as they were last. */
  readonly rows: readonly Gap[];
  private readonly byNumber: ReadonlyMap<number | undefined, SentMessage>;
  private readonly ofKey: ReadonlyMap<string | undefined, readonly SentMessage[]>;
  private readonly cleansOf: ReadonlyMap<number | undefined, readonly Clean[]>;
  private readonly lettersOf: ReadonlyMap<number | undefined, readonly Letter[]>;
  private readonly operated: ReadonlySet<number | undefined>;
  private readonly sentLate: ReadonlySet<number>;

  constructor({ journal, settings, pending, handlersUnderWay, filed, kept }: RunResult) {
    this.journal = journal;
    this.settings = settings;
    this.pending = pending;
    this.handlersUnderWay = handlersUnderWay;
    this.filed = filed;
    this.kept = kept;
    this.sent = journal.sent.map(({ sent }) => sent);
    this.cleans = journal.published.filter(({ topic }) => topic === 'cleaned-events').map(cleanOf);
    this.letters = journal.published.filter(({ topic }) => topic === 'dead-letter-queue').map(letterOf);
    this.streams = [...new Set(this.sent.map(({ stream }) => stream))];
    this.rows = [...new Map(journal.rows.map(({ row }) => [`${row.stream}/${row.from}`, row])).values()];
    this.byNumber = new Map(this.sent.map((sent) => [sent.n, sent]));
    this.ofKey = groupBy(this.sent, ({ what }) => (what.kind === 'event' ? what.key : undefined));
    this.cleansOf = groupBy(this.cleans, ({ n }) => n);
    this.lettersOf = groupBy(this.letters, ({ n }) => n);
    this.operated = new Set(journal.replays.map(({ n }) => n));
    const { slept } = journal;
    const late = journal.sent.filter(({ order }) => slept !== undefined && order > slept.order);
    this.sentLate = new Set(late.map(({ sent: { n } }) => n));
  }

  /** The message of a number. */
  sentBy(n: number | undefined): SentMessage | undefined {
    return this.byNumber.get(n);
  }

  /** The events that were sent under a key. */
  sentUnder(key: string): readonly SentMessage[] {
    return this.ofKey.get(key) ?? [];
  }

  /** The clean events that carry a message's number. */
  cleansBy(n: number | undefined): readonly Clean[] {
    return this.cleansOf.get(n) ?? [];
  }

  /** The letters about a message. */
  lettersAbout(n: number | undefined): readonly Letter[] {
    return this.lettersOf.get(n) ?? [];
  }

  /** Whether an operator has sent a message round again. */
  isOperated(n: number | undefined): boolean {
    return this.operated.has(n);
  }

  /** What an operator sent round again of one id of a stream, or of any where that could not be read. */
  replaysOf(stream: string, id: number): readonly ReplaySeen[] {
    return this.journal.replays.filter((replay) => replay.stream === stream && (replayedId(replay) ?? id) === id);
  }

  /** Whether a message was sent after ids may have been forgotten. */
  isLate({ n }: Pick<SentMessage, 'n'>): boolean {
    return this.sentLate.has(n);
  }

  /**
   * Whether a stream was first swept when ids had been forgotten, and nothing was left that could tell. Of such a stream the
   * ledger begins anew.
   */
  isForgotten(stream: string): boolean {
    const { slept, progress } = this.journal;
    return slept !== undefined && !progress.some((one) => one.progress.stream === stream && one.order < slept.order);
  }

  /** How a stream's progress was saved last. */
  progress(stream: string): Progress | undefined {
    return this.journal.progress.findLast(({ progress }) => progress.stream === stream)?.progress;
  }

  rowsOf(stream: string): readonly Gap[] {
    return this.rows.filter((row) => row.stream === stream).sort((a, b) => a.from - b.from);
  }
}

function cleanOf({ order, atMs, message: { attributes, data }, by, isOverdue, isAnswered }: PublishedSeen): Clean {
  return {
    isOverdue,
    isAnswered,
    order,
    atMs,
    by,
    n: sentOf(attributes),
    stream: attributes.stream ?? '',
    id: Number(attributes.event_id),
    type: attributes.type ?? '',
    key: attributes.idempotency_key ?? '',
    origin: attributes.origin ?? '',
    supersedes: attributes.supersedes,
    confidence: Number(attributes.confidence ?? 1),
    verification: attributes.verification,
    text: Buffer.from(data).toString(),
  };
}

function letterOf({ order, atMs, message: { attributes, data } }: PublishedSeen): Letter {
  const id = attributes['eventmend-id'];
  return {
    order,
    atMs,
    n: sentOf(attributes),
    stream: attributes.stream,
    id: id === undefined ? undefined : Number(id),
    code: attributes['eventmend-code'] ?? 'ERR_DELIVERY',
    stage: attributes['eventmend-stage'] ?? '',
    detail: attributes['eventmend-detail'] ?? '',
    root: attributes['eventmend-root'] ?? '',
    text: Buffer.from(data).toString(),
  };
}

/** The id that a replay is about: an edit may be of a letter whose id could not be read. */
export function replayedId({ eventId, edited }: ReplaySeen): number | undefined {
  return eventId ?? (edited === undefined ? undefined : (JSON.parse(edited) as { event_id: number }).event_id);
}
