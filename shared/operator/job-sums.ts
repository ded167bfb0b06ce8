import type { AuditEntry, JobEvent } from '../dead-letter/audit.ts';
import type { Actor } from '../dead-letter/dead-letter.ts';
import { formatAmount, formatCount } from '../views/format.ts';
import { countJob, type Job, type JobCounts } from './job.ts';

type JobSum = Exclude<keyof JobCounts, 'matched'>;

const sumWords: Readonly<Record<JobSum, string>> = {
  published: 'published',
  done: 'done',
  cameBack: 'came back',
  invalid: 'invalid',
  changed: 'changed meanwhile',
  skipped: 'skipped',
  left: 'left',
};

/** Spells the sums of a job that are above zero: `8 published, 2 came back`. */
export function spellSums(counts: JobCounts, separator = ', '): string {
  const sums = Object.entries(sumWords).map(([name, word]) => [counts[name as JobSum], word] as const);
  return sums
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatAmount(count)} ${word}`)
    .join(separator);
}

/** Returns the entry of the audit trail about an operator's act on a job, with the sums that the job has then. */
export function jobEntry(job: Job, did: JobEvent, { by, nowMs }: Actor): AuditEntry {
  const { id, action, matched } = job;
  const sums = matched === 0 ? '' : `: ${spellSums(countJob(job))}`;
  const note = `${action} of ${formatCount(matched, 'letter')}${sums}`;
  return { letter: undefined, job: id, by, did, atMs: nowMs, note };
}
