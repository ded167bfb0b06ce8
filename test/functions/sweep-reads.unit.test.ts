import { cellsOf, dayMs, idsFrom, minuteMs } from '../support/builders.ts';
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
  expect(costs).toEqual(['1 1', '2 1', '1 0', '1 1', '1 0', '1 0']);
});

test('a tick reads the blocks that were written lately, and those of open gaps, however much came after these', async () => {
  const sweeping = await swept([300, 301, 2_000]);
  // The search for written blocks; the block of 300 and 301; the block of 2000.
  expect((await sweeping.costOfTickAfter(minuteMs)).blockReads).toBe(3);
  await sweeping.hold(cellsOf(idsFrom(5_001, 100_000)));
  // The 372 blocks that were written, and the two of the gaps. A minute later holes are looked for in them.
  expect((await sweeping.costOfTickAfter(minuteMs)).blockReads).toBe(372 + 2);
  expect((await sweeping.costOfTickAfter(minuteMs)).blockReads).toBe(372 + 372 + 2);
  for (let minute = 0; minute < 3; minute++) await sweeping.tickAfter(minuteMs);
  for (let hour = 0; hour < 24; hour++) {
    expect((await sweeping.costOfTickAfter(60 * minuteMs)).blockReads).toBe(3);
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
