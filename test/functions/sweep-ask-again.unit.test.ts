import { cellsOf, dayMs, minuteMs, noon, textOf } from '../support/builders.ts';
import type { Sweeping } from '../support/sweeping.ts';
import { sweepingWithGaps } from '../support/sweeping.ts';

const resendTimeoutMs = 5 * minuteMs;
const ask = { stream: 'orders', from: '6', ask: 'true' };

/** A stream with 3, 6 and 7 missing, of which reconstruct could infer nothing, so that a letter reports them. */
async function withGivenUpGaps(settings = {}): Promise<Sweeping> {
  const sweeping = await sweepingWithGaps({ resendTimeoutMs, ...settings });
  await sweeping.tick();
  for (const from of [3, 6]) await fail(sweeping, from);
  await sweeping.tickAfter(minuteMs);
  return sweeping;
}

/** Records why a gap cannot be inferred, as reconstruct does after another instance has asked it. */
async function fail(sweeping: Sweeping, from: number): Promise<void> {
  const { value, version } = (await sweeping.ledger.find('orders', from))!;
  await sweeping.ledger.save({ ...value, why: 'too-uncertain' }, version);
  sweeping.restart();
}

function requestsAgain({ publisher }: Sweeping): readonly object[] {
  const bodies = publisher
    .on('reprocess-requests')
    .map((message) => JSON.parse(textOf(message)) as { attempt: number });
  return bodies.filter(({ attempt }) => attempt > 1);
}

const rowOf = async ({ ledger }: Sweeping, from: number) => (await ledger.find('orders', from))?.value;

describe('an operator asks again for a gap that was given up', () => {
  test('the producer is asked once more, with a new deadline, and the gap stays given up', async () => {
    const sweeping = await withGivenUpGaps();
    await sweeping.tick(ask);
    expect(requestsAgain(sweeping)).toEqual([
      { stream: 'orders', from: 6, to: 7, attempt: 2, deadline: '2025-02-09T12:07:00.000Z' },
    ]);
    const askedAgain = { count: 1, atMs: noon + 2 * minuteMs, deadlineMs: noon + 7 * minuteMs };
    expect(await rowOf(sweeping, 6)).toMatchObject({ state: 'abandoned', missing: 2, askedAgain });
    expect(await rowOf(sweeping, 3)).not.toHaveProperty('askedAgain');
    expect(await sweeping.progress()).toMatchObject({ watermark: 9 });
  });

  test('without an answer it stays given up, and no other letter is sent', async () => {
    const sweeping = await withGivenUpGaps();
    await sweeping.tick(ask);
    await sweeping.tickAfter(15 * minuteMs);
    await sweeping.tickAfter(15 * minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 abandoned', '6–7 abandoned']);
    expect(sweeping.letters).toHaveLength(1);
  });

  test('the answer fills it', async () => {
    const sweeping = await withGivenUpGaps();
    await sweeping.tick(ask);
    await sweeping.hold(cellsOf([6, 7]));
    await sweeping.tick({ stream: 'orders', block: '0' });
    expect(await rowOf(sweeping, 6)).toMatchObject({ state: 'filled', missing: 0, askedAgain: { count: 1 } });
  });

  test('only what is still missing is asked for', async () => {
    const sweeping = await withGivenUpGaps();
    await sweeping.hold(cellsOf([6]));
    await sweeping.tick(ask);
    expect(requestsAgain(sweeping)).toMatchObject([{ from: 7, to: 7 }]);
  });

  test('a repeated tick has no effect before the deadline, and asks once more after it', async () => {
    const sweeping = await withGivenUpGaps();
    await sweeping.tick(ask);
    await sweeping.tick(ask);
    expect(requestsAgain(sweeping)).toHaveLength(1);
    sweeping.clock.advance(resendTimeoutMs);
    await sweeping.tick(ask);
    expect(requestsAgain(sweeping)).toMatchObject([{ attempt: 2 }, { attempt: 3 }]);
  });

  test('nobody is asked for a gap that was filled meanwhile, or that the ledger does not have', async () => {
    const sweeping = await withGivenUpGaps();
    await sweeping.hold(cellsOf([6, 7]));
    await sweeping.tick(ask);
    expect(await rowOf(sweeping, 6)).not.toHaveProperty('askedAgain');
    await sweeping.tick({ stream: 'orders', block: '0' });
    await sweeping.tick(ask);
    await sweeping.tick({ ...ask, from: '7' });
    expect(requestsAgain(sweeping)).toEqual([]);
  });

  test('nobody is asked if the answer could come after its id is forgotten', async () => {
    const sweeping = await withGivenUpGaps({ windowMs: 7 * dayMs });
    sweeping.clock.advance(7 * dayMs - resendTimeoutMs);
    await sweeping.tick(ask);
    expect(requestsAgain(sweeping)).toEqual([]);
  });

  test('the request comes again if it could not be recorded', async () => {
    const sweeping = await withGivenUpGaps();
    const save = sweeping.ledger.save.bind(sweeping.ledger);
    sweeping.ledger.save = () => Promise.reject(new Error('the instance is gone'));
    await expect(sweeping.tick(ask)).rejects.toThrow('the instance is gone');
    sweeping.ledger.save = save;
    await sweeping.tick(ask);
    expect(requestsAgain(sweeping)).toHaveLength(2);
    expect(await rowOf(sweeping, 6)).toMatchObject({ askedAgain: { count: 1 } });
  });
});

describe('an operator asks again for a gap that is not resolved yet', () => {
  test('it waits for the new deadline, although reconstruct could not infer it, and is judged anew then', async () => {
    const sweeping = await sweepingWithGaps({ resendTimeoutMs, minConfidence: 0 });
    await sweeping.tick();
    sweeping.clock.advance(resendTimeoutMs);
    await fail(sweeping, 6);
    await sweeping.tick(ask);
    await sweeping.tickAfter(minuteMs);
    expect(await rowOf(sweeping, 6)).toMatchObject({ state: 'requested' });
    expect(sweeping.requests.filter((request) => request.startsWith('infer'))).toEqual(['infer 3–3']);
    await sweeping.tickAfter(resendTimeoutMs);
    expect(sweeping.requests).toContain('infer 6–7');
  });

  test('it waits also if an inference that was under way fails meanwhile, and is given up then', async () => {
    const sweeping = await sweepingWithGaps({ resendTimeoutMs });
    await sweeping.tick();
    sweeping.clock.advance(resendTimeoutMs);
    await sweeping.tick(ask);
    await fail(sweeping, 6);
    await sweeping.tickAfter(minuteMs);
    expect(await rowOf(sweeping, 6)).toMatchObject({ state: 'requested' });
    await sweeping.tickAfter(resendTimeoutMs);
    expect(await rowOf(sweeping, 6)).toMatchObject({ state: 'abandoned', why: 'too-uncertain' });
  });

  test('nobody is asked again before the first deadline', async () => {
    const sweeping = await sweepingWithGaps({ resendTimeoutMs });
    await sweeping.tick();
    await sweeping.tick(ask);
    expect(requestsAgain(sweeping)).toEqual([]);
  });
});
