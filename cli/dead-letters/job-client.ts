import type { Job, JobCounts, JobItem } from '../../shared/operator/job.ts';
import { spellSums, sumWords } from '../../shared/operator/job-sums.ts';
import { formatCount } from '../../shared/views/format.ts';
import { ConsoleClient } from '../console/console-client.ts';
import { apiJobPath } from './api-path.ts';
import { write, type Io } from '../command.ts';
import { ProgressBar } from '../screen/progress-bar.ts';
import { thousands } from '../screen/table.ts';

/** A job as the API answers it. */
export interface ShownJob extends JobCounts, Pick<Job, 'id' | 'action' | 'by' | 'chosenBy'> {
  readonly state: Job['state'] | 'expired';
  readonly createdAt: string;
}

/** How long the console may take to stop a job, in milliseconds. */
const maxStopMs = 5_000;
/** How many calls in a row may bring nothing new, while replays wait for their answers. */
const maxIdleCalls = 3;

/** Plans a job. @returns Undefined as the job if no letter matches: the console plans none then. */
export async function planJobs(
  client: ConsoleClient,
  body: object,
): Promise<{ readonly job: ShownJob | undefined; readonly json: object }> {
  const { json } = await client.change({ method: 'POST', path: '/api/jobs', body });
  return { job: 'id' in json ? (json as unknown as ShownJob) : undefined, json };
}

/** Works on a job until it is done, pauses, or waits for answers only. Ctrl-C stops the job. */
async function runJob(client: ConsoleClient, planned: ShownJob, io: Io): Promise<ShownJob> {
  try {
    return await runToEnd(client, planned, io);
  } catch (error) {
    if (!io.signal.aborted) throw error;
    // The console works on for some seconds unless it is told to stop.
    const untilEnd = new ConsoleClient({ env: io.env, signal: AbortSignal.timeout(maxStopMs) });
    return callJob(untilEnd, planned.id, 'stop');
  }
}

async function runToEnd(client: ConsoleClient, planned: ShownJob, io: Io): Promise<ShownJob> {
  const before = planned.matched - planned.left;
  const bar = new ProgressBar(io.stderr, planned.matched, { noun: 'letter', before });
  let job = planned;
  try {
    for (let idle = 0; idle < maxIdleCalls;) {
      const next = await callJob(client, job.id, 'run');
      idle = next.left === job.left ? idle + 1 : 0;
      bar.advance(job.left - next.left);
      bar.draw(next.matched - next.left, Date.now());
      job = next;
      if (job.state !== 'running') break;
    }
    return job;
  } finally {
    bar.clear();
  }
}

async function callJob(client: ConsoleClient, id: string, action: 'run' | 'stop'): Promise<ShownJob> {
  return (await client.change({ method: 'POST', path: apiJobPath(id, action) })).json as unknown as ShownJob;
}

type Result = Pick<JobItem, 'id' | 'why'> & { readonly result: string };

interface ResultPage {
  readonly results: readonly Result[];
  readonly next?: string;
}

/** Loads what became of each letter of a job. */
export async function loadResults(client: ConsoleClient, id: string): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let cursor: string | undefined = '0'; cursor !== undefined;) {
    const { json } = await client.get(apiJobPath(id, 'results'), { cursor });
    const page = json as unknown as ResultPage;
    results.push(...page.results);
    cursor = page.next;
  }
  return results;
}

/** The number of letters that did not end well and are shown after a job was run. */
const maxShownResults = 20;
/** The exit code that shells use for a program that Ctrl-C ended. */
const interruptedCode = 130;

/** Runs a job, and prints its sums and the letters that did not end well. @returns The exit code. */
export async function runAndReport(client: ConsoleClient, planned: ShownJob, isJson: boolean, io: Io): Promise<number> {
  const job = await runJob(client, planned, io);
  const isInterrupted = io.signal.aborted;
  if (!isJson && !isInterrupted) await write(io.stdout, await drawBadResults(client, job, maxShownResults));
  const code = await reportJob(job, isJson, io);
  return isInterrupted ? interruptedCode : code;
}

const badResults = ['cameBack', 'invalid', 'changed', 'skipped'] as const;

/** Draws the letters of a job that did not end well, one line each, at most `max`. */
export async function drawBadResults(
  client: ConsoleClient,
  job: ShownJob,
  max = Number.POSITIVE_INFINITY,
): Promise<string> {
  const count = job.cameBack + job.invalid + job.changed + job.skipped;
  if (count === 0) return '';
  const results = await loadResults(client, job.id);
  const bad = results.flatMap((one) => {
    const result = badResults.find((name) => name === one.result);
    return result ? [{ ...one, result }] : [];
  });
  const lines = bad.slice(0, max).map(({ id, result, why = '' }) => `  ${id}  ${sumWords[result]}  ${why}\n`);
  const more =
    count > max ? [`  and ${thousands(count - max)} more: eventmend dead-letters jobs show ${job.id}\n`] : [];
  return [...lines, ...more].join('');
}

/** Prints the sums of a job, which add up, and the next step. @returns The exit code. */
export async function reportJob(job: ShownJob, isJson: boolean, io: Io): Promise<number> {
  await write(io.stdout, isJson ? `${JSON.stringify(job)}\n` : `${drawJob(job)}\n${nextStepOf(job)}`);
  const isGood = job.cameBack + job.invalid + job.changed + job.skipped === 0 && job.state !== 'paused';
  return isGood ? 0 : 3;
}

function drawJob(job: ShownJob): string {
  const { id, action, state, matched } = job;
  const sums = spellSums(action, job);
  return `  job ${id} (${state}): ${formatCount(matched, 'letter')}${sums === '' ? '' : `: ${sums}`}`;
}

function nextStepOf({ id, state, left }: ShownJob): string {
  if (state === 'expired') return '  nobody ran it within an hour of its plan, so it cannot be run any more\n';
  if (state === 'planned') return `  nothing was changed: eventmend dead-letters jobs resume ${id} runs it\n`;
  if (state === 'paused')
    return `  many came back or are invalid: look at them (eventmend dead-letters jobs show ${id}), then resume or stop the job\n`;
  return left > 0 ? `  eventmend dead-letters jobs resume ${id} goes on\n` : '';
}
