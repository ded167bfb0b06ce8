import { anEntry, cellsOf, dayMs, idsFrom, minuteMs } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

describe('an id far from all others', () => {
  test('is an outlier, and losses around it are found as before', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf([...idsFrom(1, 100), 500_000]));
    for (let tick = 0; tick < 3; tick++) await sweeping.tickAfter(minuteMs);
    await sweeping.hold(cellsOf(idsFrom(102, 200)));
    for (let tick = 0; tick < 3; tick++) await sweeping.tickAfter(minuteMs);
    expect(await sweeping.fronts()).toEqual(['1–200']);
    expect(await sweeping.rows()).toEqual(['101–101 requested']);
    expect(sweeping.letters).toEqual([]);
  });

  test('that was the first of the stream does not end the search for gaps', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf([1_700_000_000]));
    await sweeping.tickAfter(minuteMs);
    await sweeping.hold(cellsOf([1, 2, 4]));
    for (let tick = 0; tick < 3; tick++) await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 requested']);
  });
});

test('a stream that begins with higher ids has one front when the lower ones have come', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf([100, 101, 102]));
  await sweeping.tick();
  await sweeping.tickAfter(minuteMs);
  await sweeping.hold(cellsOf(idsFrom(1, 99).filter((id) => id !== 50)));
  await sweeping.tickAfter(minuteMs);
  await sweeping.tickAfter(minuteMs);
  expect(await sweeping.fronts()).toEqual(['1–102']);
  expect(await sweeping.rows()).toEqual(['50–50 requested']);
});

test('a backlog in random order ends as one front with exactly the missing ids', async () => {
  const sweeping = new Sweeping();
  const missing = [77, 1_234, 4_000];
  const ids = idsFrom(1, 5_000).filter((id) => !missing.includes(id));
  // 2,017 and 4,999 have no common divisor, so each id comes once.
  const shuffled = idsFrom(0, ids.length - 1).map((i) => ids[(i * 2_017) % ids.length]!);
  for (let tick = 0; tick < 10; tick++) {
    await sweeping.hold(cellsOf(shuffled.slice(tick * 500, (tick + 1) * 500)));
    await sweeping.tickAfter(1_000);
  }
  for (let tick = 0; tick < 2; tick++) await sweeping.tickAfter(minuteMs);
  expect(await sweeping.fronts()).toEqual([`1–5000`]);
  expect(await sweeping.rows()).toEqual(missing.map((id) => `${id}–${id} requested`));
});

test('a block that becomes visible two minutes after its writer looked at the clock is found', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf([1, 2, 3]));
  await sweeping.tick();
  const writtenAtMs = sweeping.clock.now();
  await sweeping.hold(cellsOf([4]));
  await sweeping.tickAfter(minuteMs);
  await sweeping.tickAfter(minuteMs);
  await sweeping.hold(cellsOf([300, 302]), writtenAtMs);
  await sweeping.tickAfter(0);
  expect(await sweeping.fronts()).toEqual(['1–302']);
});

describe('the range between two fronts', () => {
  async function withTwoFronts(): Promise<Sweeping> {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf(idsFrom(1, 400)));
    await sweeping.tickAfter(minuteMs);
    for (let minute = 0; minute < 8; minute++) {
      await sweeping.hold(cellsOf([5_000 + 2 * minute, 5_001 + 2 * minute]));
      await sweeping.tickAfter(minuteMs);
    }
    return sweeping;
  }

  test('is one abandoned row with one letter, once the upper front has grown for long enough', async () => {
    const sweeping = await withTwoFronts();
    expect(await sweeping.rows()).toEqual(['401–4999 abandoned']);
    expect(sweeping.letters).toEqual([
      expect.stringMatching(/^gap\/orders\/401: between two fronts of the stream; did numbering .*: 401–4999$/),
    ]);
    expect((await sweeping.ledger.find('orders', 401))?.value).toMatchObject({ missing: 4_599, letterFrom: 401 });
    expect(sweeping.requests).toEqual([]);
    await sweeping.hold(cellsOf([5_016]));
    for (let minute = 0; minute < 30; minute++) await sweeping.tickAfter(minuteMs);
    expect(sweeping.letters).toHaveLength(1);
  });

  test('says nothing of single ids: what is missing among events that come into it is found', async () => {
    const sweeping = await withTwoFronts();
    await sweeping.hold(cellsOf([2_000, 2_001, 2_003]));
    await sweeping.tickAfter(minuteMs);
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.fronts()).toEqual(['1–400', '2000–2003', '5000–5015']);
    expect(await sweeping.rows()).toContain('2002–2002 requested');
  });

  test('stays in the ledger when a gap is found that begins with the same id', async () => {
    const sweeping = await withTwoFronts();
    await sweeping.hold(cellsOf(idsFrom(403, 450)));
    await sweeping.tickAfter(minuteMs);
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['401–402 requested', '403–4999 abandoned']);
    expect((await sweeping.ledger.find('orders', 403))?.value).toMatchObject({ letterFrom: 401 });
  });

  test('keeps its letter when a gap that begins with the same id is given up later', async () => {
    const sweeping = await withTwoFronts();
    await sweeping.hold(cellsOf(idsFrom(403, 450)));
    for (let tick = 0; tick < 2; tick++) await sweeping.tickAfter(minuteMs);
    const { value, version } = (await sweeping.ledger.find('orders', 401))!;
    await sweeping.ledger.save({ ...value, why: 'too-uncertain' }, version);
    sweeping.restart();
    await sweeping.tickAfter(10 * minuteMs);
    expect(sweeping.letters).toEqual([
      expect.stringMatching(/^gap\/orders\/401: between two fronts/),
      'gap/orders/401: too uncertain to be inferred: 401–402',
    ]);
    expect(new Set(sweeping.letterRoots).size).toBe(2);
  });

  test('is not lost from the ledger when a new front in it divides it', async () => {
    const sweeping = await withTwoFronts();
    for (let minute = 0; minute < 20; minute++) {
      await sweeping.hold(cellsOf([2_000 + 2 * minute, 2_001 + 2 * minute]));
      await sweeping.tickAfter(minuteMs);
    }
    expect(await sweeping.rows()).toEqual(['401–1999 abandoned', '2000–4999 abandoned']);
  });
});

describe('with many outliers', () => {
  async function withManyOutliers(): Promise<Sweeping> {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf(idsFrom(1, 300).map((i) => 10_000 * i)));
    await sweeping.tickAfter(minuteMs);
    return sweeping;
  }

  test('the progress keeps 256 of them, also in its first write', async () => {
    const sweeping = new Sweeping();
    const save = sweeping.ledger.saveProgress.bind(sweeping.ledger);
    let most = 0;
    sweeping.ledger.saveProgress = async (stream, progress, ...rest) => {
      most = Math.max(most, progress.pieces.length);
      return save(stream, progress, ...rest);
    };
    await sweeping.hold(cellsOf([...idsFrom(1, 300).map((i) => 10_000 * i), 1, 3]));
    await sweeping.tickAfter(minuteMs);
    await sweeping.tickAfter(minuteMs);
    expect(most).toBe(256);
    expect(await sweeping.rows()).toEqual(['2–2 requested']);
  });

  test('a sweep that drops some warns once, and counts them', async () => {
    const sweeping = await withManyOutliers();
    for (let tick = 0; tick < 3; tick++) await sweeping.tickAfter(minuteMs);
    expect(sweeping.log.warnings).toEqual([
      expect.stringMatching(
        /^stream orders: a sweep dropped 44 of its fronts and outliers, because there were more than 256/,
      ),
    ]);
    expect(sweeping.log.counts.get('front-dropped')).toBe(44);
  });

  test('one that was dropped is forgotten a window after it came, whether it is found again or not', async () => {
    const sweeping = await withManyOutliers();
    await sweeping.tickAfter(7 * dayMs);
    await sweeping.hold(cellsOf([10_001, 10_002]));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.fronts()).toEqual(['10000–10002']);
    await sweeping.tickAfter(7 * dayMs);
    const { forgotten, pieces } = await sweeping.stored();
    const isForgotten = (id: number): boolean => forgotten.some(({ from, to }) => from <= id && id <= to);
    expect([10_000, 20_000, 440_000].map(isForgotten)).toEqual([true, true, true]);
    expect(pieces.map(({ from, to }) => `${from}–${to}`)).toEqual(['10001–10002']);
  });

  test('one that was dropped is found again when an id comes near it', async () => {
    const sweeping = await withManyOutliers();
    expect((await sweeping.stored()).hasDropped).toBe(true);
    expect((await sweeping.stored()).pieces[0]?.from).toBe(450_000);
    for (let tick = 0; tick < 6; tick++) await sweeping.tickAfter(minuteMs);
    await sweeping.hold(cellsOf([10_003]));
    await sweeping.tickAfter(minuteMs);
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.fronts()).toEqual(['10000–10003']);
    expect(await sweeping.rows()).toEqual(['10001–10002 requested']);
  });
});

describe('with a numbering of its own', () => {
  test('of every tenth id, only these are missing', async () => {
    const sweeping = new Sweeping({ numbering: { step: 10 } });
    await sweeping.hold(cellsOf(idsFrom(1, 100).flatMap((i) => (i === 50 || i === 51 ? [] : [10 * i]))));
    await sweeping.hold(cellsOf([123]));
    await sweeping.tick();
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['500–510 requested']);
    await sweeping.hold(cellsOf([500, 510]));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['500–510 filled']);
  });

  test('in which holes are normal, they count as voided, and nobody is asked', async () => {
    const sweeping = new Sweeping({ numbering: { holes: 'normal' } });
    await sweeping.hold(cellsOf([1, 2, 5, 6, 9]));
    await sweeping.tick();
    await sweeping.tickAfter(minuteMs);
    await sweeping.tickAfter(10 * minuteMs);
    expect(await sweeping.rows()).toEqual(['3–8 voided']);
    expect((await sweeping.ledger.find('orders', 3))?.value).toMatchObject({ assumed: true });
    expect(sweeping.publisher.published).toEqual([]);
    expect(await sweeping.progress()).toMatchObject({ watermark: 9 });
  });
});

test('a gap whose ids may have come and been forgotten is asked for and never inferred', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf(idsFrom(1, 20)));
  await sweeping.tick();
  for (let day = 0; day < 15; day++) await sweeping.tickAfter(dayMs);
  expect((await sweeping.stored()).forgotten).toEqual([{ from: 1, to: 20 }]);
  sweeping.forget();
  await sweeping.hold({ 5: anEntry(), 7: anEntry() });
  await sweeping.tickAfter(minuteMs);
  await sweeping.tickAfter(minuteMs);
  expect(sweeping.requests).toEqual(['resend 6–6']);
  await sweeping.tickAfter(6 * minuteMs);
  expect(sweeping.requests).toEqual(['resend 6–6']);
  expect(sweeping.letters).toEqual(['gap/orders/6: its events may be forgotten: 6']);
});

test('a loss between the last id before a silence of a month and the first one after it is found', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf(idsFrom(1, 50)));
  for (let tick = 0; tick < 3; tick++) await sweeping.tickAfter(minuteMs);
  for (let day = 0; day < 30; day++) await sweeping.tickAfter(dayMs);
  expect((await sweeping.stored()).pieces).toEqual([]);
  sweeping.forget();
  await sweeping.hold(cellsOf(idsFrom(54, 80)));
  for (let tick = 0; tick < 3; tick++) await sweeping.tickAfter(minuteMs);
  expect(await sweeping.rows()).toEqual(['51–53 requested']);
  expect(await sweeping.fronts()).toEqual(['51–80']);
});
