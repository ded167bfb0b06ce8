import { cellsOf, dayMs, idsFrom, minuteMs, textOf } from '../support/builders.ts';
import { Sweeping, sweepingWithGaps } from '../support/sweeping.ts';

describe('a scheduler that slept longer than the deduplication window', () => {
  /** Swept up to 10, and seen up to 20, before it falls asleep for fifteen days. */
  async function asleep(): Promise<Sweeping> {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf(idsFrom(1, 10)));
    await sweeping.tick();
    await sweeping.tickAfter(minuteMs);
    await sweeping.hold(cellsOf([12, 20]));
    await sweeping.tickAfter(1_000);
    sweeping.clock.advance(15 * dayMs);
    return sweeping;
  }

  async function tickForAnHour(sweeping: Sweeping): Promise<void> {
    for (let i = 0; i < 60; i++) await sweeping.tickAfter(minuteMs);
  }

  test('gives up the ids that were never swept, in one letter, and infers nothing', async () => {
    const sweeping = await asleep();
    await tickForAnHour(sweeping);
    const letters = sweeping.publisher.on('dead-letter-queue');
    expect(letters.map(({ attributes }) => attributes)).toMatchObject([
      { 'eventmend-code': 'ERR_GAP_UNRECOVERABLE', 'eventmend-stage': 'sweep' },
    ]);
    expect(sweeping.letterRoots).toEqual([expect.stringMatching(/^gap\/orders\/11\/\d+$/)]);
    expect(JSON.parse(textOf(letters[0]!))).toMatchObject({ stream: 'orders', from: 11, to: 20 });
    expect(sweeping.requests).toEqual([]);
    expect(await sweeping.rows()).toEqual(['11–20 abandoned']);
    expect(await sweeping.stored()).toMatchObject({ pieces: [], forgotten: [{ from: 1, to: 20 }] });
  });

  test('records that the ids are given up only after the letter is published', async () => {
    const sweeping = await asleep();
    sweeping.publisher.fails = () => true;
    await expect(sweeping.tick()).rejects.toThrow();
    expect(await sweeping.rows()).toEqual(['11–20 open']);
    sweeping.publisher.fails = () => false;
    await sweeping.tickAfter(10 * minuteMs);
    expect(await sweeping.rows()).toEqual(['11–20 abandoned']);
    expect(sweeping.letters).toHaveLength(1);
  });

  test('does not report events as missing that came while it slept and are forgotten', async () => {
    const sweeping = await asleep();
    // 21 to 899 came on the first day of its sleep: their blocks are gone by now.
    sweeping.forget();
    await sweeping.hold(cellsOf([900]));
    await tickForAnHour(sweeping);
    expect(sweeping.requests).toEqual([]);
    expect(sweeping.publisher.on('dead-letter-queue')).toHaveLength(1);
  });

  test('infers nothing for a window after it woke up, because events may have come that no sweep has seen', async () => {
    const sweeping = await asleep();
    // Event 130 may have come on the first day of its sleep: its block would be gone by now.
    sweeping.forget();
    await tickForAnHour(sweeping);
    await sweeping.hold(cellsOf(idsFrom(100, 160).filter((id) => id !== 130)));
    await tickForAnHour(sweeping);
    expect(sweeping.requests).toEqual(['resend 130–130']);
    expect(sweeping.letters.at(-1)).toBe('gap/orders/130: its events may be forgotten: 130');
  });

  test('does not infer requested events that came while it slept and are forgotten', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    // 3, 6 and 7 were resent while it slept: their block is gone by now.
    sweeping.clock.advance(15 * dayMs);
    sweeping.forget();
    await sweeping.hold(cellsOf([900]));
    await tickForAnHour(sweeping);
    expect(sweeping.requests.filter((request) => request.startsWith('infer'))).toEqual([]);
    expect((await sweeping.rows()).slice(0, 2)).toEqual(['3–3 abandoned', '6–7 abandoned']);
    expect(sweeping.letters).toEqual(['gap/orders/3: not swept within the deduplication window: 3, 6–7']);
  });

  test('does not report events as missing that came while it slept and were forgotten within the grace', async () => {
    // A sleep shorter than the window, but longer than what the grace leaves of it.
    const sweeping = new Sweeping({ graceMs: 6 * dayMs, resendTimeoutMs: minuteMs });
    await sweeping.hold(cellsOf(idsFrom(1, 10)));
    for (let day = 0; day < 8; day++) await sweeping.tickAfter(dayMs);
    sweeping.clock.advance(10 * dayMs);
    // 11 to 899 came on the first day of its sleep, and are forgotten on the fifth day after it.
    await sweeping.hold(cellsOf(idsFrom(11, 900)));
    for (let day = 0; day < 5; day++) await sweeping.tickAfter(dayMs);
    sweeping.forget();
    await sweeping.hold(cellsOf([900]));
    for (let day = 0; day < 5; day++) await sweeping.tickAfter(dayMs);
    expect(sweeping.requests).toEqual([]);
  });

  test('finds gaps that arise after it woke up', async () => {
    const sweeping = await asleep();
    await tickForAnHour(sweeping);
    await sweeping.hold(cellsOf([21, 23]));
    await sweeping.tickAfter(minuteMs);
    await sweeping.tickAfter(minuteMs);
    expect(sweeping.requests).toEqual(['resend 22–22']);
  });
});

test('a stream that was silent until all of it was forgotten is swept as before when it speaks again', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf(idsFrom(1, 10)));
  for (let day = 0; day < 20; day++) await sweeping.tickAfter(dayMs);
  sweeping.forget();
  for (let day = 0; day < 20; day++) await sweeping.tickAfter(dayMs);
  await sweeping.hold(cellsOf([11, 13]));
  await sweeping.tickAfter(minuteMs);
  await sweeping.tickAfter(minuteMs);
  expect(sweeping.publisher.on('dead-letter-queue')).toHaveLength(0);
  expect(sweeping.requests).toEqual(['resend 12–12']);
  expect(await sweeping.progress()).toEqual({ first: 11, watermark: 11, scanned: 13 });
});

test('two sleeps in a row, each shorter than the window, lead to no false gap', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf(idsFrom(1, 10)));
  await sweeping.tick();
  await sweeping.tickAfter(minuteMs);
  sweeping.clock.advance(8 * dayMs);
  // 11 to 299 came in the first hours of the first sleep, 300 at its end.
  await sweeping.hold(cellsOf([...idsFrom(11, 299), 300]));
  await sweeping.tick();
  sweeping.clock.advance(8 * dayMs);
  sweeping.forget();
  await sweeping.hold(cellsOf([300, 400]));
  for (let i = 0; i < 60; i++) await sweeping.tickAfter(minuteMs);
  expect(sweeping.requests.filter((request) => !request.endsWith(' 301–399'))).toEqual([]);
  expect((await sweeping.rows())[0]).toBe('11–300 abandoned');
});

test('a stream that is first swept late is as old as the block that was written first, wherever that block lies', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf(idsFrom(600, 610)));
  sweeping.clock.advance(13 * dayMs);
  await sweeping.hold(cellsOf(idsFrom(1, 10)));
  await sweeping.tick();
  expect((await sweeping.stored()).forgotten).toEqual([]);
  await sweeping.tickAfter(dayMs);
  // 11 to 599 may have come before the first sweep, in blocks that are gone by now.
  expect((await sweeping.stored()).forgotten).toEqual([{ from: 1, to: 610 }]);
  await sweeping.tickAfter(minuteMs);
  expect(sweeping.requests.filter((request) => request.startsWith('infer'))).toEqual([]);
});

test('a stream that is first swept when its lowest block may be forgotten is given up as far as it was seen', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf([1, 2, 5, 900]));
  sweeping.clock.advance(15 * dayMs);
  await sweeping.tick();
  await sweeping.tickAfter(minuteMs);
  expect(await sweeping.rows()).toEqual(['1–5 abandoned']);
  expect(sweeping.letters).toEqual(['gap/orders/1: not swept within the deduplication window: 3–4']);
  expect(sweeping.requests).toEqual([]);
});

test('a long stream that is first swept so late is read to its end, however slow its blocks are to read', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf([...idsFrom(1, 10_000), ...idsFrom(10_003, 20_000)]));
  sweeping.clock.advance(15 * dayMs);
  sweeping.slowDown(1_000);
  for (let tick = 0; tick < 6; tick++) await sweeping.tickAfter(minuteMs);
  expect(await sweeping.stored()).toMatchObject({ forgotten: [{ from: 1, to: 20_000 }] });
  expect((await sweeping.stored()).sweptAtMs).toBeDefined();
  expect(sweeping.requests).toEqual([]);
  expect(sweeping.letters).toHaveLength(1);
});

test('the watermark stays where it was when what came of a listed gap is forgotten before the rest of it comes', async () => {
  const sweeping = new Sweeping({ recover: false });
  await sweeping.hold(cellsOf([1, 4]));
  await sweeping.tick();
  await sweeping.tickAfter(minuteMs);
  await sweeping.hold(cellsOf([2]));
  await sweeping.tickAfter(minuteMs);
  expect(await sweeping.progress()).toMatchObject({ watermark: 1 });
  sweeping.forget();
  await sweeping.tickAfter(13 * dayMs);
  expect(await sweeping.progress()).toMatchObject({ watermark: 1 });
});

describe('a stream that was silent for a whole window', () => {
  /** The ticks for the stream that a tick of the scheduler leads to. The stream is swept for each. */
  async function scheduled(sweeping: Sweeping): Promise<number> {
    const before = sweeping.publisher.on('sweeps').length;
    await sweeping.tick({});
    const ticks = sweeping.publisher.on('sweeps').length - before;
    for (let i = 0; i < ticks; i++) await sweeping.tick();
    return ticks;
  }

  async function ticksInAnHour(sweeping: Sweeping): Promise<number> {
    let ticks = 0;
    for (let minute = 0; minute < 60; minute++) {
      sweeping.clock.advance(minuteMs);
      ticks += await scheduled(sweeping);
    }
    return ticks;
  }

  async function silentFor(days: number): Promise<Sweeping> {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf(idsFrom(1, 10)));
    for (let day = 0; day < days; day++) await sweeping.tickAfter(dayMs);
    return sweeping;
  }

  test('gets a tick every ten minutes only, and one that was silent for less gets one every minute', async () => {
    expect(await ticksInAnHour(await silentFor(20))).toBe(6);
    expect(await ticksInAnHour(await silentFor(5))).toBe(60);
  });

  test('is ticked as before within ten minutes of its next event', async () => {
    const sweeping = await silentFor(20);
    expect(await ticksInAnHour(sweeping)).toBe(6);
    await sweeping.hold(cellsOf([11, 13]));
    expect(await ticksInAnHour(sweeping)).toBeGreaterThan(50);
    expect(sweeping.requests[0]).toBe('resend 12–12');
  });

  test('gets ticks from an instance that does not know it', async () => {
    const sweeping = await silentFor(20);
    const before = sweeping.publisher.on('sweeps').length;
    await sweeping.tick({}, sweeping.anotherInstance());
    expect(sweeping.publisher.on('sweeps')).toHaveLength(before + 1);
  });
});

test('a stream without numbers gets a tick every ten minutes, because a sweep finds nothing in it', async () => {
  const sweeping = new Sweeping({ numbering: 'none' });
  await sweeping.hold(cellsOf([1]));
  await sweeping.tick();
  let ticks = 0;
  for (let minute = 0; minute < 60; minute++) {
    sweeping.clock.advance(minuteMs);
    const before = sweeping.publisher.on('sweeps').length;
    await sweeping.tick({});
    if (sweeping.publisher.on('sweeps').length === before) continue;
    ticks++;
    await sweeping.tick();
  }
  expect(ticks).toBe(6);
});
