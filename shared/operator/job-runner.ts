import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import { RetryableError } from '../errors.ts';
import type { JobStore } from '../letter-ports.ts';
import type { Clock, Versioned } from '../ports.ts';
import { runLimited } from '../run-limited.ts';
import { countJob, isAnswered, isTrouble, type Job, type JobCounts, type JobItem, type JobPart } from './job.ts';
import { LetterOperations, type OperationDeps, type OperationResult } from './letter-operations.ts';
import type { OperationRefusal } from './refusal.ts';

export type JobDeps = OperationDeps & { readonly jobs: JobStore };

/** How long one call works on a job. The caller calls again until the job is done. */
const workMs = 20_000;
/** How often the answers to a trial are looked for. */
const lookMs = 1_000;
/** With more parts that wait for answers, looking for them costs too much. The next call looks once. */
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
  async run(given: Job): Promise<{ readonly job: Job; readonly counts: JobCounts }> {
    const untilMs = this.deps.clock.now() + workMs;
    let job = await this.begin(given);
    const parts: JobPart[] = [];
    for (let number = 0; number < job.parts && job.state === 'running'; number++) {
      const part = await this.advance(job, number, untilMs);
      parts.push(part);
      if (isTrouble(job, parts)) job = await this.change(job, { state: 'paused' });
      else if (!part.isRun || (number === 0 && !job.isTried && !isAnswered(part))) break;
      else job = await this.change(job, { isTried: true });
    }
    if (job.state === 'running' && parts.length === job.parts && (await this.waitForRest(job, parts, untilMs)))
      job = await this.change(job, { state: 'done' });
    return { job, counts: await this.count(job) };
  }

  async count(job: Job): Promise<JobCounts> {
    return countJob(job, await this.parts(job));
  }

  /** Stops a job. A call that works on it ends before its next part. */
  async stop(job: Job): Promise<Job> {
    return job.state === 'done' ? job : this.change(job, { state: 'stopped' }, () => true);
  }

  async parts(job: Job): Promise<readonly JobPart[]> {
    const parts: JobPart[] = [];
    for (let number = 0; number < job.parts; number++) parts.push((await this.part(job, number)).value);
    return parts;
  }

  private async begin(job: Job): Promise<Job> {
    if (job.state === 'done' || job.state === 'running') return job;
    const tolerated = job.state === 'planned' ? 0 : (await this.count(job)).cameBack;
    return this.change(
      job,
      { state: 'running', isTried: job.isTried || job.state === 'paused', tolerated },
      () => true,
    );
  }

  /** Runs a part unless it was run, and looks for the answers to its replays. */
  private async advance(job: Job, number: number, untilMs: number): Promise<JobPart> {
    const { clock } = this.deps;
    let stored = await this.part(job, number);
    if (!stored.value.isRun) {
      if (clock.now() >= untilMs) return stored.value;
      const items = await this.changeAll(job, stored.value.items);
      stored = await this.savePart(job, stored, { ...stored.value, items, isRun: true });
    }
    stored = await this.lookForAnswers(job, stored);
    const isTrial = number === 0 && !job.isTried;
    while (isTrial && !isAnswered(stored.value) && clock.now() < untilMs) {
      await wait(clock, lookMs);
      stored = await this.lookForAnswers(job, stored);
    }
    return stored.value;
  }

  /** Waits for the last answers, if there are few. @returns Whether every replay has its answer. */
  private async waitForRest(job: Job, parts: readonly JobPart[], untilMs: number): Promise<boolean> {
    const { clock } = this.deps;
    let waiting = parts.filter((part) => !isAnswered(part)).map(({ number }) => number);
    while (waiting.length > 0 && waiting.length <= maxWaitingParts && clock.now() < untilMs) {
      await wait(clock, lookMs);
      const looked: JobPart[] = [];
      for (const number of waiting) looked.push((await this.lookForAnswers(job, await this.part(job, number))).value);
      waiting = looked.filter((part) => !isAnswered(part)).map(({ number }) => number);
    }
    return waiting.length === 0;
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
      const drafted = await twice(() => this.operations.saveDraft(id, { patch }, { ...caller, revision }));
      if (drafted.refusal) return outcomeOf(drafted, 'done');
      seen = drafted.record.revision;
    }
    const replayed = { ...caller, revision: seen };
    return outcomeOf(await twice(() => this.operations.replay(id, { replace: job.replace }, replayed)), 'sent');
  }

  private async lookForAnswers(job: Job, stored: Versioned<JobPart>): Promise<Versioned<JobPart>> {
    const { items } = stored.value;
    if (!items.some(({ result }) => result === 'sent')) return stored;
    const looked: JobItem[] = [];
    await runLimited(items, lettersAtOnce, async (item, i) => {
      looked[i] = item.result === 'sent' ? { ...item, ...(await this.answerOf(item)) } : item;
    });
    const isSame = looked.every(({ result }, i) => result === items[i]?.result);
    return isSame ? stored : this.savePart(job, stored, { ...stored.value, items: looked });
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

  private async part(job: Job, number: number): Promise<Versioned<JobPart>> {
    const found = await this.deps.jobs.findPart(job.id, number);
    if (!found) throw new RetryableError(`part ${number} of job ${job.id} is not stored`);
    return found;
  }

  /** Saves a part. If another call saved it first, that one counts. */
  private async savePart(job: Job, stored: Versioned<JobPart>, part: JobPart): Promise<Versioned<JobPart>> {
    await this.deps.jobs.savePart(job, part, stored.version);
    return this.part(job, part.number);
  }

  /**
   * Changes a job as it is stored now.
   *
   * @param isWanted Whether the change is still wanted. By default, if nobody stopped the job.
   */
  private async change(
    { id }: Job,
    change: Partial<Job>,
    isWanted: (job: Job) => boolean = ({ state }) => state === 'running',
  ): Promise<Job> {
    for (;;) {
      const found = await this.deps.jobs.find(id);
      if (!found) throw new RetryableError(`job ${id} is not stored`);
      const isSame = Object.entries(change).every(([name, value]) => found.value[name as keyof Job] === value);
      if (isSame || !isWanted(found.value)) return found.value;
      const job = { ...found.value, ...change };
      if (await this.deps.jobs.save(job, found.version)) return job;
    }
  }
}

/** Makes a change again if the letter was changed meanwhile: another call may have made the same change for this job. */
async function twice<Result extends OperationResult>(make: () => Promise<Result>): Promise<Result> {
  const result = await make();
  return result.refusal?.code === 'changed' ? make() : result;
}

function outcomeOf(result: OperationResult, good: 'sent' | 'done'): Outcome {
  return result.refusal ? { result: resultOf(result.refusal), why: result.refusal.message } : { result: good };
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
