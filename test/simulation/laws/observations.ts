import { attributeNames } from '../../../shared/messages/attributes.ts';
import type { StreamSettings } from '../../../shared/stream-settings.ts';
import type { Kept } from '../../../shared/embedded/clean-event-store.ts';
import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { Gap } from '../../../shared/gaps/gap.ts';
import type { Progress } from '../../../shared/gaps/progress.ts';
import type {
  CheckSeen,
  DeliverySeen,
  Journal,
  Observation,
  PublishedSeen,
  ReplaySeen,
  TroubleSeen,
} from '../journal.ts';
import type { SentEvent, SentMessage } from '../sent-message.ts';
import { noId, recordIn } from '../sent-message.ts';
import type { Suspect } from '../ids-in-blocks.ts';
import { mostSkewMs } from '../fleet.ts';
import { groupBy } from './group-by.ts';

/** The state of a run at its end. */
export interface RunResult {
  readonly journal: Journal;
  /** The settings of each stream. */
  readonly settings: (stream: string) => StreamSettings;
  /** The number of deliveries that are neither acked nor given up. */
  readonly pending: number;
  /** The number of handlers of living instances that have not returned. */
  readonly handlersUnderWay: number;
  /** The letters that were filed, by root. */
  readonly filed: ReadonlyMap<string, DeadLetter>;
  /** The content of the optional sink, by key. */
  readonly sink: (key: string) => Kept | undefined;
  /** The messages that the dead-letter store keeps because they are too large to publish, by root. */
  readonly oversized: (root: string) => Message | undefined;
  /** The ids with an event that waits for the answer of verify. */
  readonly suspects: readonly Suspect[];
  /** The ids with an entry in a block, by stream. */
  readonly held: ReadonlyMap<string, ReadonlySet<number>>;
}

/** A message on the clean topic. */
export interface CleanSeen extends Observation {
  readonly n: number | undefined;
  readonly stream: string;
  /** `noId` if the event has none. */
  readonly id: number;
  readonly type: string;
  readonly key: string;
  readonly origin: string;
  readonly supersedes: string | undefined;
  readonly confidence: number;
  readonly verification: string | undefined;
  readonly text: string;
  readonly by: string;
  /** Whether the publish took effect after its publisher had been told that it failed. */
  readonly isOverdue: boolean;
  /** Whether the publisher was told that the publish succeeded. */
  readonly isAnswered: boolean;
}

/** A message on the dead-letter queue. */
export interface LetterSeen extends Observation {
  readonly n: number | undefined;
  readonly stream: string | undefined;
  readonly id: number | undefined;
  readonly code: string;
  readonly stage: string;
  readonly detail: string;
  readonly root: string;
  readonly text: string;
}

/** The observations of a run, indexed for the laws. They depend on the result of the run alone. */
export class Observations {
  readonly journal: Journal;
  readonly settings: RunResult['settings'];
  readonly pending: number;
  readonly handlersUnderWay: number;
  readonly filed: RunResult['filed'];
  readonly sink: RunResult['sink'];
  readonly suspects: RunResult['suspects'];
  readonly oversized: RunResult['oversized'];
  private readonly held: RunResult['held'];
  readonly sent: readonly SentMessage[];
  readonly cleans: readonly CleanSeen[];
  readonly letters: readonly LetterSeen[];
  /** The numbered streams. */
  readonly streams: readonly string[];
  /** The rows of the ledger in their last saved state. */
  readonly rows: readonly Gap[];
  private readonly byNumber: ReadonlyMap<number | undefined, SentMessage>;
  private readonly ofKey: ReadonlyMap<string | undefined, readonly SentMessage[]>;
  private readonly cleansOf: ReadonlyMap<number | undefined, readonly CleanSeen[]>;
  private readonly lettersByNumber: ReadonlyMap<number | undefined, readonly LetterSeen[]>;
  private readonly lettersByRoot: ReadonlyMap<string, readonly LetterSeen[]>;
  private readonly sentById: ReadonlyMap<string, readonly SentMessage[]>;
  private readonly checksByRecord: ReadonlyMap<string, readonly CheckSeen[]>;
  private readonly deliveriesByNumber: ReadonlyMap<number | undefined, readonly DeliverySeen[]>;
  private readonly troublesByInstance: ReadonlyMap<string, readonly TroubleSeen[]>;
  private readonly operated: ReadonlySet<number | undefined>;
  private readonly sentLate: ReadonlySet<number>;

  constructor({ journal, settings, pending, handlersUnderWay, filed, sink, oversized, suspects, held }: RunResult) {
    this.journal = journal;
    this.settings = settings;
    this.pending = pending;
    this.handlersUnderWay = handlersUnderWay;
    this.filed = filed;
    this.sink = sink;
    this.suspects = suspects;
    this.oversized = oversized;
    this.held = held;
    this.sent = journal.sent.map(({ sent }) => sent);
    this.cleans = journal.published
      .filter(({ topic }) => topic === 'cleaned-events')
      .map((one) => cleanOf(one, journal));
    this.letters = journal.published
      .filter(({ topic }) => topic === 'dead-letter-queue')
      .map((one) => letterOf(one, journal));
    this.streams = [...new Set(this.sent.map(({ stream }) => stream))].filter((name) => !isUnnumbered(settings(name)));
    this.rows = [...new Map(journal.rows.map(({ row }) => [`${row.stream}/${row.from}`, row])).values()];
    this.byNumber = new Map(this.sent.map((sent) => [sent.n, sent]));
    this.ofKey = groupBy(this.sent, ({ what }) => (what.kind === 'void' ? undefined : what.key));
    this.cleansOf = groupBy(this.cleans, ({ n }) => n);
    this.lettersByNumber = groupBy(this.letters, ({ n }) => n);
    this.lettersByRoot = groupBy(this.letters, ({ root }) => root);
    this.sentById = groupBy(this.sent, ({ stream, what }) =>
      what.kind === 'void' ? '' : `${stream}/${what.id ?? ''}`,
    );
    this.checksByRecord = groupBy(journal.checks, ({ record }) => record);
    this.deliveriesByNumber = groupBy(journal.deliveries, ({ n }) => n);
    this.troublesByInstance = groupBy(journal.troubles, ({ by }) => by);
    this.operated = new Set(journal.replays.map(({ n }) => n));
    const { slept } = journal;
    const late = journal.sent.filter(({ order }) => slept !== undefined && order > slept.order);
    this.sentLate = new Set(late.map(({ sent: { n } }) => n));
  }

  /** Finds the producer's message with a number. */
  sentBy(n: number | undefined): SentMessage | undefined {
    return this.byNumber.get(n);
  }

  /** Finds the messages with an event of a key, well-formed or not. */
  sentUnder(key: string): readonly SentMessage[] {
    return this.ofKey.get(key) ?? [];
  }

  /** Finds the clean events of a message. */
  cleansBy(n: number | undefined): readonly CleanSeen[] {
    return this.cleansOf.get(n) ?? [];
  }

  /** Finds the letters about a message. */
  lettersAbout(n: number | undefined): readonly LetterSeen[] {
    return this.lettersByNumber.get(n) ?? [];
  }

  /** Finds the letters of a root. */
  lettersOf(root: string): readonly LetterSeen[] {
    return this.lettersByRoot.get(root) ?? [];
  }

  /** Finds the producers' messages about one id of a stream, without voids. */
  sentAbout(stream: string, id: number): readonly SentMessage[] {
    return this.sentById.get(`${stream}/${id}`) ?? [];
  }

  /** Finds what the system of record said about the record of a message. */
  checksOf(n: number | undefined): readonly CheckSeen[] {
    const sent = this.sentBy(n);
    return (sent && this.checksByRecord.get(recordIn(sent.text))) ?? [];
  }

  /** Finds the answers of the system of record about a message, without refusals. */
  answersAbout(n: number | undefined): readonly string[] {
    return this.checksOf(n).flatMap(({ says }) => (says === 'refused' ? [] : [says]));
  }

  /** Finds the deliveries of a message to track. */
  deliveriesOf(n: number | undefined): readonly DeliverySeen[] {
    return this.deliveriesByNumber.get(n) ?? [];
  }

  /** Finds the faults that an instance met. */
  troublesOf(instance: string): readonly TroubleSeen[] {
    return this.troublesByInstance.get(instance) ?? [];
  }

  /** Whether an operator has replayed a message. */
  isOperated(n: number | undefined): boolean {
    return this.operated.has(n);
  }

  /** Finds the replays about the event of a message: about its id, or its uuid in an unnumbered stream. */
  replaysAbout({ stream, what }: SentMessage & { readonly what: SentEvent }): readonly ReplaySeen[] {
    if (what.id !== noId) return this.replaysOf(stream, what.id);
    return this.journal.replays.filter((replay) => `${replay.stream ?? ''}/${replay.uuid ?? ''}` === what.key);
  }

  /** Finds the replays about one id of a stream. A replay whose id is not known counts for every id. */
  replaysOf(stream: string, id: number): readonly ReplaySeen[] {
    return this.journal.replays.filter((replay) => replay.stream === stream && (replayedId(replay) ?? id) === id);
  }

  /** Whether a message was sent after ids may have been forgotten. */
  isLate({ n }: Pick<SentMessage, 'n'>): boolean {
    return this.sentLate.has(n);
  }

  /**
   * Whether the first sweep of a stream came after all its ids had been forgotten. The ledger of such a stream starts over.
   */
  isForgotten(stream: string): boolean {
    const { slept, progress } = this.journal;
    return slept !== undefined && !progress.some((one) => one.progress.stream === stream && one.order < slept.order);
  }

  /** The ids of a stream with an entry in a block at the end of the run. */
  heldIn(stream: string): ReadonlySet<number> {
    return this.held.get(stream) ?? new Set();
  }

  /** The ids of a stream whose events were visible when the last sweep began that wrote before the scheduler stopped. */
  heldBeforeSleep(stream: string): ReadonlySet<number> {
    const { slept, progress } = this.journal;
    const last = progress.findLast((one) => one.progress.stream === stream && one.order < (slept?.order ?? 0));
    const sweptAtMs = (last?.progress.sweptAtMs ?? 0) - 2 * mostSkewMs;
    const seen = [...this.cleans, ...this.letters].filter(
      (one) => one.stream === stream && one.n !== undefined && isClaimed(one) && one.atMs < sweptAtMs,
    );
    return new Set(seen.flatMap(({ id }) => id ?? []));
  }

  /** Finds the last saved progress of a stream. */
  progress(stream: string): Progress | undefined {
    return this.journal.progress.findLast(({ progress }) => progress.stream === stream)?.progress;
  }

  rowsOf(stream: string): readonly Gap[] {
    return this.rows.filter((row) => row.stream === stream).sort((a, b) => a.from - b.from);
  }
}

export function isUnnumbered({ numbering }: StreamSettings): boolean {
  return numbering === 'none';
}

/** Reads the timestamp of an event, in milliseconds since 1970. */
export function instantOfText(text: string): number {
  const { timestamp } = JSON.parse(text) as { timestamp: string };
  return Date.parse(timestamp.endsWith('Z') ? timestamp : `${timestamp}Z`);
}

/** Whether a message has an entry. A message outside the sequence bounds of its stream has none. */
export function isClaimed(seen: CleanSeen | { readonly code: string }): boolean {
  return !('code' in seen) || !unclaimed.has(seen.code);
}

const unclaimed: ReadonlySet<string> = new Set(['ERR_SEQUENCE_JUMP', 'ERR_STALE']);

function cleanOf(
  { order, atMs, message: { attributes, data }, by, isOverdue, isAnswered }: PublishedSeen,
  journal: Journal,
): CleanSeen {
  return {
    isOverdue,
    isAnswered,
    order,
    atMs,
    by,
    n: journal.numberOf(attributes),
    stream: attributes.stream ?? '',
    id: Number(attributes.event_id ?? noId),
    type: attributes.type ?? '',
    key: attributes.idempotency_key ?? '',
    origin: attributes.origin ?? '',
    supersedes: attributes.supersedes,
    confidence: Number(attributes.confidence ?? 1),
    verification: attributes.verification,
    text: Buffer.from(data).toString(),
  };
}

function letterOf(
  { order, atMs, message: { attributes, data }, messageId = '' }: PublishedSeen,
  journal: Journal,
): LetterSeen {
  const id = attributes[attributeNames.eventId];
  return {
    order,
    atMs,
    n: journal.numberOf(attributes),
    stream: attributes.stream,
    id: id === undefined ? undefined : Number(id),
    code: attributes[attributeNames.code] ?? 'ERR_DELIVERY',
    stage: attributes[attributeNames.stage] ?? '',
    detail: attributes[attributeNames.detail] ?? '',
    root: attributes[attributeNames.root] ?? `dead-letter-queue/${messageId}`,
    text: Buffer.from(data).toString(),
  };
}

/** Finds the id that a replay is about: that of its letter, or else that of the edit. */
export function replayedId({ eventId, edited }: ReplaySeen): number | undefined {
  return eventId ?? (edited === undefined ? undefined : (JSON.parse(edited) as { event_id: number }).event_id);
}
