import type { Message } from './messages/message.ts';
import type { Block } from './tracking/block.ts';
import type { Totals } from './tracking/totals.ts';
import type { Gap, GapState } from './gaps/gap.ts';
import type { Progress } from './gaps/progress.ts';
import type { LetterHead, LetterRecord } from './dead-letter/record.ts';
import type { TopicName } from './topology.ts';
import type { Answer } from './verification/answer.ts';
import type { Code } from './failure.ts';

/*
 * What the core needs of the outside. An adapter of each stands in shared/gcp and in shared/embedded, and one contract suite
 * (test/contract) runs against both. Whatever fails for now is thrown as RetryableError.
 *
 * Every answer is bounded. A list takes a limit, and where it goes on (a cursor, or the id that it goes on from). The rows of a
 * range are either bounded by the range itself, or come one by one. No method returns all of a set that can grow.
 */

/**
 * Ports for one delivery, by its deadline in milliseconds since 1970. A call that has no answer by then, or is made later, is rejected
 * with a RetryableError: the delivery was given up, and its message comes again.
 */
export type PortsUntil<Ports> = (deadlineMs: number) => Ports;

/** Time. Everything that waits, waits on it, so that a test or the simulator can move it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs something once, after a delay in milliseconds. @returns What calls it off. */
  schedule(delayMs: number, run: () => void): () => void;
}

/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number;

export interface Publisher {
  /** Resolves when the topic has the message for good. */
  publish(topic: TopicName, message: Message): Promise<void>;
}

/** Something read, with what a conditional write of it needs. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: Version;
}

/** What an adapter knows a stored state by (Firestore: the document's update time). Compared by nobody else. */
export type Version = string;

export interface BlockRef {
  readonly stream: string;
  readonly index: number;
}

export interface StoredBlock {
  /** An empty block where none is stored. */
  readonly block: Block;
  /** Undefined where none is stored. */
  readonly version: Version | undefined;
  /** Milliseconds since 1970; past it the block may be gone at any time. Infinity where none is stored. */
  readonly expireAtMs: number;
}

export interface BlockWrite {
  readonly ref: BlockRef;
  readonly block: Block;
  /** The version that must still be there; undefined: that no block must be there. */
  readonly expected: Version | undefined;
  /** Milliseconds since 1970, when the block may be deleted. */
  readonly expireAtMs: number;
}

/** `refused`: the store will never take this write, whatever the version. */
export type WriteOutcome =
  | { readonly status: 'written'; readonly version: Version }
  | { readonly status: 'conflict' }
  | { readonly status: 'refused'; readonly reason: string };

export interface BlockStore {
  /** Reads blocks, in the order of the references. */
  read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]>;
  /** Writes blocks, each on its own condition, and answers in their order. When it throws, any of them may have been written. */
  write(writes: readonly BlockWrite[]): Promise<readonly WriteOutcome[]>;
  /** The stored blocks of a range of indexes, both included, ascending; read page by page, as they are asked for. */
  scan(stream: string, from: number, to: number): AsyncIterable<Block>;
  /** The stored block with the lowest ids. */
  first(stream: string): Promise<StoredBlock | undefined>;
  /** The stored block with the highest ids. */
  last(stream: string): Promise<Block | undefined>;
  /** What the ids of a range of blocks hold, both ends included: by the totals that the blocks carry, without reading them. */
  totals(stream: string, from: number, to: number): Promise<Totals>;
  /** The stored blocks with entries that were accepted and are not known to be published, at most `limit`, in no order. */
  unpublished(stream: string, limit: number): Promise<readonly StoredBlock[]>;
  /**
   * The streams that hold anything, by name, at most `limit`.
   *
   * @param cursor The `next` of the page before; none for the first page.
   * @returns Undefined for a cursor that the store does not know, or knows no more.
   */
  streams(limit: number, cursor?: string): Promise<StreamPage | undefined>;
}

export interface StreamPage {
  readonly names: readonly string[];
  /** The cursor of the next page; undefined where this is the last. */
  readonly next: string | undefined;
}

/** A row of the ledger that is stored and cannot be read: a bug of ours, or somebody has changed it by hand. */
export interface UnreadableGap {
  readonly stream: string;
  /** The first id, by the name of the row. 0 if the name is none: of no id is it then known that it is not in the gap. */
  readonly from: number;
  /** The last id, if it can be read. */
  readonly to: number | undefined;
  readonly state: GapState | undefined;
  /** The members that are wrong, without values. */
  readonly reason: string;
}

/** Rows of the ledger. One that cannot be read does not hide the others. */
export interface GapRows<Row = Versioned<Gap>> {
  readonly gaps: readonly Row[];
  readonly unreadable: readonly UnreadableGap[];
}

export interface GapPage<Row = Versioned<Gap>> extends GapRows<Row> {
  /** The id that the next page goes on from; undefined where this is the last. */
  readonly next: number | undefined;
}

/** What each stream is known to miss, and how far it is accounted for. */
export interface GapLedger {
  progress(stream: string): Promise<Versioned<Progress> | undefined>;
  /**
   * Saves a stream's progress and files the gaps that were found on the way there, at most {@link maxFiledAtOnce}: all of it or
   * nothing, so that what was scanned and what was found never part.
   *
   * @returns The new version; undefined if another than the expected one (undefined: none) was there, and nothing was saved.
   */
  saveProgress(
    stream: string,
    progress: Progress,
    expected: Version | undefined,
    found?: readonly Gap[],
  ): Promise<Version | undefined>;
  /** The gaps of a stream that are `open` or `requested`, ascending, at most `limit`; only those that begin above an id, if given. */
  unresolved(stream: string, limit: number, above?: number): Promise<GapPage>;
  /** How many gaps of a stream are `open` or `requested`. */
  countUnresolved(stream: string): Promise<number>;
  /** @throws InvariantError for a row that cannot be read. */
  find(stream: string, from: number): Promise<Versioned<Gap> | undefined>;
  /** @returns Whether the expected version was still there, and the gap was saved. */
  save(gap: Gap, expected: Version): Promise<boolean>;
  /** The gaps that hold an id of a block, ascending: gaps do not overlap, so there are no more of them than ids. */
  overlapping(ref: BlockRef): Promise<GapRows>;
  /** The gaps of a stream, those with the highest ids first, at most `limit`; only those that begin below an id, if it is given. */
  list(stream: string, limit: number, below?: number): Promise<GapPage<Gap>>;
}

/** The most gaps that are filed at once. */
export const maxFiledAtOnce = 200;

export interface DeadLetterStore {
  /** A letter with its message. */
  find(id: string): Promise<Versioned<LetterRecord> | undefined>;
  /** @returns Whether the expected version (undefined: none) was still there, and the record was saved. */
  save(record: LetterRecord, expected: Version | undefined): Promise<boolean>;
  /** The newest letters first, at most `limit`, without their messages: those are up to 10 MB each. */
  list(limit: number): Promise<readonly LetterHead[]>;
  /** How many letters are open, by the codes of which there are any. */
  openByCode(): Promise<ReadonlyMap<Code, number>>;
  /** Letters about one id of a stream, the newest first, at most `limit`, without their messages. */
  about(stream: string, eventId: number, limit: number): Promise<readonly LetterHead[]>;
  /** Keeps a message that is too large to pass on, under its root. */
  keep(root: string, message: Message): Promise<void>;
  kept(root: string): Promise<Message | undefined>;
}

/** Which id holds a uuid, in streams whose uuids are unique in the whole stream. */
export interface UuidKeys {
  /** Claims a uuid for an id, unless another holds it. @returns The id that holds it now. */
  claim(stream: string, uuid: string, eventId: number): Promise<number>;
}

/** The clean events of the optional sink, by `idempotency_key`. */
export interface CleanEventStore {
  /** Stores an event unless its key holds one, or a tombstone. */
  put(key: string, event: Message): Promise<void>;
  /** Replaces what a key holds, or will hold, by a tombstone that names what came instead. */
  bury(key: string, supersededBy: string): Promise<void>;
}

/** A system that knows the truth about events of some types: HubSpot, Stripe, Twilio. */
export interface SystemOfRecord {
  check(event: Message): Promise<Answer>;
}

export type Counter =
  | 'received'
  | 'provenance-stripped'
  | 'unknown-type'
  | 'published'
  | 'dropped'
  | 'applied'
  /** Inferences that came later than what they stand for. */
  | 'unneeded'
  | 'duplicate'
  | `letter-${Code}`
  | 'suspect'
  /** Marks that the store did not take: their events may be published once more. */
  | 'mark-lost';

/** What a sweep leaves behind, for whoever watches. */
export interface StreamHealth {
  readonly stream: string;
  readonly highWater: number;
  readonly watermark: number;
  /** High water − watermark: how many ids are not known to be accounted for. */
  readonly lag: number;
  readonly unresolvedGaps: number;
  /** For how long the oldest of them has been known. */
  readonly oldestGapSeconds: number;
}

/** What is worth knowing, never values of events. */
export interface Log {
  count(counter: Counter, by?: number): void;
  /** How far a stream is accounted for, after each sweep that had something to do. */
  swept(health: StreamHealth): void;
  error(message: string, error: unknown): void;
}
