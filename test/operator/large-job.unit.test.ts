import { aLetter, ConsoleUnderTest, noon } from '../console/builders.ts';

const counted = {
  letterIndex: ['find', 'count'],
  letters: ['find', 'head', 'save'],
  jobs: ['find', 'save', 'list', 'findPart', 'planPart', 'saveResults'],
} as const;

/** A console with letters that failed one after the other, and with counted calls of its stores. */
function consoleWith(count: number) {
  const under = new ConsoleUnderTest();
  const letter = aLetter();
  const records = Array.from({ length: count }, (_, i) => ({ ...letter, id: `letter-${i}`, filedAtMs: noon + i }));
  jest.spyOn(under.stores.letters, 'everyRecord').mockReturnValue(records);
  jest.spyOn(under.stores.letters, 'changes').mockReturnValue(count);
  const spies = Object.entries(counted).flatMap(([port, methods]) =>
    methods.map((method) => {
      const spy = jest.spyOn(under.stores[port as 'jobs'], method as 'find');
      return { name: `${port}.${method}`, spy };
    }),
  );
  /** Returns the number of calls since the last time, by the names of those that were made. */
  const callsSince = (): Readonly<Record<string, number>> => {
    const calls = spies.map(({ name, spy }) => [name, spy.mock.calls.length] as const);
    for (const { spy } of spies) spy.mockClear();
    return Object.fromEntries(calls.filter(([, made]) => made > 0));
  };
  return { under, callsSince };
}

test('the plan of 100,000 letters reads each once, and the sums of the job are one read', async () => {
  const { under, callsSince } = consoleWith(100_000);
  const body = { action: 'discard', note: 'a test', filter: { code: 'ERR_UNDECODABLE' } };
  const { status, json } = await under.change('POST', '/api/jobs', undefined, body);
  expect([status, json]).toEqual([201, expect.objectContaining({ matched: 100_000, left: 100_000 })]);
  // A page has 500 letters, and the last one is empty. The first part is the trial of ten, and ten are tried.
  const stored = { 'jobs.planPart': 201, 'jobs.save': 1 };
  expect(callsSince()).toEqual({ 'letterIndex.find': 201, 'letters.find': 10, ...stored });

  const { id } = json as { readonly id: string };
  expect(await under.getJson(`/api/jobs/${id}`)).toMatchObject({ matched: 100_000, left: 100_000 });
  expect(callsSince()).toEqual({ 'jobs.find': 1 });
  expect(await under.getJson(`/api/jobs/${id}/results?result=left`)).toMatchObject({ next: '10' });
  expect(callsSince()).toEqual({ 'jobs.find': 1, 'jobs.findPart': 10 });
});

test('no job is made of more than 100,000 letters', async () => {
  const { under, callsSince } = consoleWith(100_001);
  const { status, json } = await under.change('POST', '/api/jobs', undefined, { action: 'replay', filter: {} });
  expect([status, json]).toEqual([
    422,
    {
      error: {
        code: 'too-many',
        message: 'More than 100,000 letters match.',
        next: 'Narrow the filter, for example by a time.',
      },
    },
  ]);
  expect(callsSince()).toEqual({ 'letterIndex.find': 201 });
});
