import type { Anomaly } from './anomalies/anomaly.ts';
import type { Message } from './messages/message.ts';

/* The ports of what comes after the pipeline: the clean events that are stored, and the anomalies of their streams. */

/** The events of a type whose own time lies in a span. */
export interface EventWindow {
  readonly stream: string;
  readonly type: string;
  /** Milliseconds since 1970, included. */
  readonly startMs: number;
  /** Milliseconds since 1970, not included. */
  readonly endMs: number;
}

/** A key with the event that is stored under it, and with its position in the order of all keys. */
export interface StoredEvent {
  readonly position: string;
  /** Undefined if the event was superseded or erased. */
  readonly event: Message | undefined;
}

/** The optional sink of clean events, by `idempotency_key`. */
export interface CleanEventStore {
  /**
   * Stores an event, unless its key already has an event or a tombstone, or its event was erased.
   *
   * @param expireAtMs When it may be deleted, in milliseconds since 1970. Without it, never.
   */
  put(key: string, event: Message, expireAtMs?: number): Promise<void>;
  /** Loads the event of a key. Undefined if there is none, another one superseded it, or it was erased. */
  event(key: string): Promise<Message | undefined>;
  /** Loads the events of an id of a numbered stream that no other ones superseded, at most `limit`. */
  ofId(stream: string, id: number, limit: number): Promise<readonly Message[]>;
  /**
   * Reads the events of a window that no other ones superseded, in the order of their times. The next page is read when
   * it is needed. Events that a release without `event_time` stored are left out.
   */
  within(window: EventWindow): AsyncIterable<Message>;
  /**
   * Replaces the event of a key by a tombstone that names the superseding key. An event that comes later for the buried
   * key is not stored.
   *
   * @param expireAtMs When the tombstone may be deleted. Without it, never.
   */
  bury(key: string, supersededBy: string, expireAtMs?: number): Promise<void>;
  /**
   * Reads all that is stored, in a fixed order: what comes behind a position, if one is given. Each event is loaded when it
   * is needed, because it can have 9 MB.
   */
  all(after?: string): AsyncIterable<StoredEvent>;
  /**
   * Erases the event at a position. Its key stays taken, so that the event is not stored again if it comes again.
   *
   * @param nowMs Milliseconds since 1970.
   */
  erase(position: string, nowMs: number): Promise<void>;
}

/** The last anomalies that the Dataflow pipeline found. */
export interface AnomalyStore {
  /**
   * Files an anomaly, once for each window and measure.
   *
   * @param expireAtMs When it may be deleted, in milliseconds since 1970.
   */
  file(anomaly: Anomaly, expireAtMs: number): Promise<void>;
  /** Lists the anomalies of the latest windows first, at most `limit`. */
  latest(limit: number): Promise<readonly Anomaly[]>;
}
