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
 * Runs the jobs of operators in steps of a second. The results of a step are one write, and a letter with a result is
 * not changed again. If the process ends before that write, the step is run again: the job is the request of each
 * change, so that a letter is changed once.
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
    while (mayRunStep(job) && this.deps.clock.now() < untilMs)
      job = await this.judge(await this.runStep(job, by), untilMs);
    if (job.state !== 'running' || job.partsRun < job.parts) return job;
    // With many parts that wait for answers, looking for them costs too much. The next call looks once.
    if (job.unanswered.length <= maxWaitingParts) job = await this.waitForAnswers(job, untilMs);
    return job.unanswered.length === 0 ? this.change(job, { state: 'done' }) : job;
  }

  /** Stops a job. A call that works on it ends with the letters of the same second. */
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

  /** Changes the next letters, as many as the job may change in a second, unless another call has run their part. */
  private async runStep(job: Job, by: string): Promise<Job> {
    const { clock } = this.deps;
    const startedMs = clock.now();
    const stored = await this.part(job, job.partsRun);
    if (stored.value.isRun) return this.afterOtherCall(job);
    const items = await this.changeSome(job, stored.value.items, by);
    const isRun = items.every(({ result }) => result !== undefined);
    const saved = await this.saveResults(job, stored, { ...stored.value, items, isRun });
    if (isRun) return this.lookForAnswers(saved, stored.value.number);
    const restMs = startedMs + 1_000 - clock.now();
    if (restMs <= 0) return saved;
    await wait(clock, restMs);
    // An operator may have stopped it meanwhile.
    return (await this.find(job)).value;
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

  /** Changes the first letters of a part that have no result yet. @returns All items of the part. */
  private async changeSome(job: Job, items: readonly JobItem[], by: string): Promise<readonly JobItem[]> {
    const next = items.filter(({ result }) => result === undefined).slice(0, job.rate);
    const changed = new Map<JobItem, JobItem>();
    await runLimited(next, lettersAtOnce, async (item) => {
      changed.set(item, { ...item, ...(await changeForJob(this.operations, job, item, by)) });
    });
    return items.map((item) => changed.get(item) ?? item);
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

/** Whether the next letters may be changed. After the trial, only once all of it is answered. */
function mayRunStep({ state, partsRun, parts, isTried }: Job): boolean {
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
