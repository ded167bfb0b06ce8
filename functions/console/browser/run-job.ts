import { formatCount } from '../../../shared/views/format.ts';
import { change, readAnswer } from './api.ts';
import { formatNumber } from './dom.ts';

/** A job as the API answers it: a plan that the console has frozen, and its sums. All but `matched` add up to it. */
export interface BulkJob extends Readonly<Record<BulkSum, number>> {
  readonly id: string;
  readonly state: 'planned' | 'running' | 'paused' | 'stopped' | 'done' | 'expired';
  readonly matched: number;
}

const bulkSums = ['published', 'done', 'cameBack', 'invalid', 'changed', 'skipped', 'left'] as const;
type BulkSum = (typeof bulkSums)[number];

const lookEveryMs = 1_000;
/** The number of calls in a row that may bring nothing new, while replays wait for their answers. */
const maxIdleCalls = 2;

/** Runs a job until it is done, pauses, or only waits for answers. A job that paused goes on. */
export async function workOnJob(id: string, show: (job: BulkJob) => void): Promise<void> {
  const path = `/api/jobs/${id}`;
  const look = async (): Promise<void> => {
    try {
      show(await readAnswer<BulkJob>(path));
    } catch {
      // The call that runs the job says what is wrong.
    }
  };
  const looking = setInterval(() => void look(), lookEveryMs);
  try {
    let [left, idle] = [-1, 0];
    while (idle < maxIdleCalls) {
      const job = await change<BulkJob>(`${path}/run`, { method: 'POST' });
      show(job);
      if (job.state !== 'running') break;
      idle = job.left === left ? idle + 1 : 0;
      ({ left } = job);
    }
  } finally {
    clearInterval(looking);
  }
}

export function stopJob(id: string): Promise<BulkJob> {
  return change<BulkJob>(`/api/jobs/${id}/stop`, { method: 'POST' });
}

export function spellJob(job: BulkJob): string {
  const sums = bulkSums
    .filter((name) => job[name] > 0)
    .map((name) => `${formatNumber(job[name])} ${name === 'cameBack' ? 'came back' : name}`);
  const paused =
    job.state === 'paused' ? '. It paused, because many came back or are invalid: look at them before it goes on.' : '';
  return `${formatCount(job.matched, 'letter')}: ${sums.join(', ')}${paused}`;
}
