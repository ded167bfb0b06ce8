import { anEvent } from '../support/builders.ts';
import { aLetter, ConsoleUnderTest } from './builders.ts';

const hourMs = 3_600_000;
const isSound = { data: JSON.stringify(anEvent({ event_id: 7 })) };
/** Makes an event that validate refuses. */
const spoil = [{ op: 'replace', path: '/timestamp', value: 'noon' }];

interface Planned {
  readonly id: string;
}

/** A console with two letters: the event of the first can be replayed, and the second is no event. */
async function consoleWithLetters() {
  const under = new ConsoleUnderTest();
  await under.file(aLetter({ id: 'sound', ...isSound }), aLetter({ id: 'broken', filedAtMs: 1 }));
  const plan = (body: object) => under.change('POST', '/api/jobs', undefined, { action: 'replay', ...body });
  return { under, plan };
}

test('a plan counts ids that no letter has as skipped, lists them, and its sums add up', async () => {
  const { under, plan } = await consoleWithLetters();
  const ids = ['none', 'sound', 'nobody', 'sound'];
  const planned = await plan({ action: 'discard', note: 'a test', ids });
  const sums = { matched: 3, skipped: 2, left: 1 };
  expect(planned).toMatchObject({ status: 201, json: { ...sums, unknown: ['none', 'nobody'] } });
  const { id } = planned.json as Planned;
  const run = await under.change('POST', `/api/jobs/${id}/run`, undefined);
  expect(run.json).toMatchObject({ state: 'done', matched: 3, done: 1, skipped: 2, left: 0 });
  const why = expect.stringContaining('unknown') as string;
  expect(await under.getJson(`/api/jobs/${id}/results?result=skipped`)).toEqual({
    results: [
      { id: 'none', result: 'skipped', why },
      { id: 'nobody', result: 'skipped', why },
    ],
  });
});

test('a dry run counts the letters and tries the first ones, and leaves nothing that can be run', async () => {
  const { under, plan } = await consoleWithLetters();
  const dry = await plan({ filter: {}, dryRun: true });
  expect(dry).toMatchObject({
    status: 200,
    json: {
      dryRun: true,
      matched: 2,
      left: 2,
      tried: [
        { id: 'sound', result: 'ok' },
        { id: 'broken', result: 'invalid', why: expect.stringMatching(/^ERR_/) as string },
      ],
    },
  });
  expect(await under.getJson('/api/jobs')).toEqual({ jobs: [] });
  expect((await under.letters.find('sound'))?.value).toMatchObject({ revision: 1, draft: undefined });
  expect(under.publisher.published).toEqual([]);
});

test('a plan of no letters is not stored', async () => {
  const { under, plan } = await consoleWithLetters();
  const none = { matched: 0, skipped: 0, left: 0, tried: [], unknown: [] };
  expect(await plan({ filter: { code: 'ERR_STALE' } })).toMatchObject({
    status: 200,
    json: { action: 'replay', chosenBy: 'code=ERR_STALE', ...none },
  });
  expect(await plan({ ids: [] })).toMatchObject({ status: 400 });
  expect(await under.getJson('/api/jobs')).toEqual({ jobs: [] });
});

test('what is tried is the patched event, and no draft is saved', async () => {
  const { under, plan } = await consoleWithLetters();
  const { json } = await plan({ filter: {}, patch: spoil });
  expect(json).toMatchObject({
    tried: [
      { id: 'sound', result: 'invalid' },
      { id: 'broken', result: 'invalid' },
    ],
  });
  expect((await under.letters.find('sound'))?.value.draft).toBeUndefined();
});

test('a patch that copies, moves or tests a personal value is not planned, because the value would be shown', async () => {
  const under = new ConsoleUnderTest({ personal: ['/data/email'] });
  for (const operation of [
    { op: 'copy', from: '/data/email', path: '/data/note' },
    { op: 'move', from: '/data/email', path: '/data/note' },
    { op: 'test', path: '/data/email', value: 'ana@example.com' },
  ]) {
    const body = { action: 'replay', filter: {}, patch: [operation] };
    const answer = await under.change('POST', '/api/jobs', undefined, body);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'personal-value' } } });
  }
});

test('a plan that nobody ran within an hour cannot be run or stopped any more', async () => {
  const { under, plan } = await consoleWithLetters();
  const { id } = (await plan({ filter: {} })).json as Planned;
  under.clock.advance(hourMs - 1);
  expect(await under.getJson(`/api/jobs/${id}`)).toMatchObject({ state: 'planned' });
  under.clock.advance(1);
  expect(await under.getJson(`/api/jobs/${id}`)).toMatchObject({ state: 'expired' });
  for (const act of ['run', 'stop'])
    expect(await under.change('POST', `/api/jobs/${id}/${act}`, undefined)).toMatchObject({
      status: 409,
      json: { error: { code: 'plan-expired', next: 'Plan the job again.' } },
    });
  expect(under.publisher.published).toEqual([]);
});

test('a job that was run can go on later than an hour after its plan', async () => {
  const { under, plan } = await consoleWithLetters();
  const { id } = (await plan({ action: 'discard', note: 'a test', ids: ['sound'] })).json as Planned;
  const job = (await under.stores.jobs.find(id))!;
  await under.stores.jobs.save({ ...job.value, state: 'stopped', runBy: 'ana' }, job.version);
  under.clock.advance(hourMs);
  const run = await under.change('POST', `/api/jobs/${id}/run`, undefined);
  expect(run).toMatchObject({ status: 200, json: { state: 'done', done: 1 } });
});
