import type { PlainClaim } from './plain-claims.ts';
import type { TakenRecord } from './taken-record.ts';

/** A way from the records of a file to their outcomes. Records are decided one after another. */
export interface Intake {
  /**
   * Takes a record.
   *
   * @param plain The claim of its event, if that is plain.
   * @returns Undefined if it was taken at once. Its outcome may come later.
   */
  take(record: TakenRecord, plain: PlainClaim | undefined): Promise<void> | undefined;
  /** Resolves when all records that were taken have their outcomes. */
  settle(): Promise<void>;
  /** The same, and the stores hold what became of the events. */
  finish(): Promise<void>;
}
