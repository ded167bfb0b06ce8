import type { DeadLetter, HistoryEvent, RecordState } from './dead-letter.ts';
import { jobOfKey } from './repeated-request.ts';

/** Something that a person or a function did with a record. */
export interface AuditEntry {
  /** The id of the record. Undefined for what concerns many, such as an export. */
  readonly letter: string | undefined;
  /** The operator, or the function. */
  readonly by: string;
  readonly did: HistoryEvent | AuditedView | JobEvent;
  /** By the clock of the writer, in milliseconds since 1970. */
  readonly atMs: number;
  /** The state and the revision after the change. Absent where nothing was changed. */
  readonly state?: RecordState | undefined;
  readonly revision?: number | undefined;
  readonly replay?: number | undefined;
  readonly note?: string | undefined;
  /** The job that made the change, or that the entry is about. */
  readonly job?: string | undefined;
}

/** A look at messages, or something that concerns many of them. */
export type AuditedView =
  | 'viewed the original'
  | 'viewed the draft'
  | 'exported'
  | 'asked for a recheck'
  /** The note names the criterion without its value. */
  | 'looked for personal data'
  /** How much was erased. Each letter has an entry of its own besides. */
  | 'erased personal data';

/** An operator's act on a job. The note has the sums of the job. */
export type JobEvent = 'planned a job' | 'ran a job' | 'resumed a job' | 'stopped a job';

/** An entry with its position in the trail. */
export interface AuditedChange {
  readonly position: string;
  readonly entry: AuditEntry;
}

/** How long an entry is kept. */
export const auditRetentionMs = 400 * 86_400_000;

/** Returns the entry for the newest change of a record. */
export function auditEntryOf({ id, standing, revision, history }: DeadLetter): AuditEntry | undefined {
  const newest = history.at(-1);
  return newest && { letter: id, state: standing.state, revision, ...newest, job: jobOfKey(newest.requestKey) };
}
