import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import { InvariantError, RetryableError } from '../errors.ts';
import type { JobEvent } from '../dead-letter/audit.ts';
import type { JobStore } from '../letter-ports.ts';
import type { Clock, Versioned } from '../ports.ts';
import { runLimited } from '../run-limited.ts';
import { changeForJob, type ItemOutcome } from './change-for-job.ts';
import { countWrong, isTrouble, withPart, type Job, type JobItem, type JobPart } from './job.ts';
import { jobEntry } from './job-sums.ts';
import { LetterOperations, type OperationDeps } from './letter-operations.ts';

export type JobDeps = OperationDeps & { readonly jobs: JobStore };

interface ChangeOptions {
  /** Whether the change is still wanted. By default, if nobody stopped the job. */
  readonly isWanted?: (job: Job) => boolean;
  /** The operator's act that the audit trail records. Undefined for what follows from the results. */
  readonly did?: JobEvent;
  readonly by?: string;
}

/** How long one call works on a job. The caller calls again until the job is done. */
const workMs = 20_000;
/** How often the answers to a trial are looked for. */
const lookMs = 1_000;
/** The number of parts for whose last answers a call waits. */
const maxWaitingParts = 2;
const lettersAtOnce = 10;

/**
 * Runs the jobs of operators. The results of a part are one write, and a part that was run is not run again. If the
 * process ends before that write, the part is run again: the job is the request of each change, so that a letter is
 * changed once.
 */
export class JobRunner {
  private readonly deps: JobDeps;
  private readonly operations: LetterOperations;

  constructor(deps: JobDeps) {
    this.deps = deps;
    this.operations = new LetterOperations(deps);
  }

  /**
   * Works on a job for some time. A job that paused or was stopped goes on.
   *
   * @param by The operator under whose name the changes are recorded.
   */
  async run(given: Job, by: string): Promise<Job> {
    const untilMs = this.deps.clock.now() + workMs;
    let job = await this.begin(given, by);
    for (const number of job.unanswered) job = await this.lookForAnswers(job, number);
    job = await this.judge(job, untilMs);
    while (mayRunPart(job) && this.deps.clock.now() < untilMs)
      job = await this.judge(await this.runPart(job, by), untilMs);
    if (job.state !== 'running' || job.partsRun < job.parts) return job;
    // With many parts that wait for answers, looking for them costs too much. The next call looks once.
    if (job.unanswered.length <= maxWaitingParts) job = await this.waitForAnswers(job, untilMs);
    return job.unanswered.length === 0 ? this.change(job, { state: 'done' }) : job;
  }

  /** Stops a job. A call that works on it ends before its next part. */
  async stop(job: Job, by: string): Promise<Job> {
    return this.act(job, 'stopped a job', by, { state: 'stopped' });
  }

  /** Reads some parts of a job, at most `count`, from a number on. */
  async parts(job: Job, from: number, count: number): Promise<readonly JobPart[]> {
    const numbers = Array.from({ length: Math.max(0, Math.min(count, job.parts - from)) }, (_, i) => from + i);
    return Promise.all(numbers.map(async (number) => (await this.part(job, number)).value));
  }

  private async begin(job: Job, by: string): Promise<Job> {
    if (job.state === 'running' && job.runBy === by) return job;
    // The process that ran it may have ended, and somebody else lets it go on.
    if (job.state === 'running') return this.act(job, 'resumed a job', by, { runBy: by });
    const change = {
      state: 'running',
      runBy: by,
      isTried: job.isTried || job.state === 'paused',
      tolerated: countWrong(job.results),
    } as const;
    return this.act(job, job.state === 'planned' ? 'ran a job' : 'resumed a job', by, change);
  }

  /** Makes an operator's change of a job that is not done, and records who made it. */
  private async act(job: Job, did: JobEvent, by: string, change: Partial<Job>): Promise<Job> {
    return this.change(job, change, { isWanted: ({ state }) => state !== 'done', did, by });
  }

  /** Pauses a job if too many of its letters went wrong. Waits for the answers to the trial before. */
  private async judge(given: Job, untilMs: number): Promise<Job> {
    const isTrial = given.partsRun > 0 && !given.isTried;
    const job = isTrial ? await this.waitForAnswers(given, untilMs) : given;
    if (isTrouble(job)) return this.change(job, { state: 'paused' });
    return isTrial && job.unanswered.length === 0 ? this.change(job, { isTried: true }) : job;
  }

  /** Runs the next part, unless another call runs it first. */
  private async runPart(job: Job, by: string): Promise<Job> {
    const stored = await this.part(job, job.partsRun);
    if (stored.value.isRun) return this.afterOtherCall(job);
    const items = await this.changeAll(job, stored.value.items, by);
    const run = await this.saveResults(job, stored, { ...stored.value, items, isRun: true });
    return this.lookForAnswers(run, stored.value.number);
  }

  /** Returns a job after another call has run its next part. */
  private async afterOtherCall(job: Job): Promise<Job> {
    const { value: now } = await this.find(job);
    if (now.partsRun > job.partsRun) return now;
    throw new InvariantError(`part ${job.partsRun} of job ${job.id} was run, and its job does not have its results`);
  }

  private async waitForAnswers(given: Job, untilMs: number): Promise<Job> {
    let job = given;
    while (job.state === 'running' && job.unanswered.length > 0 && this.deps.clock.now() < untilMs) {
      await wait(this.deps.clock, lookMs);
      for (const number of job.unanswered) job = await this.lookForAnswers(job, number);
    }
    return job;
  }

  /** Changes the letters of a part, at most as many a second as the job says. */
  private async changeAll(job: Job, items: readonly JobItem[], by: string): Promise<readonly JobItem[]> {
    const { clock } = this.deps;
    const changed: JobItem[] = [];
    for (let from = 0; from < items.length; from += job.rate) {
      const startedMs = clock.now();
      const some = items.slice(from, from + job.rate);
      await runLimited(some, lettersAtOnce, async (item, i) => {
        changed[from + i] = item.result ? item : { ...item, ...(await changeForJob(this.operations, job, item, by)) };
      });
      const restMs = startedMs + 1_000 - clock.now();
      if (restMs > 0 && from + job.rate < items.length) await wait(clock, restMs);
    }
    return changed;
  }

  /** Looks for the answers to the replays of a part. */
  private async lookForAnswers(job: Job, number: number): Promise<Job> {
    if (!job.unanswered.includes(number)) return job;
    const stored = await this.part(job, number);
    const { items } = stored.value;
    const looked: JobItem[] = [];
    await runLimited(items, lettersAtOnce, async (item, i) => {
      looked[i] = item.result === 'sent' ? { ...item, ...(await this.answerOf(item)) } : item;
    });
    const isSame = looked.every(({ result }, i) => result === items[i]?.result);
    return isSame ? job : this.saveResults(job, stored, { ...stored.value, items: looked });
  }

  private async answerOf({ id }: JobItem): Promise<ItemOutcome> {
    const record = (await this.deps.letters.find(id))?.value;
    if (!record) return { result: 'skipped', why: 'the letter has expired' };
    const { state } = record.standing;
    if (state === 'done') return { result: 'published' };
    if (state === 'open') return { result: 'cameBack', why: reasonOf(record) };
    if (state === 'discarded') return { result: 'skipped', why: 'discarded meanwhile' };
    const { holds } = await this.operations.askStore(record);
    return { result: holds === undefined ? 'sent' : 'published' };
  }

  private async find({ id }: Job): Promise<Versioned<Job>> {
    const found = await this.deps.jobs.find(id);
    if (!found) throw new RetryableError(`job ${id} is not stored`);
    return found;
  }

  private async part({ id }: Job, number: number): Promise<Versioned<JobPart>> {
    const found = await this.deps.jobs.findPart(id, number);
    if (!found) throw new RetryableError(`part ${number} of job ${id} is not stored`);
    return found;
  }

  /** Saves a part and the sums of its job. If another call saved the part first, that one counts. */
  private async saveResults(job: Job, stored: Versioned<JobPart>, part: JobPart): Promise<Job> {
    for (;;) {
      const { value, version } = await this.find(job);
      const next = withPart(value, stored.value, part);
      if (await this.deps.jobs.saveResults(next, part, { job: version, part: stored.version })) return next;
      if ((await this.part(job, part.number)).version !== stored.version) return (await this.find(job)).value;
    }
  }

  /** Changes a job as it is stored now. */
  private async change(job: Job, change: Partial<Job>, options: ChangeOptions = {}): Promise<Job> {
    const { isWanted = ({ state }) => state === 'running', did, by = '' } = options;
    for (;;) {
      const found = await this.find(job);
      const isSame = Object.entries(change).every(([name, value]) => found.value[name as keyof Job] === value);
      if (isSame || !isWanted(found.value)) return found.value;
      const next = { ...found.value, ...change };
      const entry = did && jobEntry(next, did, { by, nowMs: this.deps.clock.now() });
      if (await this.deps.jobs.save(next, found.version, entry)) return next;
    }
  }
}

/** Whether the next part may be run. After the trial, only once all of it is answered. */
function mayRunPart({ state, partsRun, parts, isTried }: Job): boolean {
  return state === 'running' && partsRun < parts && (partsRun === 0 || isTried);
}

function reasonOf({ standing, failure }: DeadLetter): string {
  const isUnanswered = standing.state === 'open' && standing.because === 'no answer';
  return isUnanswered ? 'no answer' : `${failure.code} ${failure.detail}`;
}

function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve);
  });
}
