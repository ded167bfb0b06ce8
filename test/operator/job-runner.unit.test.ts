import { headOf, type DeadLetterHead } from '../../shared/dead-letter/dead-letter.ts';
import { countJob, type Job, type JobCounts } from '../../shared/operator/job.ts';
import { JobRunner, type JobDeps } from '../../shared/operator/job-runner.ts';
import { LetterOperations } from '../../shared/operator/letter-operations.ts';
import { chooseLetters, planJob } from '../../shared/operator/plan-job.ts';
import { aJob } from '../support/jobs.ts';
import { anEventAt, Pipeline } from '../support/pipeline.ts';

/** Repairs the timestamp that is wrong in each event. */
const repair = JSON.stringify([{ op: 'replace', path: '/timestamp', value: '2025-02-09T00:00:00Z' }]);
/** Makes another mistake, which validate finds. */
const spoil = JSON.stringify([{ op: 'remove', path: '/event_id' }]);

test('a replay of many letters begins with the trial, publishes each event once, and its sums add up', async () => {
  const world = await letters(30);
  const job = await world.plan({ patch: repair }, 10);
  expect(countJob(job)).toMatchObject({ matched: 30, left: 30 });
  const done = await world.run(job);
  expect([done.state, countJob(done)]).toEqual(['done', countsOf({ matched: 30, published: 30 })]);
  expect(world.pipeline.cleanIds.toSorted((a, b) => a - b)).toEqual(numbers(30));
});

test('a letter that was changed since the plan is not changed by the job', async () => {
  const world = await letters(3);
  const job = await world.plan({ patch: repair });
  const [first] = world.heads;
  await world.operations.discard(first!.id, 'a test', { by: 'bo', revision: first!.revision });
  const run = await world.run(job);
  expect(countJob(run)).toEqual(countsOf({ matched: 3, published: 2, changed: 1 }));
});

test('letters that validate would refuse again are counted as invalid, and nothing is sent', async () => {
  const world = await letters(3);
  const run = await world.run(await world.plan({ patch: spoil }));
  expect(countJob(run)).toEqual(countsOf({ matched: 3, invalid: 3 }));
  expect(world.pipeline.clean).toEqual([]);
});

test('a job with a wrong patch pauses after the trial, and changes no draft', async () => {
  const world = await letters(30);
  const [first] = world.heads;
  const drafted = { by: 'bo', revision: first!.revision };
  await world.operations.saveDraft(first!.id, { patch: repair }, drafted);
  const paused = await world.run(await world.plan({ patch: spoil }, 10));
  expect([paused.state, countJob(paused)]).toEqual(['paused', countsOf({ matched: 30, invalid: 10, left: 20 })]);
  const { items } = (await world.deps.jobs.findPart(paused.id, 0))!.value;
  expect(items[0]?.why).toMatch(/^ERR_INVALID_EVENT .*event_id/);
  const drafts = (await world.pipeline.runtime.letters.all()).flatMap(({ id, draft }) => (draft ? [[id, draft]] : []));
  expect(drafts).toEqual([[first!.id, expect.anything()]]);
  expect(String((await world.deps.letters.find(first!.id))!.value.draft!.data)).toContain('2025-02-09T00:00:00Z');
  // The next part has twenty letters. All are wrong, and nothing is left to hold back.
  const again = await world.run(paused);
  expect([again.state, countJob(again)]).toEqual(['done', countsOf({ matched: 30, invalid: 30 })]);
});

test('a job pauses after the trial if a tenth of it came back, and goes on when its operator says so', async () => {
  const world = await letters(30);
  // The events of the first two letters of the plan exist already, with other content.
  for (const { eventId } of world.heads.slice(0, 2))
    await world.pipeline.send({ ...anEventAt(eventId!), timestamp: '2025-02-09T00:00:00Z', data: { other: true } });
  const paused = await world.run(await world.plan({ patch: repair }, 10));
  expect([paused.state, countJob(paused)]).toEqual([
    'paused',
    countsOf({ matched: 30, published: 8, cameBack: 2, left: 20 }),
  ]);
  const again = await world.run(paused);
  expect([again.state, countJob(again)]).toEqual(['done', countsOf({ matched: 30, published: 28, cameBack: 2 })]);
});

test('a job that was killed before a part was saved is resumed, and publishes no event twice', async () => {
  const world = await letters(25);
  const job = await world.plan({ patch: repair }, 5);
  const saveResults = world.deps.jobs.saveResults.bind(world.deps.jobs);
  const spy = jest.spyOn(world.deps.jobs, 'saveResults').mockImplementation(async (name, part, expected) => {
    if (part.number === 1) throw new Error('the process was killed');
    return saveResults(name, part, expected);
  });
  await expect(world.run(job)).rejects.toThrow('killed');
  spy.mockRestore();
  const done = await world.run((await world.deps.jobs.find(job.id))!.value);
  expect([done.state, countJob(done)]).toEqual(['done', countsOf({ matched: 25, published: 25 })]);
  expect(new Set(world.pipeline.cleanKeys).size).toBe(world.pipeline.clean.length);
});

test('two calls at once change each letter once, and agree on the sums', async () => {
  const world = await letters(12);
  const job = await world.plan({ patch: repair }, 4);
  await Promise.all([world.run(job), world.run(job)]);
  const run = await world.run((await world.deps.jobs.find(job.id))!.value);
  expect(countJob(run)).toEqual(countsOf({ matched: 12, published: 12 }));
  expect(world.pipeline.clean).toHaveLength(12);
});

test('a job that is stopped changes no further letter, and goes on later', async () => {
  const world = await letters(20);
  const job = await world.plan({ action: 'discard', note: 'a test', rate: 200 }, 10);
  const discard = jest.spyOn(LetterOperations.prototype, 'discard');
  discard.mockImplementationOnce(async (...args) => {
    await world.runner.stop(job, 'bo');
    discard.mockRestore();
    return world.operations.discard(...args);
  });
  const stopped = await world.run(job);
  expect([stopped.state, countJob(stopped)]).toEqual(['stopped', countsOf({ matched: 20, done: 10, left: 10 })]);
  const again = await world.run(stopped);
  expect([again.state, countJob(again)]).toEqual(['done', countsOf({ matched: 20, done: 20 })]);
});

test('a job that is stopped within a part changes at most the letters of the same second', async () => {
  const world = await letters(30);
  const job = await world.plan({ action: 'discard', note: 'a test', rate: 5 }, 30);
  const discardOne = world.operations.discard.bind(world.operations);
  let calls = 0;
  const discard = jest.spyOn(LetterOperations.prototype, 'discard').mockImplementation(async (...args) => {
    if (++calls === 7) await world.runner.stop(job, 'bo');
    return discardOne(...args);
  });
  const stopped = await world.run(job);
  discard.mockRestore();
  expect([stopped.state, countJob(stopped)]).toEqual(['stopped', countsOf({ matched: 30, done: 10, left: 20 })]);
  const states = (await world.pipeline.runtime.letters.all()).map(({ standing }) => standing.state);
  expect(states.filter((state) => state === 'discarded')).toHaveLength(10);
  const again = await world.run(stopped);
  expect([again.state, countJob(again)]).toEqual(['done', countsOf({ matched: 30, done: 30 })]);
});

test('a job whose last letters were changed when it was stopped is done', async () => {
  const world = await letters(3);
  const job = await world.plan({ action: 'discard', note: 'a test' });
  const discard = jest.spyOn(LetterOperations.prototype, 'discard');
  discard.mockImplementationOnce(async (...args) => {
    await world.runner.stop(job, 'bo');
    discard.mockRestore();
    return world.operations.discard(...args);
  });
  const run = await world.run(job);
  expect([run.state, countJob(run)]).toEqual(['done', countsOf({ matched: 3, done: 3 })]);
});

test('several calls of some 20 seconds finish a part, and each second costs few calls of the store', async () => {
  const world = await letters(30);
  const job = await world.plan({ action: 'discard', note: 'a test', rate: 1 }, 30);
  const calls = (['find', 'findPart', 'save', 'saveResults'] as const).map((name) => jest.spyOn(world.deps.jobs, name));
  const startMs = world.deps.clock.now();
  const first = await world.run(job);
  expect(world.deps.clock.now() - startMs).toBe(20_000);
  expect([first.state, countJob(first)]).toEqual(['running', countsOf({ matched: 30, done: 20, left: 10 })]);
  // The job begins with one read and one write. A second is two reads and one write of it, and one read of its part.
  expect(calls.map((spy) => spy.mock.calls.length)).toEqual([41, 20, 1, 20]);
  const second = await world.run(first);
  expect([second.state, countJob(second)]).toEqual(['done', countsOf({ matched: 30, done: 30 })]);
});

test('the trial is judged as a whole, also if it takes several calls', async () => {
  const world = await letters(30);
  const isBad = world.heads[0]!.id;
  const refuse = jest.spyOn(LetterOperations.prototype, 'replay');
  refuse.mockImplementation(async (id, _, caller) =>
    id === isBad
      ? ({ refusal: { code: 'invalid', message: 'wrong', next: '' } } as never)
      : world.operations.discard(id, 'a test', caller),
  );
  const first = await world.run(await world.plan({ rate: 1 }, 25));
  refuse.mockRestore();
  expect([first.state, countJob(first)]).toEqual(['running', countsOf({ matched: 30, invalid: 1, left: 29 })]);
});

test('the audit trail has who planned, ran, stopped and resumed a job, and who ran it made its changes', async () => {
  const world = await letters(20);
  const before = await world.deps.auditTrail.latest();
  const job = await world.plan({ action: 'discard', note: 'a test', rate: 200 }, 10);
  const saveResults = world.deps.jobs.saveResults.bind(world.deps.jobs);
  jest.spyOn(world.deps.jobs, 'saveResults').mockImplementationOnce(async (...args) => {
    const isSaved = await saveResults(...args);
    await world.runner.stop(job, 'cleo');
    return isSaved;
  });
  await world.run(await world.run(job, 'bo'), 'dan');
  const entries = (await world.deps.auditTrail.since(before, 100))!.map(({ entry }) => entry);
  const ofJob = entries.filter(({ letter }) => letter === undefined);
  expect(ofJob.map(({ by, did, note }) => [by, did, note])).toEqual([
    ['ana', 'planned a job', 'discard of 20 letters: 20 left'],
    ['bo', 'ran a job', 'discard of 20 letters: 20 left'],
    ['cleo', 'stopped a job', 'discard of 20 letters: 10 discarded, 10 left'],
    ['dan', 'resumed a job', 'discard of 20 letters: 10 discarded, 10 left'],
  ]);
  expect(ofJob.every((entry) => entry.job === job.id)).toBe(true);
  const changes = entries.filter(({ letter }) => letter !== undefined);
  expect(changes.map(({ by, did, job: id }) => [by, did, id])).toEqual(
    Array.from({ length: 20 }, (_, i) => [i < 10 ? 'bo' : 'dan', 'discarded', job.id]),
  );
});

test('another operator goes on with a job whose process ended, and changes no letter again', async () => {
  const world = await letters(3);
  const job = await world.plan({ patch: repair });
  const spy = jest.spyOn(world.deps.jobs, 'saveResults').mockRejectedValueOnce(new Error('the process was killed'));
  await expect(world.run(job, 'bo')).rejects.toThrow('killed');
  spy.mockRestore();
  const done = await world.run((await world.deps.jobs.find(job.id))!.value, 'cleo');
  expect([done.runBy, countJob(done)]).toEqual(['cleo', countsOf({ matched: 3, published: 3 })]);
  expect(world.pipeline.clean).toHaveLength(3);
});

test('no more letters are changed in a second than the job says', async () => {
  const world = await letters(30);
  const startMs = world.deps.clock.now();
  await world.run(await world.plan({ action: 'discard', note: 'a test', rate: 5 }, 30));
  expect(world.deps.clock.now() - startMs).toBeGreaterThanOrEqual(5_000);
});

function countsOf(over: Partial<JobCounts>): JobCounts {
  return { matched: 0, published: 0, done: 0, cameBack: 0, invalid: 0, changed: 0, skipped: 0, left: 0, ...over };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** A pipeline that refused events whose timestamps are wrong. While a job waits, the pipeline runs. */
async function letters(count: number) {
  const pipeline = new Pipeline();
  await pipeline.send(...numbers(count).map((id) => ({ ...anEventAt(id), timestamp: 'noon' })));
  const { runtime } = pipeline;
  const clock = {
    now: () => runtime.clock.now(),
    schedule: (ms: number, run: () => void) => {
      void runtime.drain().then(() => {
        runtime.clock.advance(ms);
        run();
      });
      return () => undefined;
    },
  };
  const deps: JobDeps & ReturnType<typeof runtime.consoleDeps> = runtime.consoleDeps({ clock });
  const runner = new JobRunner(deps);
  const found = await runtime.letterIndex.find({ state: 'open' }, count);
  const heads: readonly DeadLetterHead[] = found!.map(({ head }) => head);
  const plan = async (over: Partial<Job>, first = 10): Promise<Job> => {
    const items = await chooseLetters(deps, { filter: { state: 'open' } });
    return planJob(deps, aJob(over), items!, first);
  };
  expect((await runtime.letters.all()).map(headOf)).toHaveLength(count);
  const operations = new LetterOperations(deps);
  const run = (job: Job, by = 'ana') => runner.run(job, by);
  return { pipeline, deps, runner, run, heads, plan, operations };
}
