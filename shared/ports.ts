import type { ComparisonHealth, StreamHealth } from './logged-health.ts';
import type { Message } from './messages/message.ts';
import type { Block } from './tracking/block.ts';
import type { CleanCounter } from './tracking/time-to-clean.ts';
import type { Totals } from './tracking/totals.ts';
import type { AnswerCounts } from './gaps/answers.ts';
import type { Gap, GapState } from './gaps/gap.ts';
import type { Progress } from './gaps/progress.ts';
import type { Range } from './gaps/range.ts';
import type { DeadLetterHead, DeadLetter } from './dead-letter/dead-letter.ts';
import type { TopicName } from './topology.ts';
import type { Reconciliation } from './reconciliation/reconciliation.ts';
import type { ListAnswer, ListQuery } from './reconciliation/list.ts';
import type { Ref, Sighting } from './verification/sighting.ts';
import type { Code } from './failure.ts';

/*
 * The ports of the core. shared/gcp and shared/embedded each have an adapter for every port, and one contract suite
 * (test/contract) tests both. A temporary failure is thrown as a RetryableError.
 *
 * Every result is bounded. A list takes a limit and a position (a cursor or an id). The rows of a range are bounded by
 * the range, or are returned one by one. No method returns the whole of a set that can grow.
 */

/**
 * Makes the ports for one delivery from its deadline, in milliseconds since 1970. A call that has no answer by then, or
 * is made later, is rejected with a RetryableError, and the message is delivered again.
 */
export type PortsUntil<Ports> = (deadlineMs: number) => Ports;

/** A clock. All waiting uses it, so that a test or the simulator can control time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs a callback once, after a delay in milliseconds. @returns A function that cancels the callback. */
  schedule(delayMs: number, run: () => void): () => void;
}

/** Returns a random number from 0 (included) to 1 (excluded). */
export type Random = () => number;

export interface Publisher {
  /** Resolves when Pub/Sub has stored the message. */
  publish(topic: TopicName, message: Message): Promise<void>;
}

/** A stored value with its version, for a conditional write. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: Version;
}

/** The version of a stored value (in Firestore: the document's update time). Only the adapter compares versions. */
export type Version = string;

export interface BlockRef {
  readonly stream: string;
  readonly index: number;
  /** Whether it is a bucket of an unnumbered stream. Buckets are stored apart from blocks of ids. */
  readonly isBucket?: boolean;
  /**
   * The path of a page, one hexadecimal digit for each level. A page has the entries for which a full block, or the page
   * above it, has no room. Absent for the block itself.
   */
  readonly page?: string;
}

export interface StoredBlock {
  /** An empty block if none is stored. */
  readonly block: Block;
  /** Undefined if none is stored. */
  readonly version: Version | undefined;
  /** Milliseconds since 1970. Afterwards the block may be deleted at any time. Infinity if none is stored. */
  readonly expireAtMs: number;
  /**
   * When it was written for the first time since it was last deleted, in milliseconds since 1970. Only a block that was
   * read has it.
   */
  readonly createdAtMs?: number | undefined;
}

/** A bucket or a page that is stored, with the reference to it. */
export interface PlacedBlock extends StoredBlock {
  readonly ref: BlockRef;
}

/** A block, and the minute of its last write, in minutes since 1970. */
export interface WrittenBlock {
  readonly block: Block;
  readonly writtenMinute: number;
}

export interface BlockWrite {
  readonly ref: BlockRef;
  readonly block: Block;
  /** The expected version. Undefined: no block must exist. */
  readonly expected: Version | undefined;
  /** When the block may be deleted, in milliseconds since 1970. */
  readonly expireAtMs: number;
  /** When the writer prepared the write, in milliseconds since 1970. */
  readonly writtenAtMs: number;
}

/** `refused`: the write is invalid, and a retry cannot succeed. */
export type WriteOutcome =
  | { readonly status: 'written'; readonly version: Version }
  | { readonly status: 'conflict' }
  | { readonly status: 'refused'; readonly reason: string };

export interface BlockStore {
  /** Reads blocks. The result is in the order of the references. */
  read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]>;
  /**
   * Writes blocks, each under its own condition. The outcomes are in the order of the writes. If it throws, any of the
   * blocks may have been written.
   */
  write(writes: readonly BlockWrite[]): Promise<readonly WriteOutcome[]>;
  /**
   * Reads the stored blocks of a range of indexes, both included, ascending. The next page is read when it is needed.
   */
  scan(stream: string, from: number, to: number): AsyncIterable<Block>;
  /** Reads the stored block with the lowest ids. */
  first(stream: string): Promise<StoredBlock | undefined>;
  /** Reads the stored block with the highest ids. */
  last(stream: string): Promise<Block | undefined>;
  /** Reads the stored bucket of an unnumbered stream with the latest time. */
  lastBucket(stream: string): Promise<Block | undefined>;
  /** Reads the stored blocks with an index of at most `index`, descending, at most `limit`. */
  below(stream: string, index: number, limit: number): Promise<readonly Block[]>;
  /**
   * Reads the stored blocks that were last written at or after a time, in the order of their minutes. The next page is
   * read when it is needed. Times are compared in whole minutes, so blocks that were written earlier in the minute of
   * `sinceMs` are included. A block that is written again while the pages are read may come twice. A block that was
   * last written by a release without `writtenAtMs` is not found.
   *
   * @param sinceMs Milliseconds since 1970, by the writers' clocks.
   * @param above Leaves out the blocks of the first minute up to this index. Within a minute blocks come ascending.
   */
  writtenSince(stream: string, sinceMs: number, above?: number): AsyncIterable<WrittenBlock>;
  /** Adds up the totals of a range of blocks, both ends included, without reading the blocks. */
  totals(stream: string, from: number, to: number): Promise<Totals>;
  /**
   * Adds up the events of an unnumbered stream in the buckets from an index on, and in their pages.
   *
   * @param end The index before which to stop. Undefined: all of them.
   */
  eventTotals(stream: string, from: number, end?: number): Promise<Totals>;
  /**
   * Reads blocks with entries that are accepted and not known to be published, at most `limit`, in no particular order.
   */
  unpublished(stream: string, limit: number): Promise<readonly StoredBlock[]>;
  /**
   * Reads the buckets and pages of a stream with entries that are not known to be published, or are with verify, at most
   * `limit` of each, in no particular order.
   */
  unsettled(stream: string, limit: number): Promise<readonly PlacedBlock[]>;
  /**
   * Adds up the revisions of a stream without reading its blocks: the published events whose ids other events hold.
   * A block that an older release wrote counts once it is written again.
   */
  revisions(stream: string): Promise<number>;
  /**
   * Lists the names of streams that have stored data, ascending, at most `limit`.
   *
   * @param cursor The `next` of the previous page. Undefined for the first page.
   * @returns Undefined if the cursor is unknown or has expired.
   */
  streams(limit: number, cursor?: string): Promise<StreamPage | undefined>;
}

export interface StreamPage {
  readonly names: readonly string[];
  /** The cursor of the next page. Undefined if this is the last page. */
  readonly next: string | undefined;
}

/** A row of the ledger that cannot be read, because of a bug, or because somebody changed it by hand. */
export interface UnreadableGap {
  readonly stream: string;
  /** The first id, from the name of the row. 0 if the name is invalid, because then any id may be in the gap. */
  readonly from: number;
  /** The last id, if it is readable. */
  readonly to: number | undefined;
  readonly state: GapState | undefined;
  /** The names of the invalid members, without values. */
  readonly reason: string;
}

/** Rows of the ledger. An unreadable row does not hide the others. */
export interface GapRows<Row = Versioned<Gap>> {
  readonly gaps: readonly Row[];
  readonly unreadable: readonly UnreadableGap[];
}

export interface GapPage<Row = Versioned<Gap>> extends GapRows<Row> {
  /** The position of the next page. Undefined if this is the last page. */
  readonly next: number | undefined;
}

/** The gaps and the progress of each stream. */
export interface GapLedger {
  progress(stream: string): Promise<Versioned<Progress> | undefined>;
  /**
   * Saves a stream's progress and files new gaps, at most {@link maxFiledAtOnce}, in one atomic write. So progress and
   * gaps always agree.
   *
   * @returns The new version. Undefined if the stored version is not the expected one (undefined: no progress), and
   * nothing was saved.
   */
  saveProgress(
    stream: string,
    progress: Progress,
    expected: Version | undefined,
    found?: readonly Gap[],
  ): Promise<Version | undefined>;
  /**
   * Reads the gaps of a stream that are `open` or `requested`, ascending, at most `limit`. If `above` is given, only
   * those that begin above it.
   */
  unresolved(stream: string, limit: number, above?: number): Promise<GapPage>;
  /** Reads the gaps of a stream that were given up and that no letter lists yet, in the same way. */
  untold(stream: string, limit: number, above?: number): Promise<GapPage>;
  /** Counts the gaps of a stream that are `open` or `requested`. */
  countUnresolved(stream: string): Promise<number>;
  /** @throws InvariantError if the row cannot be read. */
  find(stream: string, from: number): Promise<Versioned<Gap> | undefined>;
  /** @returns Whether the stored version was the expected one, and the gap was saved. */
  save(gap: Gap, expected: Version): Promise<boolean>;
  /**
   * Reads the gaps that contain an id of a block, ascending. Gaps may overlap, but no two begin at the same id. Of the
   * long gaps that begin more than {@link maxShortGap} ids below the block, it reads at most {@link maxLongGaps}: those
   * that end first.
   */
  overlapping(ref: BlockRef): Promise<GapRows>;
  /**
   * Reads the gaps that contain an id of a range, page by page. The next page is read when it is needed. The first page
   * has the long gaps that begin more than {@link maxShortGap} ids below the range, at most {@link maxLongGaps}: those that
   * end first. The gaps of the other pages are ascending. A gap that is filed meanwhile may be left out.
   */
  within(stream: string, range: Range): AsyncIterable<GapRows>;
  /** Reads the gaps of a stream, descending, at most `limit`. If `below` is given, only those that begin below it. */
  list(stream: string, limit: number, below?: number): Promise<GapPage<Gap>>;
  /** Adds up the answers of a stream that came after the deadlines of their gaps. */
  lateAnswers(stream: string): Promise<AnswerCounts>;
}

/** The maximum number of gaps in one write. */
export const maxFiledAtOnce = 200;

/** The maximum number of long gaps over one block that are read. */
export const maxLongGaps = 500;

export interface DeadLetterStore {
  /** Reads a record with its messages. */
  find(id: string): Promise<Versioned<DeadLetter> | undefined>;
  /** Reads a record without its messages. */
  head(id: string): Promise<DeadLetterHead | undefined>;
  /**
   * Saves a record after one change. The record, the expiry of its bodies, and an entry of the audit trail for the newest
   * entry of its history are one commit. The time at which a record was opened is that of the commit.
   *
   * The message of a record is saved with its first revision, and when its content is erased or takes the place of what
   * was erased. With a record whose content is erased, every message that is kept for it is erased too.
   *
   * @returns Whether the stored version was the expected one (undefined: no record), and the record was saved.
   */
  save(record: DeadLetter, expected: Version | undefined): Promise<boolean>;
  /**
   * Lists the ids of the records that sweep has to look at by a time, those that wait longest first, at most `limit`.
   *
   * @param nowMs Milliseconds since 1970.
   */
  due(nowMs: number, limit: number): Promise<readonly string[]>;
  /**
   * Saves when sweep looks at a record again, and nothing else: that is no change, so it has no entry in history and audit
   * trail.
   *
   * @returns Whether the stored version was the expected one, and the time was saved.
   */
  postpone(record: DeadLetter, expected: Version): Promise<boolean>;
  /** Lists the ids of all records, ascending, at most `limit`: those behind `after`, if it is given. */
  ids(limit: number, after?: string): Promise<readonly string[]>;
  /** Lists the newest letters first, at most `limit`, without their messages, which have up to 10 MB each. */
  list(limit: number): Promise<readonly DeadLetterHead[]>;
  /** Counts the open letters by code. Codes without letters are left out. */
  openByCode(): Promise<ReadonlyMap<Code, number>>;
  /**
   * Lists letters about one id of a stream, or one uuid of an unnumbered stream, the newest first, at most `limit`,
   * without their messages.
   */
  about(stream: string, id: number | string, limit: number): Promise<readonly DeadLetterHead[]>;
  /**
   * Stores a message that is too large to publish, under its root and the number of its replay (0: none). One that was
   * erased and comes again is not stored.
   */
  keep(root: string, replay: number, message: Message): Promise<void>;
  kept(root: string, replay: number): Promise<Message | undefined>;
}

/** The ids that hold uuids, for streams in which a uuid is unique across all ids. */
export interface UuidKeys {
  /**
   * Claims a uuid for an id, unless another id holds it. In an unnumbered stream a place stands for the id.
   *
   * @param instantMs The timestamp of the event, in an unnumbered stream: the uuid is held as long as the event is known.
   * @returns The id that holds it now.
   */
  claim(stream: string, uuid: string, eventId: number, instantMs?: number): Promise<number>;
  /** Finds the id that holds a uuid. */
  holder(stream: string, uuid: string): Promise<number | undefined>;
}

/** How far streams were compared with lists of systems of record, by stream and name of the list. */
export interface ReconciliationStore {
  find(stream: string, name: string): Promise<Versioned<Reconciliation> | undefined>;
  /**
   * @returns The new version. Undefined if the stored version is not the expected one (undefined: no state), and nothing
   * was saved.
   */
  save(
    stream: string,
    name: string,
    state: Reconciliation,
    expected: Version | undefined,
  ): Promise<Version | undefined>;
}

/** A system of record for some types of events: HubSpot, Stripe, Twilio. */
export interface SystemOfRecord {
  /**
   * Looks up records. The answers are in the order of the references.
   *
   * @throws RetryableError if the system cannot answer now: a rate limit, an outage, an answer that cannot be read.
   * @throws AccessError if the system refuses the key, or the key is one of another account or mode.
   */
  look(refs: readonly Ref[]): Promise<readonly Sighting[]>;
}

/** A list of what has happened, which a system of record keeps: events, or records with the time of their last change. */
export interface EventList {
  /**
   * Reads a page. Items of the span may be shown late, but one that was shown stays in its span, or moves to a later one.
   *
   * @param after The `next` of the page before. Undefined for the first page.
   * @throws RetryableError or AccessError, as a look-up.
   */
  page(query: ListQuery, after?: string): Promise<ListAnswer>;
}

export type Counter =
  | 'received'
  /** Ticks of the scheduler that sweep handled. Each starts a sweep of every stream. */
  | 'tick'
  /** Attributes of producers that had names of Eventmend's own. */
  | 'attribute-renamed'
  /** The events of split messages beyond the first of each. */
  | 'split'
  | 'unknown-type'
  | 'published'
  /** Events of producers that became clean, and how many of them took longer than a time. */
  | CleanCounter
  | 'dropped'
  | 'applied'
  /** Inferred events that were not needed, because the original came first. */
  | 'unneeded'
  | 'duplicate'
  | `letter-${Code}`
  | 'suspect'
  /** Published events whose ids other events hold, under other keys. */
  | 'revision'
  /** Answers of verify that were dropped, though they say that another content is right than the one that was accepted. */
  | 'overtaken'
  /** Events that the list of a system of record has and no message had brought. */
  | 'recovered'
  /** Fronts and outliers that sweeps dropped because a stream has too many. */
  | 'front-dropped'
  /** Events of unnumbered streams whose timestamps are more than a day ahead. */
  | 'timestamp-ahead'
  /** Events that would have made more streams than their source may have. They are dead letters too. */
  | 'stream-refused'
  /** Open dead letters that were discarded because the setting `openDays` allows them no longer. */
  | 'expired-letter'
  /** Marks that could not be stored. Their events may be published again. */
  | 'mark-lost';

/** Logs counts, health and errors, never values of events. */
export interface Log {
  count(counter: Counter, by?: number): void;
  /** Logs the health of a stream, after each sweep that had something to do. */
  swept(health: StreamHealth): void;
  /** Logs how far a comparison has come, each time that its next run is due. */
  compared(health: ComparisonHealth): void;
  error(message: string, error: unknown): void;
  /** Logs something that an operator may have to look at, without values of events. It raises no alert. */
  warn(message: string): void;
}
