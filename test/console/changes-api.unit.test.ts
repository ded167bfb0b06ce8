import { anEventAt } from '../support/pipeline.ts';
import { aDelivery } from '../support/builders.ts';
import { filed } from '../support/letters.ts';
import { readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { ConsoleUnderTest, restOf } from './builders.ts';

const sound = anEventAt(7);
const broken = JSON.stringify({ ...sound, timestamp: 'noon', data: { email: 'ana@example.com' } });
const repair = [{ op: 'replace', path: '/timestamp', value: sound.timestamp }];

describe('a change of a letter', () => {
  test('edits, checks and replays an event that was broken: the message goes out with its number', async () => {
    const { under, letter } = await aBrokenLetter();
    const path = `/api/dead-letters/${letter.id}`;
    const checked = await under.change('POST', `${path}/check`, undefined, {});
    expect(checked).toMatchObject({ status: 200, json: { valid: false, failure: { code: 'ERR_INVALID_EVENT' } } });
    const drafted = await under.change('PUT', `${path}/draft`, 1, { patch: repair });
    expect(drafted).toMatchObject({
      status: 200,
      headers: { ETag: '"2"' },
      json: {
        valid: true,
        hasDraft: true,
        revision: 2,
        diff: [{ path: '/timestamp', before: '"noon"', after: JSON.stringify(sound.timestamp) }],
        becomes: [{ stream: 'default', id: 7 }],
      },
    });
    const replayed = await under.change('POST', `${path}/replay`, 2);
    expect(replayed).toMatchObject({ status: 202, json: { state: 'sent', replay: 1, revision: 4 } });
    expect(under.publisher.on('mended-events')).toHaveLength(1);
    const { history } = (await under.getJson(path)) as { history: { by: string; did: string }[] };
    expect(history.slice(1).map(({ by, did }) => [by, did])).toEqual([
      ['ana', 'edited'],
      ['ana', 'decided to replay'],
      ['ana', 'sent'],
    ]);
  });

  test('is refused without the revision that was seen (428), and with another (412), which answers with the letter', async () => {
    const { under, letter } = await aBrokenLetter();
    const path = `/api/dead-letters/${letter.id}/discard`;
    const without = await under.change('POST', path, undefined, { note: 'a test' });
    expect(without).toMatchObject({ status: 428, json: { error: { code: 'precondition-required' } } });
    const old = await under.change('POST', path, 7, { note: 'a test' });
    expect(old).toMatchObject({
      status: 412,
      headers: { ETag: '"1"' },
      json: { error: { code: 'changed' }, letter: { id: letter.id, revision: 1, state: 'open' } },
    });
  });

  test('is refused if the event would be refused again, and says why and what to do', async () => {
    const { under, letter } = await aBrokenLetter();
    expect(await under.change('POST', `/api/dead-letters/${letter.id}/replay`, 1)).toMatchObject({
      status: 422,
      json: { error: { code: 'invalid', next: expect.any(String) as unknown }, failure: { code: 'ERR_INVALID_EVENT' } },
    });
    expect(under.publisher.published).toEqual([]);
  });

  test('discards with a note, and opens again', async () => {
    const { under, letter } = await aBrokenLetter();
    const path = `/api/dead-letters/${letter.id}`;
    expect((await under.change('POST', `${path}/discard`, 1, { note: ' ' })).status).toBe(400);
    const discarded = await under.change('POST', `${path}/discard`, 1, { note: 'a test' });
    expect(discarded).toMatchObject({ status: 202, json: { state: 'discarded', note: 'a test' } });
    expect(await under.change('POST', `${path}/reopen`, 2)).toMatchObject({ status: 202, json: { state: 'open' } });
  });

  test('lists the attributes that differ from those of the producer', async () => {
    const { under, letter } = await aBrokenLetter();
    const path = `/api/dead-letters/${letter.id}`;
    const edit = { attributes: { set: { region: 'eu' }, drop: ['stream'] } };
    const { json } = await under.change('PUT', `${path}/draft`, 1, edit);
    const attributeDiff = [
      { name: 'stream', before: 'default' },
      { name: 'region', after: 'eu' },
    ];
    expect(json).toMatchObject({ diff: [], attributeDiff });
    expect((await under.change('POST', `${path}/check`, undefined)).json).toMatchObject({ attributeDiff });
  });

  test('drops a draft', async () => {
    const { under, letter } = await aBrokenLetter();
    const path = `/api/dead-letters/${letter.id}/draft`;
    await under.change('PUT', path, 1, { body: '{}' });
    expect(await under.change('DELETE', path, 2)).toMatchObject({ status: 200, json: { hasDraft: false } });
  });

  test('answers a repeated request as it answered the first', async () => {
    const { under, letter } = await aBrokenLetter();
    const path = `/api/dead-letters/${letter.id}`;
    Object.assign(under.session, { 'idempotency-key': 'once' });
    const first = await under.change('POST', `${path}/discard`, 1, { note: 'a test' });
    const second = await under.change('POST', `${path}/discard`, 1, { note: 'a test' });
    expect(second).toEqual(first);
  });

  test.each([
    ['POST', '/api/jobs', { action: 'replay', filter: {} }],
    ['PUT', '/api/dead-letters/{id}/draft', {}],
    ['POST', '/api/dead-letters/{id}/check', {}],
  ] as const)('refuses a patch that is none, and names its operation: %s %s', async (method, path, more) => {
    const { under, letter } = await aBrokenLetter();
    const patch = [...repair, { op: 'replace', path: 'data', value: 1 }];
    const message = expect.stringContaining('operation 1 (replace data): path is not a JSON Pointer') as string;
    const answer = await under.change(method, path.replace('{id}', letter.id), 1, { ...more, patch });
    expect(answer).toMatchObject({ status: 400, json: { error: { message } } });
    expect(await under.stores.jobs.list(1)).toEqual([]);
    expect((await under.letters.find(letter.id))?.value.revision).toBe(1);
  });

  test('answers a repeated edit with its check again', async () => {
    const { under, letter } = await aBrokenLetter();
    Object.assign(under.session, { 'idempotency-key': 'once' });
    const make = () => under.change('PUT', `/api/dead-letters/${letter.id}/draft`, 1, { patch: repair });
    const first = await make();
    expect(first).toMatchObject({ json: { valid: true, revision: 2 } });
    expect(await make()).toEqual(first);
  });

  test('answers a repeated request with the letter as it is now if it was changed since, and says so', async () => {
    const { under, letter } = await aBrokenLetter();
    const path = `/api/dead-letters/${letter.id}`;
    Object.assign(under.session, { 'idempotency-key': 'once' });
    const make = () => under.change('POST', `${path}/discard`, 1, { note: 'a test' });
    await make();
    await under.change('POST', `${path}/reopen`, 2);
    expect(await make()).toMatchObject({
      status: 202,
      headers: { ETag: '"3"' },
      json: { state: 'open', revision: 3, changedSince: true },
    });
  });

  test('takes no Idempotency-Key of a job, which is recognised whoever sends it', async () => {
    const { under, letter } = await aBrokenLetter();
    Object.assign(under.session, { 'idempotency-key': 'job/1' });
    const answer = await under.change('POST', `/api/dead-letters/${letter.id}/discard`, 1, { note: 'a test' });
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringContaining('jobs') as string } },
    });
  });

  test('masks personal values in what differs, and takes no masked value for a real one', async () => {
    const { under, letter } = await aBrokenLetter({ personal: ['/data/email'] });
    const path = `/api/dead-letters/${letter.id}/check`;
    const patch = [{ op: 'replace', path: '/data/email', value: 'bo@example.com' }];
    const { json } = await under.change('POST', path, undefined, { patch });
    expect(json).toMatchObject({ diff: [{ path: '/data/email', before: '"•••"', after: '"•••"' }] });
    const masked = [{ op: 'replace', path: '/data/other', value: ['•••'] }];
    for (const edit of [{ body: broken.replace('ana@example.com', '•••') }, { patch: masked }])
      expect(await under.change('POST', path, undefined, edit)).toMatchObject({
        status: 400,
        json: { error: { code: 'masked-body' } },
      });
    const plan = { action: 'replay', filter: { state: 'open' }, patch: masked };
    expect((await under.change('POST', '/api/jobs', undefined, plan)).status).toBe(400);
  });

  test('keeps the digits of the numbers in a patch', async () => {
    const { under, letter } = await aBrokenLetter();
    const patch = '{"patch": [{"op":"add","path":"/data/n","value":12345678901234567890.10}]}';
    const headers = { ...under.session, 'if-match': '"1"' };
    const path = `/api/dead-letters/${letter.id}/draft`;
    const request = { method: 'PUT', path, query: new URLSearchParams(), headers, body: Buffer.from(patch) };
    expect((await under.console(request)).status).toBe(200);
    const draft = (await under.letters.find(letter.id))?.value.draft?.data ?? '';
    expect(Buffer.from(draft).toString()).toContain('"n":12345678901234567890.10');
  });

  test.each([
    ['a viewer', { role: 'viewer' as const }, {}, 'not-an-operator'],
    ['a page of another site', {}, { 'sec-fetch-site': 'cross-site' }, 'token-required'],
    ['a request without the token', {}, { 'x-session-token': '' }, 'token-required'],
    ['a request with the token of another session', {}, { 'x-session-token': 'u'.repeat(32) }, 'token-required'],
    ['a request without the cookie', {}, { cookie: '' }, 'token-required'],
  ])('is refused to %s', async (_, caller, headers, code) => {
    const { under, letter } = await aBrokenLetter();
    Object.assign(under.caller, caller);
    Object.assign(under.session, headers);
    const answer = await under.change('POST', `/api/dead-letters/${letter.id}/discard`, 1, { note: 'a test' });
    expect(answer).toMatchObject({ status: 403, json: { error: { code } } });
    expect((await under.letters.find(letter.id))?.value.revision).toBe(1);
  });

  test.each([
    [{ note: 7 }, 'note: '],
    [{ note: 'x', why: 'y' }, 'Unrecognized key'],
  ])('is refused with the body %j, and says what is wrong', async (body, message) => {
    const { under, letter } = await aBrokenLetter();
    const { status, json } = await under.change('POST', `/api/dead-letters/${letter.id}/discard`, 1, body);
    expect([status, json]).toMatchObject([400, { error: { message: expect.stringContaining(message) as unknown } }]);
  });
});

describe('/api/session', () => {
  test('says who calls, and gives a token that stays the same for a browser', async () => {
    const under = new ConsoleUnderTest();
    const first = await under.get('/api/session');
    const { token, caller } = JSON.parse(first.body) as { token: string; caller: object };
    expect(caller).toEqual({ name: 'ana', role: 'operator' });
    const cookie = first.headers['Set-Cookie'] ?? '';
    expect(cookie).toMatch(/^session-of-eventmend=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/);
    const second = await under.get('/api/session', 'GET', { cookie: cookie.split(';')[0] ?? '' });
    expect(JSON.parse(second.body)).toMatchObject({ token });
  });
});

describe('/api/status', () => {
  test('says that all is well, or why not', async () => {
    expect(await new ConsoleUnderTest().getJson('/api/status')).toMatchObject({ isWell: true, concerns: [] });
    const { under } = await aBrokenLetter();
    expect(await under.getJson('/api/status')).toMatchObject({
      isWell: false,
      concerns: [{ about: 'letters' }],
      letters: { byState: { open: { count: 1, isMore: false } }, mostCode: 'ERR_INVALID_EVENT' },
    });
  });
});

describe('/api/changes', () => {
  test('sends the changes as they happen, and after an interruption those that were missed', async () => {
    const { under, letter } = await aBrokenLetter();
    const before = await under.stores.auditTrail.latest();
    const live = (await under.get('/api/changes')).rest![Symbol.asyncIterator]();
    await live.next();
    const next = live.next();
    await under.change('POST', `/api/dead-letters/${letter.id}/discard`, 1, { note: 'a test' });
    under.clock.advance(1_000);
    const event = (await next).value as string;
    expect(event).toMatch(/^id: \d+\nevent: letter\ndata: \{.*\}\n\n$/);
    expect(event).toContain(`"letter":"${letter.id}"`);
    expect(event).toContain('"did":"discarded"');

    const again = await under.get('/api/changes', 'GET', { 'last-event-id': before });
    const missed = again.rest![Symbol.asyncIterator]();
    await missed.next();
    expect((await missed.next()).value).toBe(event);
    expect((await under.get('/api/changes', 'GET', { 'last-event-id': 'x' })).status).toBe(400);
  });
});

test('an export of nothing is complete', async () => {
  const rest = await restOf(await new ConsoleUnderTest().get('/api/dead-letters/export'));
  expect(rest).toBe('{"exported":0,"complete":true}\n');
});

/** A console with one letter: an event whose timestamp is wrong. */
async function aBrokenLetter(catalog = {}): Promise<{ readonly under: ConsoleUnderTest; readonly letter: DeadLetter }> {
  const under = new ConsoleUnderTest(catalog);
  const attributes = {
    stream: 'default',
    'eventmend-id': '7',
    'eventmend-code': 'ERR_INVALID_EVENT',
    'eventmend-stage': 'validate',
    'eventmend-detail': 'timestamp: not a time',
    'eventmend-root': 'events/17',
  };
  const letter = filed(readLetter(aDelivery({ data: Buffer.from(broken), attributes, topic: 'dead-letter-queue' })));
  await under.file(letter);
  return { under, letter };
}
