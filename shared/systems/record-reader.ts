import type { Ref, Sighting } from '../verification/sighting.ts';

type WithoutTime<S> = S extends Sighting ? Omit<S, 'fetchedAtMs'> : never;

/** A record as a system of record showed it, without the time of the request. */
export type ReadRecord = WithoutTime<Sighting>;

/** Reads records by the vendor's own client, with one request and without retries. */
export interface RecordReader {
  /** Returns how many records one request can read. They must be of one kind and one account. */
  maxBatch(ref: Ref): number;
  /**
   * Reads records. The answers are in the order of the references.
   *
   * @throws SystemTrouble, or AccessError if the system refuses the key. No other error, and none with a cause.
   */
  read(refs: readonly Ref[], signal: AbortSignal): Promise<readonly ReadRecord[]>;
}
