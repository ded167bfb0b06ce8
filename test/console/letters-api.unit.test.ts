import { aLetter, ConsoleUnderTest, noon, restOf } from './builders.ts';

const personal = { personal: ['/data/email', '/data/contacts/0'] };
const withEmail = '{"event_id": 1, "data": {"email": "ana@example.com", "amount": 1.50}}';

describe('/api/dead-letters', () => {
  test('lists the letters that were opened last first, with the meaning of their codes and nothing of their messages', async () => {
    const under = new ConsoleUnderTest();
    const older = aLetter({ id: 'older', filedAtMs: noon - 1, data: 'é', stream: undefined, eventId: undefined });
    await under.file(older, aLetter({ id: 'newer', data: Buffer.alloc(10_000_000, 'x') }));
    const listed = (await under.getJson('/api/dead-letters')) as { letters: unknown[] };
    expect(listed).toMatchObject({ scanned: 2, letters: [{ id: 'newer', bytes: 10_000_000 }, { id: 'older' }] });
    expect(listed.letters[1]).toEqual({
      id: 'older',
      state: 'open',
      because: 'failed',
      revision: 1,
      replay: 0,
      code: 'ERR_UNDECODABLE',
      meaning: 'not UTF-8, or not JSON',
      stage: 'validate',
      detail: 'not JSON',
      reason: 'AAAAAAAAAAAAAAAA',
      source: 'events',
      failedAt: '2025-02-09T12:00:00.000Z',
      firstAt: '2025-02-09T12:00:01.000Z',
      filedAt: '2025-02-09T11:59:59.999Z',
      bytes: 2,
      isKept: false,
      isGap: false,
      hasDraft: false,
    });
  });

  test('lists those that were opened first first, if it is asked to', async () => {
    const under = new ConsoleUnderTest();
    await under.file(...['a', 'b', 'c'].map((id, i) => aLetter({ id, filedAtMs: noon + i })));
    const first = (await under.getJson('/api/dead-letters?sort=oldest&limit=2')) as Page;
    expect(first.letters.map(({ id }) => id)).toEqual(['a', 'b']);
    const second = (await under.getJson(`/api/dead-letters?sort=oldest&limit=2&cursor=${first.next}`)) as Page;
    expect(second.letters.map(({ id }) => id)).toEqual(['c']);
    expect((await under.get('/api/dead-letters?sort=code')).status).toBe(400);
  });

  test('stays small whatever the letters hold', async () => {
    const under = new ConsoleUnderTest();
    const long = 'y'.repeat(100_000);
    const failure = { code: 'ERR_UNDECODABLE', stage: 'archive', detail: long } as const;
    await under.file(aLetter({ data: Buffer.alloc(10_000_000), stream: long, failure, attributes: { note: long } }));
    expect((await under.get('/api/dead-letters')).body.length).toBeLessThan(6_000);
  });

  test('goes on from page to page until no letter is left', async () => {
    const under = new ConsoleUnderTest();
    const ids = Array.from({ length: 5 }, (_, i) => `letter-${i}`);
    await under.file(...ids.map((id, i) => aLetter({ id, filedAtMs: noon + i })));
    const pages: string[][] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const at: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = (await under.getJson(`/api/dead-letters?limit=2${at}`)) as Page;
      pages.push(page.letters.map(({ id }) => id));
      cursor = page.next;
    }
    expect(pages).toEqual([['letter-4', 'letter-3'], ['letter-2', 'letter-1'], ['letter-0']]);
  });

  test.each([
    ['state=open&code=ERR_STALE', ['b']],
    ['stream=orders&id=7', ['c', 'a']],
    ['from=2025-02-09T12:00:02Z', ['c', 'b']],
    ['to=2025-02-09T12:00:02Z', ['a']],
    ['stage=track', ['b']],
  ])('filters by %s', async (query, expected) => {
    const under = await threeLetters();
    expect(((await under.getJson(`/api/dead-letters?${query}`)) as Page).letters.map(({ id }) => id)).toEqual(expected);
  });

  test('looks for a text in 1,000 heads, says how many it looked at, and goes on behind them', async () => {
    const under = new ConsoleUnderTest();
    const letters = Array.from({ length: 1_200 }, (_, i) => aLetter({ id: `letter-${i}`, filedAtMs: noon + i }));
    const failure = { code: 'ERR_INVALID_EVENT', stage: 'validate', detail: 'type: Missing' } as const;
    await under.file(...letters.slice(1), { ...letters[0]!, failure });
    const first = (await under.getJson('/api/dead-letters?text=missing')) as Page;
    expect(first).toMatchObject({ letters: [], scanned: 1_000 });
    const second = await under.getJson(`/api/dead-letters?text=missing&cursor=${encodeURIComponent(first.next!)}`);
    expect(second).toEqual({ letters: [expect.objectContaining({ id: 'letter-0' })], scanned: 200 });
  });

  test.each([
    ['limit=0', 'limit must be a whole number from 1 to 500.'],
    ['limit=１', 'limit must be a whole number from 1 to 500.'],
    ['state=gone', 'state must be one of open, sending, sent, done, discarded.'],
    ['id=7', 'id must come with stream: ids are those of a stream.'],
    [
      'from=yesterday',
      'from must be a date or a time of ISO 8601, such as 2026-07-01 or 2026-07-01T12:00Z; UTC without a zone.',
    ],
    ['cursor=x', 'cursor must be the "next" of a list of dead letters.'],
    ['order=code', 'There is no parameter order here.'],
  ])('answers 400 for %s', async (query, message) => {
    const { status, body } = await new ConsoleUnderTest().get(`/api/dead-letters?${query}`);
    expect([status, JSON.parse(body)]).toMatchObject([400, { error: { code: 'bad-request', message } }]);
  });

  test('answers 404 for a stream of which nothing is stored', async () => {
    const under = await threeLetters();
    await under.hold('quiet', [1]);
    expect((await under.get('/api/dead-letters?stream=quiet')).status).toBe(200);
    const { status, body } = await under.get('/api/dead-letters?stream=oders');
    expect([status, JSON.parse(body)]).toMatchObject([404, { error: { code: 'unknown-stream' } }]);
  });
});

describe('/api/dead-letters/counts', () => {
  test('counts by code, the most frequent first, and by state, those without letters too', async () => {
    const under = await threeLetters();
    expect(await under.getJson('/api/dead-letters/counts')).toMatchObject({
      groups: [
        { value: 'ERR_UNDECODABLE', text: 'not UTF-8, or not JSON', count: 2, isMore: false },
        { value: 'ERR_STALE', count: 1 },
      ],
    });
    const byState = (await under.getJson('/api/dead-letters/counts?by=state&stage=track')) as Groups;
    expect(byState.groups.map(({ value, count }) => [value, count])).toEqual([
      ['open', 1],
      ['sending', 0],
      ['sent', 0],
      ['done', 0],
      ['discarded', 0],
    ]);
  });

  test('counts the reasons of a code', async () => {
    const under = await threeLetters();
    expect(await under.getJson('/api/dead-letters/counts?by=reason&code=ERR_STALE')).toMatchObject({
      groups: [{ value: 'stale-reason', text: 'late', count: 1 }],
    });
    expect((await under.get('/api/dead-letters/counts?by=reason')).status).toBe(400);
  });

  test('asks the store for no more than 10,001 letters of a group, unless the count is to be exact', async () => {
    const under = await threeLetters();
    const count = jest.spyOn(under.deps.letterIndex, 'count').mockResolvedValue(10_001);
    const query = 'by=code&code=ERR_STALE';
    expect(await under.getJson(`/api/dead-letters/counts?${query}`)).toMatchObject({
      groups: [{ count: 10_000, isMore: true }],
    });
    expect(await under.getJson(`/api/dead-letters/counts?${query}&exact`)).toMatchObject({
      groups: [{ count: 10_001, isMore: false }],
    });
    expect(count.mock.calls.map(([, max]) => max)).toEqual([10_001, undefined]);
  });

  test('counts again after ten seconds, and not before', async () => {
    const under = await threeLetters();
    const countOpen = async () => ((await under.getJson('/api/dead-letters/counts?code=ERR_STALE')) as Groups).groups;
    expect(await countOpen()).toMatchObject([{ count: 1 }]);
    await under.file(aLetter({ id: 'd', failure: { code: 'ERR_STALE', stage: 'track', detail: 'late' } }));
    under.clock.advance(9_999);
    expect(await countOpen()).toMatchObject([{ count: 1 }]);
    under.clock.advance(1);
    expect(await countOpen()).toMatchObject([{ count: 2 }]);
  });
});

describe('/api/dead-letters/{id}', () => {
  test('shows head, history and what the store holds, with the revision as ETag', async () => {
    const under = new ConsoleUnderTest();
    const history = [{ atMs: noon, by: 'archive', did: 'filed', replay: 0, note: 'ERR_UNDECODABLE' } as const];
    await under.file(aLetter({ id: 'x-_9', revision: 7, history, attributes: { 'eventmend-root': 'events/17' } }));
    const { headers, body } = await under.get('/api/dead-letters/x-_9');
    expect(headers.ETag).toBe('"7"');
    expect(JSON.parse(body)).toMatchObject({
      id: 'x-_9',
      root: 'events/17',
      messageIds: ['17'],
      history: [{ at: '2025-02-09T12:00:00.000Z', by: 'archive', did: 'filed', replay: 0, note: 'ERR_UNDECODABLE' }],
      entry: { entries: [], mayBePublished: false },
    });
  });

  test('answers 404 for a letter that is not filed', async () => {
    expect((await new ConsoleUnderTest().get('/api/dead-letters/unknown')).status).toBe(404);
  });

  test.each(['a%2Fb', '..', 'x'.repeat(65), '%00', ''])(
    'answers 404 for "%s", and asks no store for it',
    async (id) => {
      const under = new ConsoleUnderTest();
      const find = jest.spyOn(under.letters, 'find');
      expect((await under.get(`/api/dead-letters/${id}`)).status).toBe(404);
      expect(find).not.toHaveBeenCalled();
    },
  );
});

describe('/api/dead-letters/{id}/body', () => {
  test('shows the message as text, and one that is not UTF-8 as base64', async () => {
    const under = new ConsoleUnderTest();
    const data = `<script>"${'é'.repeat(1_000_000)}`;
    await under.file(aLetter({ id: 'x', data }), aLetter({ id: 'y', data: Uint8Array.of(0xff, 0xfe) }));
    expect(await under.getJson('/api/dead-letters/x/body')).toMatchObject({
      version: 'original',
      encoding: 'text',
      data,
    });
    expect(await under.getJson('/api/dead-letters/y/body')).toMatchObject({ encoding: 'base64', data: '//4=' });
  });

  test('shows the message that was too large to travel, as it is kept', async () => {
    const under = new ConsoleUnderTest();
    await under.letters.keep('events/17', 0, { data: Buffer.from('the whole'), attributes: { sender: 'shop' } });
    await under.file(aLetter({ id: 'x', data: '', attributes: { 'eventmend-body': 'kept' } }));
    expect(await under.getJson('/api/dead-letters/x/body')).toMatchObject({
      data: 'the whole',
      attributes: { sender: 'shop', 'eventmend-body': 'kept' },
    });
  });

  test('masks the personal values that the catalog names, until they are asked for, and changes no other byte', async () => {
    const under = new ConsoleUnderTest(personal);
    await under.file(aLetter({ id: 'x', data: withEmail }));
    expect(await under.getJson('/api/dead-letters/x/body')).toMatchObject({
      data: '{"event_id": 1, "data": {"email": "•••", "amount": 1.50}}',
      masked: ['/data/email'],
    });
    expect(await under.getJson('/api/dead-letters/x/body?unmask=true')).toMatchObject({ data: withEmail, masked: [] });
  });

  test('shows nothing of a message in which nobody can find the personal values', async () => {
    const under = new ConsoleUnderTest(personal);
    await under.file(aLetter({ id: 'x', data: '{"email": "ana@example.com"' }));
    expect(await under.getJson('/api/dead-letters/x/body')).toMatchObject({ data: '', masked: 'all' });
  });

  test('writes to the audit trail who looked, at what, and whether without a mask', async () => {
    const under = new ConsoleUnderTest();
    await under.file(aLetter({ id: 'x', draft: { data: Buffer.from('{}'), attributes: {} } }));
    const before = await under.stores.auditTrail.latest();
    await under.get('/api/dead-letters/x/body');
    await under.get('/api/dead-letters/x/body?version=draft&unmask=true');
    const noted = await under.stores.auditTrail.since(before, 10);
    expect(noted?.map(({ entry }) => [entry.letter, entry.by, entry.did, entry.note])).toEqual([
      ['x', 'ana', 'viewed the original', undefined],
      ['x', 'ana', 'viewed the draft', 'unmasked'],
    ]);
  });

  test('is not told by a check of an edit either, without an entry in the audit trail', async () => {
    const under = new ConsoleUnderTest(personal);
    await under.file(aLetter({ id: 'x', data: withEmail }));
    const check = (query: string, ...patch: object[]) =>
      under.change('POST', `/api/dead-letters/x/check${query}`, undefined, { patch });
    for (const op of ['copy', 'move'])
      expect(await check('', { op, from: '/data/email', path: '/data/y' })).toMatchObject({
        status: 400,
        json: { error: { code: 'personal-value' } },
      });
    expect((await check('', { op: 'test', path: '/data', value: {} })).status).toBe(400);
    const before = await under.stores.auditTrail.latest();
    const copied = await check('?unmask=true', { op: 'copy', from: '/data/email', path: '/data/y' });
    expect([copied.status, JSON.stringify(copied.json)]).toEqual([200, expect.stringContaining('ana@example.com')]);
    const noted = await under.stores.auditTrail.since(before, 10);
    expect(noted?.map(({ entry }) => [entry.letter, entry.by, entry.note])).toEqual([['x', 'ana', 'unmasked']]);
    expect((await check('', { op: 'replace', path: '/data/amount', value: 2 })).status).toBe(200);
  });

  test('is not for viewers, who see heads', async () => {
    const under = await threeLetters();
    under.caller = { name: 'vic@example.com', role: 'viewer' };
    expect((await under.get('/api/dead-letters/a')).status).toBe(200);
    for (const path of ['/api/dead-letters/a/body', '/api/dead-letters/export']) {
      const { status, body } = await under.get(path);
      expect([status, JSON.parse(body)]).toMatchObject([403, { error: { code: 'not-an-operator' } }]);
    }
  });
});

describe('/api/dead-letters/export', () => {
  test('writes a line for each letter with its masked messages, and says at the end that it is complete', async () => {
    const under = new ConsoleUnderTest(personal);
    const draft = { data: Buffer.from('{}'), attributes: { a: 'b' } };
    await under.file(aLetter({ id: 'x', data: withEmail, draft }), aLetter({ id: 'y', filedAtMs: noon }));
    const lines = (await restOf(await under.get('/api/dead-letters/export'))).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { id: 'x', original: { data: expect.stringContaining('"•••"') as unknown }, draft: { attributes: { a: 'b' } } },
      { id: 'y' },
      { exported: 2, complete: true },
    ]);
  });

  test('says that it is not complete if the store fails on the way', async () => {
    const under = await threeLetters();
    const find = under.letters.find.bind(under.letters);
    jest.spyOn(under.letters, 'find').mockImplementation(async (id) => {
      if (id === 'a') throw new Error('UNAVAILABLE');
      return find(id);
    });
    const lines = (await restOf(await under.get('/api/dead-letters/export'))).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toEqual({ exported: 2, complete: false });
  });
});

interface Page {
  readonly letters: readonly { readonly id: string }[];
  readonly next?: string;
}
interface Groups {
  readonly groups: readonly { readonly value: string; readonly count: number }[];
}

/** Letters a, b and c, opened a second apart. b is another event, and came too late. */
async function threeLetters(): Promise<ConsoleUnderTest> {
  const under = new ConsoleUnderTest();
  const failure = { code: 'ERR_STALE', stage: 'track', detail: 'late' } as const;
  await under.file(
    aLetter({ id: 'a', filedAtMs: noon + 1_000 }),
    aLetter({ id: 'b', filedAtMs: noon + 2_000, failure, reason: 'stale-reason', eventId: 8 }),
    aLetter({ id: 'c', filedAtMs: noon + 3_000 }),
  );
  return under;
}
