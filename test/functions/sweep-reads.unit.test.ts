import { cellsOf, dayMs, idsFrom, minuteMs } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

/** A stream of many blocks that has been swept to its end. */
async function swept(missing: readonly number[] = []): Promise<Sweeping> {
  const sweeping = new Sweeping({ resendTimeoutMs: 2 * dayMs });
  await sweeping.hold(cellsOf(idsFrom(1, 5_000).filter((id) => !missing.includes(id))));
  await sweeping.tick();
  await sweeping.tickAfter(minuteMs);
  return sweeping;
}

test('an idle stream in which nothing is missing costs one read a tick', async () => {
  const sweeping = await swept();
  await sweeping.tickAfter(minuteMs);
  for (let tick = 0; tick < 10; tick++) {
    expect(await sweeping.costOfTickAfter(minuteMs)).toEqual({ blockReads: 1, ledgerCalls: [] });
  }
});

test('an instance that does not know the stream to be idle reads its progress as well, and no gap', async () => {
  const sweeping = await swept();
  const cost = await sweeping.costOfTickAfter(minuteMs, sweeping.anotherInstance());
  expect(cost).toEqual({ blockReads: 1, ledgerCalls: ['progress'] });
});

test('an idle stream is swept again when it speaks again, and now and then so that a sleep would be noticed', async () => {
  const sweeping = await swept();
  await sweeping.tickAfter(minuteMs);
  expect((await sweeping.costOfTickAfter(2 * dayMs)).ledgerCalls).toEqual(['progress', 'saveProgress']);
  await sweeping.hold(cellsOf([5_002]));
  await sweeping.tickAfter(minuteMs);
  await sweeping.tickAfter(minuteMs);
  expect(await sweeping.rows()).toEqual(['5001–5001 requested']);
});

test('a tick reads the blocks above what was scanned, and those of open gaps, however much came after these', async () => {
  const sweeping = await swept([300, 301, 2_000]);
  // The last block; the block of 300 and 301; the block of 2000.
  expect((await sweeping.costOfTickAfter(minuteMs)).blockReads).toBe(3);
  await sweeping.hold(cellsOf(idsFrom(5_001, 100_000)));
  await sweeping.tickAfter(minuteMs);
  // The last block, the 372 blocks in which something new is to be looked at, and the two of the gaps.
  expect((await sweeping.costOfTickAfter(minuteMs)).blockReads).toBe(1 + 372 + 2);
  for (let hour = 0; hour < 24; hour++) {
    expect((await sweeping.costOfTickAfter(60 * minuteMs)).blockReads).toBe(3);
  }
  expect(await sweeping.rows()).toEqual(['300–301 requested', '2000–2000 requested']);
});

test('a backlog that needs several writes is scanned to its end, and a gap in it is filed as one', async () => {
  const sweeping = new Sweeping();
  const ids = [1, 3, ...idsFrom(1_048_570, 1_048_575), 4_000_000, 4_000_002];
  await sweeping.hold(cellsOf(ids));
  await sweeping.tick();
  await sweeping.tickAfter(minuteMs);
  expect(await sweeping.rows()).toEqual([
    '2–2 requested',
    '4–1048569 requested',
    '1048576–3999999 requested',
    '4000001–4000001 requested',
  ]);
});
