import { makeCatalog } from '../../../shared/catalog-definition.ts';
import { isUnderWay, type DeadLetter, type LetterIn } from '../../../shared/dead-letter/dead-letter.ts';
import { settle } from '../../../shared/dead-letter/replay-outcome.ts';
import { InvariantError } from '../../../shared/errors.ts';
import { EmbeddedLog } from '../../../shared/embedded/log.ts';
import { makeEmbeddedStores } from '../../../shared/embedded/ports.ts';
import type { JobStore } from '../../../shared/letter-ports.ts';
import { countJob, jobResults, type Job, type JobItem, type JobPart } from '../../../shared/operator/job.ts';
import { JobRunner, type JobDeps } from '../../../shared/operator/job-runner.ts';
import { LetterOperations } from '../../../shared/operator/letter-operations.ts';
import { chooseLetters, planJob } from '../../../shared/operator/plan-job.ts';
import { publishReplay } from '../../../shared/operator/publish-replay.ts';
import { anEvent, atOnce, noon, RecordingPublisher } from '../../support/builders.ts';
import { aJob } from '../../support/jobs.ts';
import { filedWith } from '../../support/letters.ts';

/*
 * A job over three letters, of which the last one is invalid. Its process crashes before or after each call of a port,
 * one after the other. Meanwhile an operator edits a letter. Then the tick finishes what was decided, and the job runs
 * again to its end.
 */

interface Faults {
  /** The history forgets which request made a change. */
  readonly forgetsRequests?: boolean;
  /** The plan has the revisions of now, and not those of the plan. */
  readonly asksAgain?: boolean;
  /** Nobody publishes what was decided and not published. */
  readonly hasNoTick?: boolean;
  /** The results of a part and the sums of the job are two writes. */
  readonly savesTwice?: boolean;
  /** A part that has results is run again. */
  readonly runsAgain?: boolean;
}

interface Crash {
  readonly atCall: number;
  readonly isBefore: boolean;
}

const attributes = { stream: 'orders', 'eventmend-code': 'ERR_DELIVERY', 'eventmend-stage': 'archive' };
const [first, second, invalid] = [1, 2, 3].map((id) =>
  filedWith(
    { ...attributes, 'eventmend-root': `events/${id}` },
    { content: anEvent({ event_id: id, ...(id === 3 && { type: undefined }) }) },
  ),
) as [DeadLetter, DeadLetter, DeadLetter];
const rivalEdit = Buffer.from(JSON.stringify(anEvent({ event_id: 2, data: 'of another operator' })));

class JobWorld {
  readonly stores = makeEmbeddedStores(atOnce);
  readonly publisher = new RecordingPublisher();
  readonly deps: JobDeps;
  private readonly faults: Faults;
  private nowMs = noon;

  constructor(faults: Faults) {
    this.faults = faults;
    const clock = {
      now: () => this.nowMs,
      schedule: (ms: number, run: () => void) => {
        this.nowMs += ms;
        setImmediate(run);
        return () => undefined;
      },
    };
    const { stores, publisher } = this;
    const letters = replacing(stores.letters, { save: this.save.bind(this) });
    this.deps = {
      ...stores,
      letters,
      jobs: this.faulty(stores.jobs),
      publisher,
      clock,
      catalog: makeCatalog({}),
      log: new EmbeddedLog(),
    };
  }

  /** Plans the job, crashes it, runs it again, and returns the laws that were broken. */
  async run(
    crash: Crash,
    isRivalled: boolean,
  ): Promise<{ readonly broken: readonly string[]; readonly calls: number }> {
    for (const record of [first, second, invalid]) await this.stores.letters.save(record, undefined);
    const ids = [first.id, second.id, invalid.id];
    const items = (await chooseLetters(this.stores, { ids }))!;
    const job = await planJob(this.deps, aJob(), items, 2);
    const calls = await this.crash(job, crash);
    if (isRivalled) await this.edit(second);
    if (!this.faults.hasNoTick) await this.tick();
    for (let runs = 0; runs < 2; runs++) {
      const found = (await this.deps.jobs.find(job.id))!.value;
      // Another operator lets the job go on. With the fault it is the first one, who works on the job as it was.
      const runner = new JobRunner(this.deps);
      const run = this.faults.runsAgain ? runner.run({ ...found, partsRun: 0 }, 'ana') : runner.run(found, 'ben');
      await run.catch((error: unknown) => {
        if (!(error instanceof InvariantError)) throw error;
      });
    }
    return { broken: await this.brokenLaws(job), calls };
  }

  /** @returns The number of calls until the crash, or until the end of the run. */
  private async crash(job: Job, { atCall, isBefore }: Crash): Promise<number> {
    let calls = 0;
    let die: () => void = () => undefined;
    const death = new Promise<void>((resolve) => (die = resolve));
    const mortal = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== 'function') return method;
          return async (...args: unknown[]) => {
            const call = ++calls;
            if (call > atCall || (call === atCall && isBefore)) {
              die();
              return new Promise(() => undefined);
            }
            const answer: unknown = await Reflect.apply(method, target, args);
            if (call < atCall) return answer;
            die();
            return new Promise(() => undefined);
          };
        },
      });
    const { letters, blocks, ledger, publisher } = this.deps;
    const { stores } = this;
    const ports = {
      letters: mortal(letters),
      blocks: mortal(blocks),
      ledger: mortal(ledger),
      jobs: this.faulty(mortal(stores.jobs)),
    };
    const runner = new JobRunner({ ...this.deps, ...ports, publisher: mortal(publisher) });
    await Promise.race([runner.run(job, 'ana'), death]);
    return calls;
  }

  private async edit({ id }: DeadLetter): Promise<void> {
    const { revision } = (await this.stores.letters.head(id))!;
    await new LetterOperations(this.deps).saveDraft(id, { body: rivalEdit }, { by: 'ben', revision });
  }

  private async tick(): Promise<void> {
    for (const record of await this.stores.letters.all())
      if (record.standing.state === 'sending')
        await publishReplay(this.deps, record as LetterIn<'sending'>, { by: 'sweep', nowMs: this.nowMs });
  }

  /** A replay is answered as soon as it is recorded as sent. */
  private async save(...[record, expected]: Parameters<JobDeps['letters']['save']>): Promise<boolean> {
    const { letters } = this.stores;
    const history = this.faults.forgetsRequests
      ? record.history.map((entry) => ({ ...entry, requestKey: undefined }))
      : record.history;
    if (!(await letters.save({ ...record, history }, expected))) return false;
    const saved = (await letters.find(record.id))!;
    if (isUnderWay(saved.value) && saved.value.standing.state === 'sent')
      await letters.save(
        settle(saved.value, 'published', { by: 'sweep', nowMs: this.nowMs, retentionMs: 1 }),
        saved.version,
      );
    return true;
  }

  /** A store of jobs with the faults of this world. */
  private faulty(jobs: JobStore): JobStore {
    const { asksAgain = false, runsAgain = false, savesTwice = false } = this.faults;
    const revisionNow = async (item: JobItem) => ({
      ...item,
      revision: (await this.stores.letters.head(item.id))!.revision,
    });
    const forgetRun = (part: JobPart) => ({ ...part, isRun: false, items: part.items.map(withoutResult) });
    return replacing(jobs, {
      findPart: async (id, number) => {
        const found = await jobs.findPart(id, number);
        if (found && runsAgain) return { ...found, value: forgetRun(found.value) };
        if (!found || !asksAgain) return found;
        return { ...found, value: { ...found.value, items: await Promise.all(found.value.items.map(revisionNow)) } };
      },
      saveResults: async (job, part, expected) => {
        if (!savesTwice) return jobs.saveResults(job, part, expected);
        const before = await this.stores.jobs.find(job.id);
        if (!(await jobs.saveResults(before!.value, part, expected))) return false;
        return jobs.save(job, (await this.stores.jobs.find(job.id))!.version);
      },
    });
  }

  private async storedParts({ id, parts }: Job): Promise<readonly JobPart[]> {
    const numbers = Array.from({ length: parts }, (_, i) => i);
    return Promise.all(numbers.map(async (number) => (await this.stores.jobs.findPart(id, number))!.value));
  }

  private async brokenLaws(job: Job): Promise<readonly string[]> {
    const broken: string[] = [];
    const now = (await this.stores.jobs.find(job.id))!.value;
    const { matched, left, ...counts } = countJob(now);
    const items = (await this.storedParts(job)).flatMap((part) => part.items);
    const isTrue = Object.entries(counts).every(
      ([name, count]) => items.filter(({ result }) => result === name).length === count,
    );
    const sum = Object.values(counts).reduce((total, one) => total + one, left);
    if (!isTrue || sum !== matched || left < 0) broken.push('the sums do not add up');
    const records = await this.stores.letters.all();
    if (records.some(({ standing }) => standing.state === 'sending')) broken.push('a replay is decided for ever');
    if (left !== 0 && !broken.includes('a replay is decided for ever')) broken.push('letters are left');
    for (const { id, result } of items) {
      const { root } = records.find((record) => record.id === id)!;
      const sent = this.publisher.on('mended-events').filter((one) => one.attributes['eventmend-root'] === root);
      if (sent.length > 2) broken.push('a letter is published more than twice');
      if (new Set(sent.map((one) => one.attributes['eventmend-replay'])).size > 1)
        broken.push('a letter is replayed twice');
      if (sent.some(({ data }) => rivalEdit.equals(data))) broken.push('the job sends an edit that it did not see');
      const isTold = result === 'published' ? sent.length > 0 : sent.length === 0 || result === 'sent';
      if (result !== undefined && (!isTold || !jobResults.includes(result))) broken.push('a result is not true');
    }
    return broken;
  }
}

function withoutResult({ id, revision }: JobItem): JobItem {
  return { id, revision };
}

function replacing<Port extends object>(port: Port, replaced: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name): unknown => {
      const value: unknown = Reflect.get(name in replaced ? replaced : target, name);
      return typeof value === 'function' && !(name in replaced) ? (value.bind(target) as unknown) : value;
    },
  });
}

/**
 * Runs the job with every crash.
 *
 * @param until A law with whose first breach the search ends.
 * @returns The broken laws, each with the first crash that shows it.
 */
async function searchJobs(faults: Faults = {}, until?: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const isRivalled of [false, true])
    for (const isBefore of [true, false])
      for (let atCall = 1; ; atCall++) {
        const { broken, calls } = await new JobWorld(faults).run({ atCall, isBefore }, isRivalled);
        for (const law of broken)
          if (!found.has(law))
            found.set(
              law,
              `crash ${isBefore ? 'before' : 'after'} call ${atCall}${isRivalled ? ', with an edit' : ''}`,
            );
        if (until !== undefined && found.has(until)) return found;
        if (calls < atCall) break;
      }
  return found;
}

describe('a job that crashes at any call, and is run again', () => {
  it('replays each letter at most once, sends what was seen, and has true sums', async () => {
    expect([...(await searchJobs())]).toEqual([]);
  });

  it.each([
    ['the history forgets which request made a change', { forgetsRequests: true }, 'a result is not true'],
    ['the job asks for the revisions again', { asksAgain: true }, 'the job sends an edit that it did not see'],
    ['the results of a part and the sums are two writes', { savesTwice: true }, 'the sums do not add up'],
    ['a part that has results is run again', { runsAgain: true }, 'the sums do not add up'],
    ['the tick does not finish what a crash left', { hasNoTick: true }, 'a replay is decided for ever'],
  ])('breaks a law if %s', async (_, faults, law) => {
    expect([...(await searchJobs(faults, law)).keys()]).toContain(law);
  });
});
