/** A record that is looked up for an event. */
export interface Ref {
  readonly kind: string;
  readonly id: string;
  /** The account that has the record. Undefined for the account of the key. */
  readonly account?: string | undefined;
  /** The values that are needed of the record, as JSON pointers. */
  readonly fields: readonly string[];
  /** Those of them that may have changed, so that their former values are needed. By default all. */
  readonly former?: readonly string[];
  /** The time of the event, in milliseconds since 1970. A record that was read before is no answer about the event. */
  readonly eventMs: number;
}

/** A value that a record once had. */
export interface FormerValue {
  /** The value as JSON text. */
  readonly text: string;
  /** When the record got the value, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** The record as a system of record showed it, or that there is none. */
export type Sighting = AbsentRecord | SeenRecord;

export interface AbsentRecord {
  readonly absent: true;
  readonly fetchedAtMs: number;
}

export interface SeenRecord {
  readonly absent?: false;
  /** The JSON of the record, as it came. */
  readonly text: string;
  /** When the record was last changed, if the system tells it. */
  readonly changedAtMs?: number | undefined;
  /** The values over time, by JSON pointer, in any order. */
  readonly history?: Readonly<Record<string, readonly FormerValue[]>>;
  /** JSON pointers to values that the system keeps back, such as the text of a redacted message. */
  readonly withheld?: readonly string[];
  /** When the look-up began, in milliseconds since 1970. */
  readonly fetchedAtMs: number;
}
