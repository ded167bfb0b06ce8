import { makeConsole } from '../../functions/console/handler.ts';
import { RetryableError } from '../../shared/errors.ts';
import { aFront, aPiece, aRevisedCell, fileGaps } from '../support/builders.ts';
import { aGap, ConsoleUnderTest, noon } from './builders.ts';
import { withUnreadable } from '../support/unreadable-gaps.ts';

describe('/api/streams', () => {
  test('lists every stream by name, with how far it is accounted for', async () => {
    const { getJson } = await twoStreams();
    expect(await getJson('/api/streams')).toEqual({
      streams: [
        {
          stream: 'audit',
          highWater: 2,
          unresolvedGaps: 0,
          revisions: 0,
          beganAt: new Date(noon).toISOString(),
          ...nowhereElse,
        },
        {
          stream: 'orders',
          first: 1,
          highWater: 8,
          watermark: 4,
          lag: 4,
          behindSince: '2025-02-09T11:59:00.000Z',
          perMinute: 0.5,
          unresolvedGaps: 1,
          revisions: 0,
          sweptAt: '2025-02-09T12:00:00.000Z',
          ...nowhereElse,
        },
      ],
    });
  });

  test('lists other fronts and outliers, and takes the watermark of a front from the gaps inside it', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1, 2, 900, 5_001, 5_009]);
    await under.progress('orders', {
      pieces: [
        aPiece({ from: 1, to: 9, atMs: noon - 60_000 }),
        aPiece({ from: 900, to: 900 }),
        ...aFront({ first: 5_001, last: 5_009, scanned: 5_007 }),
      ],
    });
    await fileGaps(under.ledger, [aGap({ from: 3, to: 8 }), aGap({ from: 5_005, to: 5_005 })]);
    expect(await under.getJson('/api/streams')).toMatchObject({
      streams: [
        {
          first: 5_001,
          highWater: 5_009,
          watermark: 5_004,
          lag: 5,
          unresolvedGaps: 2,
          otherFronts: 1,
          fronts: [{ first: 1, last: 9, grewAt: '2025-02-09T11:59:00.000Z' }],
          outliers: 1,
          outlierIds: [900],
        },
      ],
    });
  });

  test('keeps the watermark below a row that cannot be read', async () => {
    const under = new ConsoleUnderTest({}, (ledger) => withUnreadable(ledger, [5]));
    await under.progress('orders', { pieces: aFront({ first: 1, last: 9 }) });
    await under.hold('orders', [1]);
    await fileGaps(under.ledger, [aGap({ from: 5, to: 5 })]);
    expect(await under.getJson('/api/streams')).toMatchObject({ streams: [{ watermark: 4 }] });
  });

  test('needs few calls for a stream', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1, 4]);
    await under.progress('orders', { pieces: aFront({ first: 1, last: 4 }) });
    await fileGaps(under.ledger, [aGap({ from: 2, to: 3 })]);
    const spies = (['progress', 'unresolved', 'countUnresolved', 'list'] as const).map((name) =>
      jest.spyOn(under.ledger, name),
    );
    await under.getJson('/api/streams');
    expect(spies.map((spy) => spy.mock.calls.length)).toEqual([1, 1, 1, 0]);
  });

  test('counts the events whose ids other events hold', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1, 2, 300], aRevisedCell());
    expect(await under.getJson('/api/streams')).toMatchObject({ streams: [{ stream: 'orders', revisions: 3 }] });
  });

  test('is empty before the first event', async () => {
    expect(await new ConsoleUnderTest().getJson('/api/streams')).toEqual({ streams: [] });
  });
});

describe('a page of streams', () => {
  test('names the page after it, as long as there is one', async () => {
    const { getJson } = await twoStreams();
    const first = (await getJson('/api/streams?limit=1')) as { streams: object[]; next: string };
    expect(first).toMatchObject({ streams: [{ stream: 'audit' }], next: expect.any(String) as unknown });
    const second = await getJson(`/api/streams?limit=1&page=${encodeURIComponent(first.next)}`);
    expect(second).toMatchObject({ streams: [{ stream: 'orders' }] });
    expect(second).not.toHaveProperty('next');
  });

  test.each(['', 'a b', '%00', 'x'.repeat(2_049)])('is answered 400 for "%s", which is none', async (name) => {
    const under = new ConsoleUnderTest();
    for (const path of ['/', '/api/streams'])
      expect((await under.get(`${path}?page=${encodeURIComponent(name)}`)).status).toBe(400);
  });

  test('is answered 400 where the store does not know it any more', async () => {
    const blocks = { streams: async () => undefined } as never;
    const under = makeConsole({ ...new ConsoleUnderTest().deps, blocks });
    const { status } = await under({ method: 'GET', path: '/', query: new URLSearchParams('page=expired') });
    expect(status).toBe(400);
  });

  test('is loaded a few streams at a time', async () => {
    const under = new ConsoleUnderTest();
    for (let i = 0; i < 40; i++) await under.hold(`stream-${i}`, [1]);
    let [underway, most] = [0, 0];
    const count = under.ledger.countUnresolved.bind(under.ledger);
    under.ledger.countUnresolved = async (stream) => {
      most = Math.max(most, ++underway);
      const counted = await count(stream);
      underway--;
      return counted;
    };
    expect(((await under.getJson('/api/streams')) as { streams: object[] }).streams).toHaveLength(40);
    expect(most).toBe(10);
  });
});

describe('/api/streams/{stream}/gaps', () => {
  test('counts the unresolved gaps that it does not show, and reads no more than it shows', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1]);
    await fileGaps(
      under.ledger,
      Array.from({ length: 30 }, (_, i) => aGap({ from: 2 * i, to: 2 * i })),
    );
    const read = jest.spyOn(under.ledger, 'unresolved');
    const shown = (await under.getJson('/api/streams/orders/gaps?limit=10')) as { gaps: object[] };
    expect(shown).toMatchObject({ unresolved: 30, isCut: true });
    expect(shown.gaps).toHaveLength(10);
    expect(read.mock.calls).toEqual([['orders', 11]]);
  });

  test('counts by the blocks how many ids of an unresolved gap are missing by now', async () => {
    const { getJson } = await twoStreams();
    expect(await getJson('/api/streams/orders/gaps')).toEqual({
      stream: 'orders',
      unresolved: 1,
      isRecovered: true,
      isCut: false,
      gaps: [
        { from: 5, to: 8, ids: 4, state: 'open', states: ['open'], foundAt: '2025-02-09T12:00:00.000Z', missing: 3 },
        {
          from: 2,
          to: 2,
          ids: 1,
          state: 'filled',
          states: ['filled'],
          foundAt: '2025-02-09T12:00:00.000Z',
          resolvedAt: '2025-02-09T12:00:05.000Z',
        },
      ],
      unreadable: [],
    });
  });

  test('shows the others where a row cannot be read, and which one that is', async () => {
    const under = new ConsoleUnderTest({}, (ledger) => withUnreadable(ledger, [5, 20]));
    await under.hold('orders', [1]);
    await fileGaps(under.ledger, [
      aGap({ from: 5, to: 6 }),
      aGap({ from: 9, to: 9 }),
      aGap({ from: 20, to: 20, state: 'filled' }),
    ]);
    const reason = 'cannot be read: foundAtMs: not a number';
    expect(await under.getJson('/api/streams/orders/gaps')).toMatchObject({
      unresolved: 2,
      gaps: [{ from: 9 }],
      unreadable: [`the row of the gap 5–6 ${reason}`, `the row of the gap 20 ${reason}`],
    });
    expect((await under.get('/')).body).toContain(`the row of the gap 5–6 ${reason}`);
  });

  test('does not count what is missing of a gap of more than four blocks', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1]);
    await fileGaps(under.ledger, [aGap({ from: 2, to: 1_026 })]);
    expect(await under.getJson('/api/streams/orders/gaps')).toMatchObject({ gaps: [{ ids: 1_025 }] });
    expect((await under.get('/api/streams/orders/gaps')).body).not.toContain('"missing"');
  });

  test('says if the catalog only lists the gaps of the stream', async () => {
    const under = new ConsoleUnderTest({ streams: { audit: { recover: false } } });
    await under.hold('audit', [1]);
    expect(await under.getJson('/api/streams/audit/gaps')).toMatchObject({ isRecovered: false });
  });

  test('shows no more than asked for', async () => {
    const { getJson } = await twoStreams();
    expect(await getJson('/api/streams/orders/gaps?limit=1')).toMatchObject({ isCut: true, gaps: [{ from: 5 }] });
  });

  test.each(['unknown', '..', 'a%2Fb', '%3Cscript%3E', '__proto__'])(
    'answers 404 for %s, which is no stream',
    async (name) => {
      const { get } = await twoStreams();
      const { status, body } = await get(`/api/streams/${name}/gaps`);
      expect([status, JSON.parse(body)]).toMatchObject([404, { error: { code: 'unknown-stream' } }]);
    },
  );
});

describe('any request', () => {
  const paths = ['/', '/api/streams', '/api/dead-letters'];

  test.each(['/api', '/api/', '/api/streams/', '/index.html', '//', '', '*', '/api/dead-letters/a/b'])(
    'is answered 404 at %s, where nothing is',
    async (path) => {
      expect((await new ConsoleUnderTest().get(path)).status).toBe(404);
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'is answered 405 if it is a %s: the console changes nothing',
    async (method) => {
      for (const path of paths) {
        const { status, headers } = await new ConsoleUnderTest().get(path, method);
        expect([status, headers.Allow]).toEqual([405, 'GET, HEAD']);
      }
    },
  );

  test('may ask for the head alone', async () => {
    expect((await new ConsoleUnderTest().get('/', 'HEAD')).status).toBe(200);
  });

  test('is answered 400 if its address is not percent-encoded UTF-8', async () => {
    const { status, headers } = await new ConsoleUnderTest().get('/api/streams/%FF/gaps');
    expect([status, headers['Content-Type']]).toEqual([400, 'application/json; charset=utf-8']);
  });

  test('is answered 503 while the store does not answer', async () => {
    const failing = async () => Promise.reject(new RetryableError('UNAVAILABLE'));
    const { status, body } = await consoleThatFailsBy(failing)({ method: 'GET', path: '/api/dead-letters', query });
    expect([status, JSON.parse(body)]).toMatchObject([503, { error: { code: 'unavailable' } }]);
  });

  test('throws an error that is a bug, so that the server of the console can log it', async () => {
    const failing = async () => Promise.reject(new TypeError('a bug'));
    const answer = consoleThatFailsBy(failing)({ method: 'GET', path: '/api/dead-letters', query });
    await expect(answer).rejects.toThrow('a bug');
  });

  test.each([...paths, '/nowhere'])('is answered at %s with headers that forbid other sites', async (path) => {
    const { headers } = await new ConsoleUnderTest().get(path);
    expect(headers).toMatchObject({
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    expect(headers['Content-Security-Policy']).toMatch(
      /^default-src 'none'; base-uri 'none'; frame-ancestors 'none'; .*form-action '(?:none|self)'/,
    );
    expect(headers['Content-Security-Policy']).not.toContain('unsafe');
    expect(headers).not.toHaveProperty('Access-Control-Allow-Origin');
  });
});

const query = new URLSearchParams();
const nowhereElse = { otherFronts: 0, fronts: [], outliers: 0, outlierIds: [] };

function consoleThatFailsBy(find: () => Promise<never>) {
  const { deps } = new ConsoleUnderTest();
  return makeConsole({ ...deps, letterIndex: { ...deps.letterIndex, find } });
}

/** `orders` misses 5, 7 and 8 of a gap that was found as 5 to 8; `audit` has not been swept. */
async function twoStreams() {
  const under = new ConsoleUnderTest();
  await under.hold('orders', [1, 2, 3, 4, 6, 9]);
  await under.hold('audit', [1, 2]);
  await under.progress('orders', { pieces: aFront({ first: 1, last: 8 }) });
  await fileGaps(under.ledger, [
    aGap({ from: 2, to: 2, state: 'filled', resolvedAtMs: noon + 5_000 }),
    aGap({ from: 5, to: 8 }),
  ]);
  return { get: under.get.bind(under), getJson: under.getJson.bind(under) };
}
