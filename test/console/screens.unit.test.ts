import { aFront, fileGaps } from '../support/builders.ts';
import { aGap, aLetter, ConsoleUnderTest, noon } from './builders.ts';

describe('the page of a stream', () => {
  test('shows its progress, plots and gaps, and leads to the story of an id', async () => {
    const under = await withGap();
    const { body, status } = await under.get('/streams/orders');
    expect(status).toBe(200);
    expect(body).toContain('<h1>Stream orders</h1>');
    expect(body).toContain('aria-label="Received: new ids, by when they came. At most 5 in 30 min."');
    expect(body).toContain('aria-label="Lag: ids above the watermark. At most 4 in 30 min."');
    expect(body).toContain('href="/streams/orders/gaps/2"');
    expect((await under.get('/streams/orders/ids?id=3')).headers.Location).toBe('/streams/orders/ids/3');
  });

  test('is not found if nothing is known of the stream', async () => {
    const { status, body } = await new ConsoleUnderTest().get('/streams/nobody');
    expect([status, body.includes('There is no such stream.')]).toEqual([404, true]);
  });
});

test('the page of an id tells its story, and leads to its letters', async () => {
  const under = await withGap();
  await under.file(aLetter({ id: 'L1', stream: 'orders', eventId: 3 }));
  const { body } = await under.get('/streams/orders/ids/3');
  expect(body).toContain('<bdi dir="ltr">3</bdi>: missing');
  expect(body).toContain('2–4 found missing at 2025-02-09T12:00:00.000Z; open');
  expect(body).toContain('href="/dead-letters/L1"');
  expect((await under.get('/streams/orders/ids/x')).status).toBe(400);
});

test('the page of a gap shows what is left of it, and what to do next', async () => {
  const under = await withGap();
  const { body } = await under.get('/streams/orders/gaps/2');
  expect(body).toContain('<h1>Gap 2–4</h1>');
  expect(body).toContain('3 ids still missing. Ask the producer to publish the events again');
  expect(body).toContain('href="/streams/orders/ids/4"');
  expect((await under.get('/streams/orders/gaps/3')).status).toBe(404);
});

async function withGap(): Promise<ConsoleUnderTest> {
  const under = new ConsoleUnderTest();
  await under.hold('orders', [1, 5]);
  await under.progress('orders', { pieces: aFront({ first: 1, last: 5, atMs: noon }) });
  await fileGaps(under.ledger, [aGap({ from: 2, to: 4 })]);
  return under;
}
