import { unrun, type Job } from '../../shared/operator/job.ts';
import { noon } from './builders.ts';

/** A planned replay of nothing. */
export function aJob(over: Partial<Job> = {}): Job {
  return {
    id: 'job-1',
    by: 'ana',
    action: 'replay',
    note: '',
    patch: undefined,
    replace: false,
    chosenBy: 'state=open',
    createdAtMs: noon,
    matched: 0,
    parts: 1,
    rate: 50,
    ...unrun,
    ...over,
  };
}
