import fc from 'fast-check';
import type { Step } from '../../shared/embedded/steps.ts';
import { anEntry, atOnce, cellsOf, dayMs, hold, minuteMs, noon, textOf } from '../support/builders.ts';
import { Sweeping, sweepingWithGaps } from '../support/sweeping.ts';

describe('a tick that names no stream', () => {
  test('becomes one for each stream that holds anything', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf([1]));
    await hold(sweeping.blocks, 'audit', cellsOf([1]));
    await sweeping.tick({});
    const ticks = sweeping.publisher.on('sweeps').map(({ attributes }) => attributes);
    expect(ticks).toEqual(expect.arrayContaining([{ stream: 'orders' }, { stream: 'audit' }]));
    expect(ticks).toHaveLength(2);
    expect(sweeping.ledger.changes()).toBe(0);
  });

  test('is delivered again when one of them cannot be published', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf([1]));
    sweeping.publisher.fails = () => true;
    await expect(sweeping.tick({})).rejects.toThrow();
  });
});

test.each([
  ['names no stream', { stream: '?' }, 'stream: '],
  ['names a block which is none', { stream: 'orders', block: 'x' }, 'block: '],
  ['names a block of no stream', { block: '1' }, 'block: of no stream'],
])('a tick that %s is logged as an error, and does not come again', async (_, attributes, why) => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf([1]));
  await sweeping.tick(attributes);
  expect(sweeping.errors).toEqual([
    expect.stringContaining(`a message could not be read: InvariantError: message 1 on sweeps: ${why}`),
  ]);
  expect(sweeping.publisher.published).toEqual([]);
});

test('a stream that holds nothing is left alone', async () => {
  const sweeping = new Sweeping();
  await sweeping.tick();
  expect([sweeping.ledger.changes(), sweeping.publisher.published]).toEqual([0, []]);
});

describe('holes are looked for', () => {
  test('a grace after a sweep saw them inside the front', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf([7, 9]));
    await sweeping.tick();
    await sweeping.hold(cellsOf([5]));
    await sweeping.tickAfter(30_000);
    expect(await sweeping.progress()).toEqual({ first: 5, watermark: 4, scanned: 4 });
    await sweeping.tickAfter(30_000);
    expect(await sweeping.rows()).toEqual(['8–8 requested']);
    await sweeping.tickAfter(30_000);
    expect(await sweeping.rows()).toEqual(['6–6 requested', '8–8 requested']);
    expect(await sweeping.progress()).toEqual({ first: 5, watermark: 5, scanned: 9 });
  });

  test('from the start on that the catalog names, though nothing so low was seen', async () => {
    const sweeping = new Sweeping({ start: 5 });
    await sweeping.hold(cellsOf([7]));
    await sweeping.tick();
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.progress()).toEqual({ first: 5, watermark: 4, scanned: 7 });
    expect(await sweeping.rows()).toEqual(['5–6 requested']);
  });

  test('down to a lower id that comes later: the first id moves down', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf([10, 11]));
    await sweeping.tick();
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.progress()).toEqual({ first: 10, watermark: 11, scanned: 11 });
    await sweeping.hold(cellsOf([3]));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.progress()).toEqual({ first: 3, watermark: 2, scanned: 2 });
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['4–9 requested']);
    expect(await sweeping.progress()).toEqual({ first: 3, watermark: 3, scanned: 11 });
  });

  test('only up to what had been seen one grace ago', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf([1, 2]));
    await sweeping.tick();
    await sweeping.hold(cellsOf([5]));
    await sweeping.tickAfter(30_000);
    await sweeping.tickAfter(30_000);
    expect([await sweeping.rows(), await sweeping.progress()]).toMatchObject([[], { scanned: 2 }]);
    await sweeping.tickAfter(30_000);
    expect([await sweeping.rows(), await sweeping.progress()]).toMatchObject([['3–4 requested'], { scanned: 5 }]);
  });
});

describe('a gap', () => {
  test('is asked for as soon as it is found, with its deadline', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    expect(sweeping.requests).toEqual(['resend 3–3', 'resend 6–7']);
    expect(textOf(sweeping.publisher.on('reprocess-requests')[1]!)).toBe(
      '{"stream":"orders","from":6,"to":7,"attempt":1,"deadline":"2025-02-09T12:06:00.000Z"}',
    );
    expect((await sweeping.ledger.find('orders', 6))?.value).toEqual({
      stream: 'orders',
      from: 6,
      to: 7,
      state: 'requested',
      foundAtMs: noon + minuteMs,
      requestedAtMs: noon + minuteMs,
      deadlineMs: noon + 6 * minuteMs,
    });
  });

  test('is asked for before that is recorded: while the request cannot be published, the row stays as it was', async () => {
    const sweeping = await sweepingWithGaps();
    sweeping.publisher.fails = (topic) => topic === 'reprocess-requests';
    await expect(sweeping.tick()).rejects.toThrow();
    expect(await sweeping.rows()).toEqual(['3–3 open', '6–7 open']);
    sweeping.publisher.fails = () => false;
    await sweeping.tick();
    expect(sweeping.requests).toEqual(['resend 3–3', 'resend 6–7']);
    expect(await sweeping.rows()).toEqual(['3–3 requested', '6–7 requested']);
  });

  test('is to be inferred once producers have not answered in time', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    await sweeping.hold(cellsOf([3, 6]));
    await sweeping.tickAfter(5 * minuteMs);
    expect(sweeping.requests.slice(2)).toEqual(['infer 6–7']);
    expect(await sweeping.rows()).toEqual(['3–3 filled', '6–7 requested']);
  });

  test('keeps its range until all of it has come', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    await sweeping.hold(cellsOf([7]));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 requested', '6–7 requested']);
    await sweeping.hold({ 6: anEntry({ state: 'reconstructed' }) });
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 requested', '6–7 reconstructed']);
  });

  test('may have up to `maxGap` ids', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf([1, 2, 1_003, 1_004]));
    await sweeping.tick();
    await sweeping.tickAfter(minuteMs);
    expect(sweeping.requests).toEqual(['resend 3–1002']);
  });

  test('is listed and never requested if the catalog says so', async () => {
    const sweeping = await sweepingWithGaps({ recover: false });
    await sweeping.tick();
    await sweeping.tickAfter(dayMs);
    expect(await sweeping.rows()).toEqual(['3–3 open', '6–7 open']);
    expect(sweeping.publisher.published).toEqual([]);
    expect(await sweeping.progress()).toMatchObject({ watermark: 2 });
  });

  test('that is only listed is given up after the deduplication window, with a letter, and is read no more', async () => {
    const sweeping = await sweepingWithGaps({ recover: false });
    await sweeping.tick();
    sweeping.forget();
    await sweeping.tickAfter(14 * dayMs);
    expect(await sweeping.rows()).toEqual(['3–3 abandoned', '6–7 abandoned']);
    expect(sweeping.requests).toEqual([]);
    expect(sweeping.letters).toEqual([expect.stringMatching(/^gap\/orders\/3: not requested.*: 3, 6–7$/)]);
    expect(await sweeping.progress()).toMatchObject({ first: undefined });
    await sweeping.tickAfter(minuteMs);
    expect((await sweeping.costOfTickAfter(minuteMs)).blockReads).toBe(1);
  });
});

describe('the watermark', () => {
  test('stands below the lowest unresolved gap, and moves on when that is resolved', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    expect(await sweeping.progress()).toMatchObject({ watermark: 2 });
    await sweeping.hold(cellsOf([3, 6]));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.progress()).toMatchObject({ watermark: 5 });
    await sweeping.hold(cellsOf([7]));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.progress()).toMatchObject({ watermark: 9 });
  });

  test('moves over a gap that another instance gives up', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    const { value, version } = (await sweeping.ledger.find('orders', 3))!;
    await sweeping.ledger.save({ ...value, state: 'abandoned', resolvedAtMs: noon }, version);
    sweeping.restart();
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.progress()).toMatchObject({ watermark: 5 });
  });
});

describe('a sweep that is made twice', () => {
  test('changes and publishes nothing the second time', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    const [changes, published] = [sweeping.ledger.changes(), sweeping.publisher.published.length];
    await sweeping.tick();
    expect([sweeping.ledger.changes(), sweeping.publisher.published.length]).toEqual([changes, published]);
  });

  test('at the same instant has the result of one sweep, and its repeated messages are equal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        let step: Step = atOnce;
        const sweeping = await sweepingWithGaps({}, () => step());
        step = () => scheduler.schedule(Promise.resolve());
        await scheduler.waitFor(Promise.all([sweeping.tick(), sweeping.tick()]));
        step = atOnce;
        expect(await sweeping.rows()).toEqual(['3–3 requested', '6–7 requested']);
        expect(await sweeping.progress()).toEqual({ first: 1, watermark: 2, scanned: 9 });
        expect(new Set(sweeping.requests)).toEqual(new Set(['resend 3–3', 'resend 6–7']));
        expect(new Set(sweeping.publisher.published.map(textOf)).size).toBe(2);
      }),
    );
  });
});
