import type { AuditedChange, AuditEntry } from './dead-letter/audit.ts';
import type { DeadLetterHead, RecordState } from './dead-letter/dead-letter.ts';
import type { LetterFilter, LetterOrder } from './dead-letter/letter-filter.ts';
import type { Code } from './failure.ts';
import type { Job, JobPart } from './operator/job.ts';
import type { Version, Versioned } from './ports.ts';

/* The ports with which operators look at dead letters. The rules of ports.ts hold for them too. */

/** A letter that was found, with its position in the order of the search. */
export interface FoundLetter {
  readonly head: DeadLetterHead;
  readonly position: string;
}

/** The text of a reason: the detail of the first letter that had it. */
export interface ReasonText {
  readonly reason: string;
  readonly text: string;
}

/** Searches the records of dead letters, without their messages. */
export interface LetterIndex {
  /**
   * Finds the letters that a filter allows, at most `limit`. By default those that were opened last come first.
   *
   * @param after The position of the last letter that was read in this order. Undefined for the first page.
   * @returns Undefined if the position has not the form of one.
   */
  find(
    filter: LetterFilter,
    limit: number,
    after?: string,
    order?: LetterOrder,
  ): Promise<readonly FoundLetter[] | undefined>;
  /** Counts letters. With `max` it stops there, so that a count costs little. */
  count(filter: LetterFilter, max?: number): Promise<number>;
  /** Finds the letter of a state that was opened first. */
  oldest(state: RecordState): Promise<DeadLetterHead | undefined>;
  /** Lists reasons of a code, at most `limit`, in no particular order. Of a code with very many, some have no text. */
  reasons(code: Code, limit: number): Promise<readonly ReasonText[]>;
}

/**
 * Who changed which record, and who looked at which message. The changes of records are written by
 * the `save` of the store, with the record.
 */
export interface AuditTrail {
  note(entry: AuditEntry): Promise<void>;
  /** Returns the position behind the newest entry. */
  latest(): Promise<string>;
  /**
   * Reads the entries behind a position, the oldest first, at most `limit`.
   *
   * @returns Undefined if the position has not the form of one.
   */
  since(position: string, limit: number): Promise<readonly AuditedChange[] | undefined>;
}

/** The members of a job by which its parts are stored. */
export type StoredJobName = Pick<Job, 'id' | 'createdAtMs'>;

/** Jobs with the parts of their plans. */
export interface JobStore {
  find(id: string): Promise<Versioned<Job> | undefined>;
  /**
   * Saves a job, with the entry of the audit trail about its change in the same commit.
   *
   * @returns Whether the stored version was the expected one (undefined: no job), and the job was saved.
   */
  save(job: Job, expected: Version | undefined, audited?: AuditEntry): Promise<boolean>;
  /** Lists the newest jobs first, at most `limit`. */
  list(limit: number): Promise<readonly Job[]>;
  findPart(id: string, number: number): Promise<Versioned<JobPart> | undefined>;
  /** Stores a part of the plan, before its job. @returns Whether there was none. */
  planPart(job: StoredJobName, part: JobPart): Promise<boolean>;
  /**
   * Saves a part with the results of its letters, and the job with its sums, in one commit.
   *
   * @returns Whether both were saved. Otherwise the job or the part was changed meanwhile, and neither was.
   */
  saveResults(job: Job, part: JobPart, expected: JobVersions): Promise<boolean>;
}

/** The versions of a job and of one of its parts. */
export interface JobVersions {
  readonly job: Version;
  readonly part: Version;
}
