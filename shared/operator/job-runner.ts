import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import { InvariantError, RetryableError } from '../errors.ts';
import type { JobStore } from '../letter-ports.ts';
import type { Clock, Versioned } from '../ports.ts';
import { runLimited } from '../run-limited.ts';
import { countWrong, isTrouble, withPart, type Job, type JobItem, type JobPart } from './job.ts';
import { LetterOperations, type OperationDeps, type OperationResult } from './letter-operations.ts';
import type { OperationRefusal } from './refusal.ts';

export type JobDeps = OperationDeps & { readonly jobs: JobStore };

/** How long one call works on a job. The caller calls again until the job is done. */
const workMs = 20_000;
/** How often the answers to a trial are looked for. */
const lookMs = 1_000;
/** The number of parts for whose last answers a call waits. */
const maxWaitingParts = 2;
const lettersAtOnce = 10;

type Outcome = Pick<JobItem, 'result' | 'why'>;

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

  /** Works on a job for some time. A job that paused or was stopped goes on. */
  async run(given: Job): Promise<Job> {
    const untilMs = this.deps.clock.now() + workMs;
    let job = await this.begin(given);
    for (const number of job.unanswered) job = await this.lookForAnswers(job, number);
    job = await this.judge(job, untilMs);
    while (mayRunPart(job) && this.deps.clock.now() < untilMs) job = await this.judge(await this.runPart(job), untilMs);
    if (job.state !== 'running' || job.partsRun < job.parts) return job;
    // With many parts that wait for answers, looking for them costs too much. The next call looks once.
    if (job.unanswered.length <= maxWaitingParts) job = await this.waitForAnswers(job, untilMs);
    return job.unanswered.length === 0 ? this.change(job, { state: 'done' }) : job;
  }

  /** Stops a job. A call that works on it ends before its next part. */
  async stop(job: Job): Promise<Job> {
    return job.state === 'done' ? job : this.change(job, { state: 'stopped' }, () => true);
  }

  /** Reads some parts of a job, at most `count`, from a number on. */
  async parts(job: Job, from: number, count: number): Promise<readonly JobPart[]> {
    const numbers = Array.from({ length: Math.max(0, Math.min(count, job.parts - from)) }, (_, i) => from + i);
    return Promise.all(numbers.map(async (number) => (await this.part(job, number)).value));
  }

  private async begin(job: Job): Promise<Job> {
    if (job.state === 'done' || job.state === 'running') return job;
    const tolerated = countWrong(job.results);
    return this.change(
      job,
      { state: 'running', isTried: job.isTried || job.state === 'paused', tolerated },
      () => true,
    );
  }

  /** Pauses a job if too many of its letters went wrong. Waits for the answers to the trial before. */
  private async judge(given: Job, untilMs: number): Promise<Job> {
    const isTrial = given.partsRun > 0 && !given.isTried;
    const job = isTrial ? await this.waitForAnswers(given, untilMs) : given;
    if (isTrouble(job)) return this.change(job, { state: 'paused' });
    return isTrial && job.unanswered.length === 0 ? this.change(job, { isTried: true }) : job;
  }

  /** Runs the next part, unless another call runs it first. */
  private async runPart(job: Job): Promise<Job> {
    const stored = await this.part(job, job.partsRun);
    if (stored.value.isRun) return this.afterOtherCall(job);
    const items = await this.changeAll(job, stored.value.items);
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
  private async changeAll(job: Job, items: readonly JobItem[]): Promise<readonly JobItem[]> {
    const { clock } = this.deps;
    const changed: JobItem[] = [];
    for (let from = 0; from < items.length; from += job.rate) {
      const startedMs = clock.now();
      const some = items.slice(from, from + job.rate);
      await runLimited(some, lettersAtOnce, async (item, i) => {
        changed[from + i] = { ...item, ...(await this.changeOne(job, item)) };
      });
      const restMs = startedMs + 1_000 - clock.now();
      if (restMs > 0 && from + job.rate < items.length) await wait(clock, restMs);
    }
    return changed;
  }

  private async changeOne(job: Job, { id, revision }: JobItem): Promise<Outcome> {
    const caller = { by: job.by, requestKey: `job/${job.id}` };
    switch (job.action) {
      case 'discard':
        return outcomeOf(await twice(() => this.operations.discard(id, job.note, { ...caller, revision })), 'done');
      case 'reopen':
        return outcomeOf(await twice(() => this.operations.reopen(id, job.note, { ...caller, revision })), 'done');
      case 'replay':
        break;
    }
    let seen = revision;
    if (job.patch !== undefined) {
      const { patch } = job;
      const drafted = await twice(() => this.operations.saveValidDraft(id, { patch }, { ...caller, revision }));
      if (drafted.refusal) return outcomeOf(drafted, 'done');
      seen = drafted.record.revision;
    }
    const replayed = { ...caller, revision: seen };
    return outcomeOf(await twice(() => this.operations.replay(id, { replace: job.replace }, replayed)), 'sent');
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

  private async answerOf({ id }: JobItem): Promise<Outcome> {
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

  /**
   * Changes a job as it is stored now.
   *
   * @param isWanted Whether the change is still wanted. By default, if nobody stopped the job.
   */
  private async change(
    job: Job,
    change: Partial<Job>,
    isWanted: (job: Job) => boolean = ({ state }) => state === 'running',
  ): Promise<Job> {
    for (;;) {
      const found = await this.find(job);
      const isSame = Object.entries(change).every(([name, value]) => found.value[name as keyof Job] === value);
      if (isSame || !isWanted(found.value)) return found.value;
      const next = { ...found.value, ...change };
      if (await this.deps.jobs.save(next, found.version)) return next;
    }
  }
}

/** Whether the next part may be run. After the trial, only once all of it is answered. */
function mayRunPart({ state, partsRun, parts, isTried }: Job): boolean {
  return state === 'running' && partsRun < parts && (partsRun === 0 || isTried);
}

/** Makes a change again if the letter was changed meanwhile: another call may have made the same change for this job. */
async function twice<Result extends OperationResult>(make: () => Promise<Result>): Promise<Result> {
  const result = await make();
  return result.refusal?.code === 'changed' ? make() : result;
}

function outcomeOf(result: OperationResult, good: 'sent' | 'done'): Outcome {
  return result.refusal ? { result: resultOf(result.refusal), why: reasonOfRefusal(result.refusal) } : { result: good };
}

function reasonOfRefusal({ message, failure }: OperationRefusal): string {
  return failure ? `${failure.code} ${failure.detail}` : message;
}

const invalidCodes: readonly OperationRefusal['code'][] = ['invalid', 'patch-failed', 'too-large'];

function resultOf({ code }: OperationRefusal): NonNullable<JobItem['result']> {
  if (code === 'changed') return 'changed';
  return invalidCodes.includes(code) ? 'invalid' : 'skipped';
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
