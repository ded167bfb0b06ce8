import { typeWithNote } from '../support/records.ts';
import { cellsOf, hold } from '../support/builders.ts';
import { ConsoleUnderTest } from './builders.ts';

const attributes = { stream: 'orders', type: 'Paid', event_id: '7', origin: 'producer' };

/** A console whose store has events of two ids and one uuid. The record of the type Paid is known. */
async function aConsole() {
  const under = new ConsoleUnderTest({ types: { Paid: typeWithNote } });
  const put = (key: string, over: Readonly<Record<string, string>> = {}) =>
    under.stores.events.put(key, { data: Buffer.from(key), attributes: { ...attributes, ...over } });
  await hold(under.stores.blocks, 'orders', cellsOf([7]));
  await put('orders/7/0');
  await put('orders/8/0', { event_id: '8', type: 'Unknown' });
  await put('orders/9/inferred', { event_id: '9', origin: 'reconstructed' });
  await put('visits/u-1', { stream: 'visits' });
  return under;
}

it('an operator has the events of an id checked again, and the audit trail says so', async () => {
  const under = await aConsole();
  const before = await under.stores.auditTrail.latest();
  const answer = await under.change('POST', '/api/recheck', undefined, { stream: 'orders', id: 7 });
  expect(answer).toMatchObject({ status: 202, json: { checked: 1 } });
  const [message] = under.publisher.on('mended-events');
  expect([String(message!.data), message!.attributes]).toEqual(['orders/7/0', { stream: 'orders', recheck: 'true' }]);
  const changes = await under.stores.auditTrail.since(before, 10);
  expect(changes?.map(({ entry }) => entry)).toMatchObject([
    { by: 'ana', did: 'asked for a recheck', note: 'orders/7' },
  ]);
});

it('also the event of a uuid', async () => {
  const under = await aConsole();
  expect(await under.change('POST', '/api/recheck', undefined, { stream: 'visits', id: 'u-1' })).toMatchObject({
    status: 202,
  });
});

it.each([
  ['that has no record', { stream: 'orders', id: 8 }],
  ['that was inferred', { stream: 'orders', id: 9 }],
  ['that is not stored', { stream: 'orders', id: 10 }],
])('an event %s is not checked, and the answer says what is needed', async (_, body) => {
  const under = await aConsole();
  const answer = await under.change('POST', '/api/recheck', undefined, body);
  expect(answer).toMatchObject({ status: 404, json: { error: { code: 'nothing-to-check' } } });
  expect(under.publisher.published).toEqual([]);
});

it('a stream that is not known is an error, as everywhere', async () => {
  const under = await aConsole();
  const answer = await under.change('POST', '/api/recheck', undefined, { stream: 'oders', id: 7 });
  expect(answer).toMatchObject({ status: 404, json: { error: { code: 'unknown-stream' } } });
});

it('a viewer has nothing checked', async () => {
  const under = await aConsole();
  under.caller = { name: 'ben', role: 'viewer' };
  const answer = await under.change('POST', '/api/recheck', undefined, { stream: 'orders', id: 7 });
  expect(answer.status).toBe(403);
  expect(under.publisher.published).toEqual([]);
});

it('shows the anomalies of the latest windows first', async () => {
  const under = await aConsole();
  const anomaly = { stream: 'orders', type: 'Paid', measure: 'count', value: 9, expected: 2, score: 7 } as const;
  await under.stores.anomalies.file({ ...anomaly, startMs: 0, endMs: 60_000 });
  await under.stores.anomalies.file({ ...anomaly, startMs: 60_000, endMs: 120_000 });
  expect(await under.getJson('/api/anomalies?limit=1')).toEqual({
    anomalies: [{ ...anomaly, start: '1970-01-01T00:01:00.000Z', end: '1970-01-01T00:02:00.000Z' }],
  });
});
