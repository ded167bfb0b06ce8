import type { AuditEntry, JobEvent } from '../dead-letter/audit.ts';
import type { Actor } from '../dead-letter/dead-letter.ts';
import { formatAmount, formatCount } from '../views/format.ts';
import { countJob, type Job, type JobCounts } from './job.ts';

type JobSum = Exclude<keyof JobCounts, 'matched'>;

/** The words for the letters that a job closed or opened. A replay closes those whose event the store holds already. */
const doneWords = { replay: 'done', discard: 'discarded', reopen: 'opened' } as const satisfies Record<
  Job['action'],
  string
>;

/** The words for the other results of letters. */
export const sumWords: Readonly<Record<Exclude<JobSum, 'done'>, string>> = {
  published: 'published',
  cameBack: 'came back',
  invalid: 'invalid',
  changed: 'changed meanwhile',
  skipped: 'skipped',
  left: 'left',
};

/** Spells the sums of a job that are above zero: `8 published, 2 came back`. */
export function spellSums(action: Job['action'], counts: JobCounts, separator = ', '): string {
  const words = { done: doneWords[action], ...sumWords };
  return Object.entries(words)
    .map(([name, word]) => [counts[name as JobSum], word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatAmount(count)} ${word}`)
    .join(separator);
}

/** Returns the entry of the audit trail about an operator's act on a job, with the sums that the job has then. */
export function jobEntry(job: Job, did: JobEvent, { by, nowMs }: Actor): AuditEntry {
  const { id, action, matched } = job;
  const sums = matched === 0 ? '' : `: ${spellSums(action, countJob(job))}`;
  const note = `${action} of ${formatCount(matched, 'letter')}${sums}`;
  return { letter: undefined, job: id, by, did, atMs: nowMs, note };
}
