import { JobRunner } from '../../../shared/operator/job-runner.ts';
import type { Job } from '../../../shared/operator/job.ts';
import { maskPatch } from '../../../shared/views/mask-personal.ts';
import type { ApiDeps } from '../api/deps.ts';
import { RequestError } from '../response.ts';
import { isTroubled, jobPage, maxTroubled, type TroubledItem } from './job-page.ts';
import { jobsPage } from './jobs-page.ts';
import type { Screen } from './layout.ts';

const maxJobs = 50;
/** The number of jobs on the overview. */
const newestJobs = 20;
/** The parts of a plan are read so many at a time, and at most so many. Each has up to 500 letters. */
const partsAtOnce = 10;
const maxParts = 50;

export async function findJobs(deps: ApiDeps): Promise<Screen> {
  return jobsPage({ nowMs: deps.clock.now(), jobs: await deps.jobs.list(maxJobs) });
}

export async function loadNewestJobs({ jobs }: Pick<ApiDeps, 'jobs'>): Promise<readonly Job[]> {
  return jobs.list(newestJobs);
}

/** Shows a job with its sums, and the letters that were not changed as planned. */
export async function findJob(deps: ApiDeps, id: string, isOperator: boolean): Promise<Screen> {
  const job = /^[\w-]{1,64}$/.test(id) ? (await deps.jobs.find(id))?.value : undefined;
  if (!job) throw new RequestError(404, 'There is no such job.');
  const troubled = await loadTroubled(new JobRunner(deps), job);
  // A patch is about messages, which viewers do not see.
  const patch = isOperator && job.patch !== undefined ? maskPatch(job.patch, deps.catalog.personal) : undefined;
  return jobPage({ nowMs: deps.clock.now(), job, troubled, patch, isOperator });
}

async function loadTroubled(runner: JobRunner, job: Job): Promise<readonly TroubledItem[]> {
  const { cameBack, invalid, changed, skipped } = job.results;
  const all = Math.min(maxTroubled, cameBack + invalid + changed + skipped);
  const found: TroubledItem[] = [];
  for (let from = 0; from < Math.min(job.parts, maxParts) && found.length < all; from += partsAtOnce)
    for (const { items } of await runner.parts(job, from, partsAtOnce)) found.push(...items.filter(isTroubled));
  return found.slice(0, maxTroubled);
}
