import { aFront, aGap, cellsOf, dayMs, fileGaps, idsFrom, minuteMs, noon } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

/** A stream of many blocks that has been swept to its end, and in which no block was written lately. */
async function swept(missing: readonly number[] = []): Promise<Sweeping> {
  const sweeping = new Sweeping({ resendTimeoutMs: 2 * dayMs });
  await sweeping.hold(cellsOf(idsFrom(1, 5_000).filter((id) => !missing.includes(id))));
  for (let tick = 0; tick < 6; tick++) await sweeping.tickAfter(minuteMs);
  return sweeping;
}

test('an idle stream in which nothing is missing costs one read a tick', async () => {
  const sweeping = await swept();
  await sweeping.tickAfter(minuteMs);
  for (let tick = 0; tick < 10; tick++) {
    expect(await sweeping.costOfTickAfter(minuteMs)).toEqual({ blockReads: 1, ledgerCalls: [] });
  }
});

test('an instance that does not know the stream to be idle reads its progress as well, and finds no gap', async () => {
  const sweeping = await swept();
  const cost = await sweeping.costOfTickAfter(minuteMs, sweeping.anotherInstance());
  expect(cost).toEqual({ blockReads: 1, ledgerCalls: ['progress', 'unresolved'] });
});

test('an idle stream is swept again when it speaks again, and now and then so that a sleep would be noticed', async () => {
  const sweeping = await swept();
  await sweeping.tickAfter(minuteMs);
  expect((await sweeping.costOfTickAfter(2 * dayMs)).ledgerCalls).toEqual(['progress', 'unresolved', 'saveProgress']);
  await sweeping.hold(cellsOf([5_002]));
  await sweeping.tickAfter(minuteMs);
  await sweeping.tickAfter(minuteMs);
  expect(await sweeping.rows()).toEqual(['5001–5001 requested']);
});

test('a block is read again for three minutes after it was written, and its stream is saved only then', async () => {
  const sweeping = await swept();
  await sweeping.hold(cellsOf([5_001]));
  const costs: string[] = [];
  for (let tick = 0; tick < 6; tick++) {
    const { blockReads, ledgerCalls } = await sweeping.costOfTickAfter(minuteMs);
    costs.push(`${blockReads} ${ledgerCalls.filter((call) => call === 'saveProgress').length}`);
  }
  expect(costs).toEqual(['1 1', '1 1', '1 0', '1 1', '1 0', '1 0']);
});

test('a tick reads the blocks that were written lately, each once, and nothing of open gaps before their deadline', async () => {
  const sweeping = await swept([300, 301, 2_000]);
  // The search for written blocks.
  expect((await sweeping.costOfTickAfter(minuteMs)).blockReads).toBe(1);
  await sweeping.hold(cellsOf(idsFrom(5_001, 100_000)));
  // A minute later holes are looked for in the blocks that were written. They are read again because of late commits.
  expect((await sweeping.costOfTickAfter(minuteMs)).blockReads).toBe(372);
  expect((await sweeping.costOfTickAfter(minuteMs)).blockReads).toBe(372);
  for (let minute = 0; minute < 3; minute++) await sweeping.tickAfter(minuteMs);
  for (let minute = 0; minute < 40; minute++) {
    expect(await sweeping.costOfTickAfter(minuteMs)).toEqual({ blockReads: 1, ledgerCalls: ['progress'] });
  }
  expect(await sweeping.rows()).toEqual(['300–301 requested', '2000–2000 requested']);
});

test('a backlog that needs several writes is scanned to its end, and a gap in it is filed as one', async () => {
  const sweeping = new Sweeping({ maxGap: 3_000_000 });
  await sweeping.hold(cellsOf([1, 2, 4, ...idsFrom(1_048_570, 1_048_575), 4_000_000, 4_000_002]));
  await sweeping.tick();
  await sweeping.tickAfter(minuteMs);
  expect(await sweeping.rows()).toEqual([
    '3–3 requested',
    '5–1048569 requested',
    '1048576–3999999 requested',
    '4000001–4000001 requested',
  ]);
});

describe('a stream with 100 events a second', () => {
  const eventsAMinute = 6_000;
  const blocksAMinute = Math.ceil(eventsAMinute / 256) + 1;

  async function costsOf(minutes: number, isLost: (id: number) => boolean) {
    const sweeping = new Sweeping({ resendTimeoutMs: 2 * dayMs });
    const costs = [];
    for (let minute = 0; minute < minutes; minute++) {
      const ids = idsFrom(1 + minute * eventsAMinute, (minute + 1) * eventsAMinute);
      await sweeping.hold(cellsOf(ids.filter((id) => !isLost(id))));
      costs.push(await sweeping.costOfTickAfter(minuteMs));
    }
    return costs;
  }

  test('costs at most the blocks of four minutes, one scan of those of a minute, and two writes a tick', async () => {
    for (const { blockReads, ledgerCalls } of await costsOf(10, () => false)) {
      expect(blockReads).toBeLessThanOrEqual(5 * blocksAMinute);
      expect(ledgerCalls.filter((call) => call === 'saveProgress').length).toBeLessThanOrEqual(2);
      expect(ledgerCalls.length).toBeLessThanOrEqual(4);
    }
  });

  test('of which one in a thousand is lost costs no call of the ledger for each gap that is filed', async () => {
    const costs = await costsOf(3, (id) => id % 1_000 === 500);
    const calls = costs.flatMap(({ ledgerCalls }) => ledgerCalls);
    expect(calls.filter((call) => call === 'find')).toEqual([]);
    // One search for rows in two ticks, of two pages and their end. The rows are filed as requested.
    expect(calls.filter((call) => call === 'within')).toHaveLength(2 * 3);
    expect(calls.filter((call) => call === 'save')).toEqual([]);
  });
});

test('10,000 open gaps cost an instance that does not know them the pages of their rows, their blocks once, and no write', async () => {
  const [sweeping, gaps] = [new Sweeping(), 10_000];
  const last = 10 * gaps;
  const asked = { state: 'requested', requestedAtMs: noon, deadlineMs: noon + dayMs } as const;
  await fileGaps(
    sweeping.ledger,
    idsFrom(0, gaps - 1).map((i) => aGap({ from: 10 * i + 5, to: 10 * i + 5, ...asked })),
  );
  const { value, version } = (await sweeping.ledger.progress('orders'))!;
  await sweeping.ledger.saveProgress('orders', { ...value, pieces: aFront({ first: 0, last }) }, version);
  await sweeping.hold(cellsOf(idsFrom(0, last).filter((id) => id % 10 !== 5)));
  for (let tick = 0; tick < 4; tick++) await sweeping.tickAfter(minuteMs);
  expect(await sweeping.costOfTickAfter(minuteMs)).toEqual({ blockReads: 1, ledgerCalls: ['progress'] });
  const { blockReads, ledgerCalls } = await sweeping.costOfTickAfter(minuteMs, sweeping.anotherInstance());
  const pages = ledgerCalls.filter((call) => call === 'unresolved').length;
  expect(pages).toBe(gaps / 200 + 1);
  // The last block of a page is the first one of the next.
  expect(blockReads).toBeLessThanOrEqual(Math.ceil(last / 256) + pages + 1);
  expect(ledgerCalls.filter((call) => call !== 'unresolved')).toEqual(['progress']);
  expect(sweeping.log.health.get('orders')).toMatchObject({ unresolvedGaps: gaps });
});

describe('a gap that waits for its producer', () => {
  const sweepingWithOne = async (ids = [300, 301]): Promise<Sweeping> => {
    const sweeping = await swept(ids);
    await sweeping.tickAfter(minuteMs);
    return sweeping;
  };

  test('is read once one of its events has come, and not again before the next one comes', async () => {
    const sweeping = await sweepingWithOne();
    await sweeping.hold(cellsOf([300]));
    // The block is found because it was written, and read again for the state of its entries.
    const { blockReads, ledgerCalls } = await sweeping.costOfTickAfter(minuteMs);
    expect({ blockReads, rowReads: ledgerCalls.filter((call) => call === 'unresolved').length }).toEqual({
      blockReads: 2,
      rowReads: 1,
    });
    expect(await sweeping.costOfTickAfter(minuteMs)).toEqual({ blockReads: 1, ledgerCalls: ['progress'] });
    expect(await sweeping.rows()).toEqual(['300–301 requested']);
    await sweeping.hold(cellsOf([301]));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['300–301 filled']);
  });

  test('is not read when other events of its block come', async () => {
    const sweeping = await sweepingWithOne([300, 4_990]);
    await sweeping.hold(cellsOf([5_001, 5_002]));
    for (let tick = 0; tick < 4; tick++)
      expect((await sweeping.costOfTickAfter(minuteMs)).ledgerCalls).not.toContain('unresolved');
  });

  test('is read again by an instance that finds the progress of another one', async () => {
    const sweeping = await sweepingWithOne();
    const { value, version } = (await sweeping.ledger.progress('orders'))!;
    await sweeping.ledger.saveProgress('orders', value, version, [aGap({ from: 9_000, to: 9_000 })]);
    expect((await sweeping.costOfTickAfter(minuteMs)).ledgerCalls).toContain('unresolved');
    expect(await sweeping.rows()).toEqual(['300–301 requested', '9000–9000 requested']);
  });

  test('is read again after an hour, in case somebody has changed its row by hand', async () => {
    const sweeping = await sweepingWithOne();
    const { value, version } = (await sweeping.ledger.find('orders', 300))!;
    await sweeping.ledger.save({ ...value, state: 'open' }, version);
    for (let minute = 0; minute < 50; minute++) await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['300–301 open']);
    for (let minute = 0; minute < 10; minute++) await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['300–301 requested']);
  });
});
