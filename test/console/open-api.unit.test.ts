import { apiRoutes } from '../../functions/console/api/answer-api.ts';
import { answerSchemas, errorSchema, streamedAnswers } from '../../functions/console/api/api-schemas.ts';
import { anEvent, fileGaps, minuteMs } from '../support/builders.ts';
import { discardedStanding } from '../support/letters.ts';
import { typeWithNote } from '../support/records.ts';
import { aGap, aLetter, ConsoleUnderTest, noon, restOf } from './builders.ts';

interface Described {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly parameters: readonly { in: string; name: string }[] }>>>
  >;
}

async function describedBy(under: ConsoleUnderTest): Promise<Described> {
  return (await under.getJson('/api/openapi.json')) as Described;
}

const filledIn = (path: string, id = 'x'): string => path.replace('{id}', id).replace('{stream}', 'orders');

test('the description has every address that the server answers, and no other', async () => {
  const under = new ConsoleUnderTest();
  const { paths } = await describedBy(under);
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const served = apiRoutes(under.deps).map(({ method, path }) => `${method} ${path}`);
  expect(described.toSorted()).toEqual(served.toSorted());
  const shaped = [...Object.keys(answerSchemas), ...Object.keys(streamedAnswers)];
  expect(shaped.toSorted()).toEqual(served.toSorted());
});

test('the server takes each parameter that is described, and no other', async () => {
  const under = new ConsoleUnderTest();
  const { paths } = await describedBy(under);
  for (const [path, { get }] of Object.entries(paths)) {
    if (!get || path === '/api/changes') continue;
    const names = get.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    for (const name of [...names, 'unheard-of']) {
      const { body } = await under.get(`${filledIn(path)}?${name}=1`);
      expect(body.includes('There is no parameter')).toBe(name === 'unheard-of');
    }
  }
});

test('every address answers in the shape that is described, also for a replay', async () => {
  const under = await consoleWithAll();
  const change = (method: 'POST' | 'PUT' | 'DELETE', path: string, revision?: number, body?: object) =>
    under.change(method, path, revision, body);
  const letter = '/api/dead-letters/x';
  const fix = { body: JSON.stringify(anEvent({ event_id: 7 })) };
  await change('POST', `${letter}/check`, undefined, fix);
  await change('PUT', `${letter}/draft`, 1, { body: '{}' });
  await under.getJson(`${letter}/body?version=draft`);
  await change('DELETE', `${letter}/draft`, 2);
  await change('POST', `${letter}/discard`, 3, { note: 'a test' });
  await change('POST', `${letter}/reopen`, 4);
  await change('PUT', `${letter}/draft`, 5, fix);
  expect(await change('POST', `${letter}/replay`, 6)).toMatchObject({
    status: 202,
    json: { state: 'sent', replay: 1 },
  });
  await change('POST', '/api/streams/orders/gaps/5/ask');
  await change('POST', '/api/recheck', undefined, { stream: 'orders', id: 7 });
  await change('POST', '/api/erase', undefined, { pattern: 'nobody' });
  const { json } = await change('POST', '/api/jobs', undefined, { action: 'reopen', ids: ['y'] });
  const { id } = json as { readonly id: string };
  await change('POST', `/api/jobs/${id}/stop`);
  await change('POST', `/api/jobs/${id}/run`);
  for (const { method, path } of apiRoutes(under.deps))
    if (method === 'GET' && !(`GET ${path}` in streamedAnswers))
      await under.getJson(filledIn(path.replace('/ids/{id}', '/ids/7'), path.includes('jobs') ? id : 'x'));
  for (const path of ['/api/streams/visits', '/api/streams/visits/ids/u-1'])
    expect((await under.get(path)).status).toBe(200);
  expect([...under.answered].toSorted()).toEqual(Object.keys(answerSchemas).toSorted());
});

test('an export and the changes have lines in the shape that is described', async () => {
  const under = await consoleWithAll();
  const before = await under.stores.auditTrail.latest();
  const lines = (await restOf(await under.get('/api/dead-letters/export'))).trimEnd().split('\n');
  const { schema } = streamedAnswers['GET /api/dead-letters/export']!;
  expect(lines.map((line) => schema.safeParse(JSON.parse(line)).error)).toEqual(lines.map(() => undefined));
  await under.change('POST', '/api/dead-letters/x/discard', 1, { note: 'a test' });
  const changes = (await under.get('/api/changes', 'GET', { 'last-event-id': before })).rest![Symbol.asyncIterator]();
  await changes.next();
  const event: unknown = (await changes.next()).value;
  const data: unknown = JSON.parse(/^data: (.*)$/m.exec(String(event))![1]!);
  expect(streamedAnswers['GET /api/changes']!.schema.safeParse(data).error).toBeUndefined();
});

/** A console with something at every address. */
async function consoleWithAll(): Promise<ConsoleUnderTest> {
  const under = new ConsoleUnderTest({
    types: { Paid: typeWithNote },
    streams: { visits: { numbering: 'none' } },
  });
  const draft = { data: Buffer.from('{}'), attributes: {} };
  await under.file(aLetter({ id: 'x' }), aLetter({ id: 'y', draft, standing: discardedStanding }));
  await under.hold('orders', [1, 2, 7]);
  for (const stream of ['orders', 'visits']) await under.progress(stream, {});
  await fileGaps(under.ledger, [aGap({ state: 'abandoned', missing: 1, foundAtMs: under.clock.now() })]);
  const attributes = { stream: 'orders', type: 'Paid', event_id: '7', origin: 'producer' };
  await under.stores.events.put('orders/7/0', { data: Buffer.from('{}'), attributes });
  const window = { startMs: noon, endMs: noon + minuteMs } as const;
  const measured = { measure: 'count', value: 9, expected: 2, score: 7 } as const;
  await under.stores.anomalies.file({ stream: 'orders', type: 'Paid', ...window, ...measured });
  return under;
}

test('errors have the shape that is described', async () => {
  const under = new ConsoleUnderTest();
  for (const path of ['/api/nowhere', '/api/dead-letters/none', '/api/dead-letters?limit=0'])
    expect(errorSchema.safeParse(JSON.parse((await under.get(path)).body)).error).toBeUndefined();
});
