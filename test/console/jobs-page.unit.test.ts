import { withPart, type Job, type JobItem } from '../../shared/operator/job.ts';
import { aJob } from '../support/jobs.ts';
import { ConsoleUnderTest } from './builders.ts';

test('the jobs are listed with their state, their filter and how far they are', async () => {
  const under = new ConsoleUnderTest();
  await save(under, aJob({ id: 'a', chosenBy: 'stream=orders&code=ERR_STALE', state: 'running', matched: 3 }), [
    { id: 'L1', revision: 1, result: 'published' },
    { id: 'L2', revision: 1, result: 'sent' },
    { id: 'L3', revision: 1 },
  ]);
  const shown = (await under.get('/jobs')).body;
  expect(shown).toContain('<a href="/jobs/a" data-row>replay 3 letters</a>');
  expect(shown).toContain('stream orders · code ERR_STALE');
  expect(shown).toContain('<progress max="3" value="1" aria-label="1 of 3"></progress>');
});

test('the overview shows the jobs that nobody has finished, and the others folded', async () => {
  const under = new ConsoleUnderTest();
  expect((await under.get('/')).body).not.toContain('id="jobs"');
  await under.stores.jobs.save(aJob({ id: 'planned' }), undefined);
  for (const state of ['running', 'paused', 'stopped', 'done'] as const) await save(under, aJob({ id: state, state }));
  under.clock.advance(10_000);
  const linked = async () => {
    const [open = '', folded = ''] = (await under.get('/')).body.split('<details id="finished-jobs">');
    return [open, folded].map((html) => [...html.matchAll(/href="\/jobs\/(\w+)"/g)].map(([, id]) => id).toSorted());
  };
  expect(await linked()).toEqual([['paused', 'planned', 'running', 'stopped'], ['done']]);
  under.clock.advance(3_600_000);
  expect(await linked()).toEqual([
    ['paused', 'running', 'stopped'],
    ['done', 'planned'],
  ]);
  expect((await under.get('/jobs')).body).toContain('job-expired');
  expect((await under.get('/jobs/planned')).body).toContain('Nobody ran it within an hour.');
});

test('the page of a job has its sums, and leads to the letters that were not changed as planned', async () => {
  const under = new ConsoleUnderTest();
  const items: readonly JobItem[] = [
    { id: 'L1', revision: 1, result: 'published' },
    { id: 'L2', revision: 1, result: 'cameBack', why: 'ERR_STALE: <late>' },
    { id: 'L3', revision: 1, result: 'invalid', why: 'data.amount: a text' },
  ];
  await save(under, aJob({ id: 'a', state: 'paused', matched: 3, note: 'a test' }), items);
  const shown = (await under.get('/jobs/a')).body;
  expect(shown).toContain('1 published · 1 came back · 1 invalid');
  expect(shown).toContain('Many came back or are invalid. Look at them before it goes on.');
  expect(shown).toContain('<a href="/dead-letters/L2" data-row>L2</a>');
  expect(shown).toContain('ERR_STALE: &#60;late&#62;');
  expect(shown).not.toContain('href="/dead-letters/L1"');
  expect((await under.get('/jobs/b')).status).toBe(404);
});

test('the page of a job masks the personal values of its patch, and shows viewers nothing of it', async () => {
  const under = new ConsoleUnderTest({ personal: ['/data/email'] });
  const operations = [
    { op: 'replace', path: '/data', value: { email: 'ana@example.com' } },
    { op: 'replace', path: '/data/amount', value: 7 },
  ];
  await save(under, aJob({ id: 'a', patch: JSON.stringify(operations) }));
  const { body } = await under.get('/jobs/a');
  expect(body).toContain('/data/amount');
  expect(body).toContain('•••');
  expect(body).not.toContain('ana@');
  under.caller = { name: 'vic@example.com', role: 'viewer' };
  expect((await under.get('/jobs/a')).body).not.toContain('/data/amount');
});

/** Stores a job in its state, whose only part was run with these results. */
async function save(under: ConsoleUnderTest, job: Job, items: readonly JobItem[] = []) {
  const { jobs } = under.stores;
  const plan = { number: 0, items: items.map(({ id, revision }) => ({ id, revision })), isRun: false };
  await jobs.planPart(job, plan);
  await jobs.save(job, undefined);
  const [stored, part] = [(await jobs.find(job.id))!, (await jobs.findPart(job.id, 0))!];
  const done = { number: 0, items, isRun: true };
  const versions = { job: stored.version, part: part.version };
  const results = { ...withPart(stored.value, plan, done), state: job.state };
  expect(await jobs.saveResults(results, done, versions)).toBe(true);
}
