import { apiRoutes } from '../../functions/console/api/answer-api.ts';
import { answerSchemas, errorSchema } from '../../functions/console/api/api-schemas.ts';
import { fileGaps } from '../support/builders.ts';
import { aGap, aLetter, ConsoleUnderTest } from './builders.ts';

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
  expect(served).toEqual(expect.arrayContaining(Object.keys(answerSchemas)));
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

test('answers have the shapes that are described', async () => {
  const under = new ConsoleUnderTest();
  await under.file(aLetter({ id: 'x' }), aLetter({ id: 'y', draft: { data: Buffer.from('{}'), attributes: {} } }));
  await fileGaps(under.ledger, [aGap({ state: 'abandoned', missing: 1, foundAtMs: under.clock.now() })]);
  const { json: planned } = await under.change('POST', '/api/jobs', undefined, { action: 'reopen', ids: [] });
  const { id } = planned as { id: string };
  expect(id).toMatch(/^[0-9a-f]{24}$/);
  const answers = new Map<string, unknown>([
    ['POST /api/jobs', planned],
    [
      'POST /api/dead-letters/{id}/discard',
      (await under.change('POST', '/api/dead-letters/x/discard', 1, { note: 'a test' })).json,
    ],
    ['POST /api/dead-letters/{id}/reopen', (await under.change('POST', '/api/dead-letters/x/reopen', 2)).json],
    ['DELETE /api/dead-letters/{id}/draft', (await under.change('DELETE', '/api/dead-letters/y/draft', 1)).json],
    [
      'POST /api/streams/{stream}/gaps/{from}/ask',
      (await under.change('POST', '/api/streams/orders/gaps/5/ask', undefined)).json,
    ],
    ['POST /api/jobs/{id}/stop', (await under.change('POST', `/api/jobs/${id}/stop`, undefined)).json],
    ['POST /api/jobs/{id}/run', (await under.change('POST', `/api/jobs/${id}/run`, undefined)).json],
  ]);
  for (const name of Object.keys(answerSchemas)) {
    const [method, path = ''] = name.split(' ');
    if (method === 'GET') answers.set(name, await under.getJson(filledIn(path, path.includes('jobs') ? id : 'x')));
  }
  // A replay needs an event that is sound: the tests of changes send one.
  const [left] = Object.keys(answerSchemas).filter((name) => !answers.has(name));
  expect(left).toBe('POST /api/dead-letters/{id}/replay');
  for (const [name, answer] of answers)
    expect([name, answerSchemas[name]?.safeParse(answer).error]).toEqual([name, undefined]);
});

test('errors have the shape that is described', async () => {
  const under = new ConsoleUnderTest();
  for (const path of ['/api/nowhere', '/api/dead-letters/none', '/api/dead-letters?limit=0'])
    expect(errorSchema.safeParse(JSON.parse((await under.get(path)).body)).error).toBeUndefined();
});
