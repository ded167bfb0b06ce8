import type { Message } from '../../shared/messages/message.ts';

/** A record of a file, as a message of its source. */
export interface TakenRecord {
  readonly message: Message;
  readonly messageId: string;
  /** The number of the record in its file, from 1. */
  readonly number: number;
  /** The line on which it begins, from 1. */
  readonly line: number;
}

/** A way from the records of a file to their outcomes. Records are decided one after another. */
export interface Intake {
  /** Takes a record. @returns Undefined if it was taken at once. Its outcome may come later. */
  take(record: TakenRecord): Promise<void> | undefined;
  /** Resolves when all records that were taken have their outcomes. */
  settle(): Promise<void>;
  /** The same, and the stores hold what became of the events. */
  finish(): Promise<void>;
}
