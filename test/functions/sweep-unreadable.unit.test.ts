import { InvariantError } from '../../shared/errors.ts';
import { cellsOf, idsFrom, minuteMs } from '../support/builders.ts';
import { sweepingWithManyGaps, type Sweeping } from '../support/sweeping.ts';

/** A stream that lacks every second id, whose gaps are asked for, and of which some rows cannot be read any more. */
async function withUnreadableRows(count: number, ...froms: readonly number[]): Promise<Sweeping> {
  const sweeping = await sweepingWithManyGaps(count);
  await sweeping.tick();
  sweeping.unreadable = froms;
  return sweeping;
}

const told = (from: number): string =>
  `a delivery met a bug: InvariantError: stream orders: the row of the gap ${from} cannot be read: foundAtMs: not a number`;

describe('a sweep of gaps of which some rows cannot be read', () => {
  test.each([
    ['the first page', 20, 5],
    ['the second page', 650, 501],
  ])('handles all other rows, logs each unreadable row once, and acks: in %s', async (_, count, bad) => {
    const sweeping = await withUnreadableRows(count, bad);
    await sweeping.tickAfter(6 * minuteMs, sweeping.anotherInstance());
    const inferred = sweeping.requests.filter((request) => request.startsWith('infer '));
    expect(inferred).toHaveLength(count - 1);
    expect(inferred).not.toContain(`infer ${bad}–${bad}`);
    expect(sweeping.errors).toEqual([told(bad)]);
    expect(sweeping.log.health.get('orders')).toMatchObject({ unresolvedGaps: count, oldestGapSeconds: 360 });
  });

  test('holds the watermark below that row, though all of its ids have come', async () => {
    const sweeping = await withUnreadableRows(450, 5, 401);
    await sweeping.hold(cellsOf(idsFrom(0, 900)));
    await sweeping.tickAfter(minuteMs, sweeping.anotherInstance());
    expect(await sweeping.progress()).toMatchObject({ watermark: 4, scanned: 900 });
    await sweeping.tickAfter(minuteMs, sweeping.anotherInstance());
    expect(await sweeping.progress()).toMatchObject({ watermark: 4 });
    expect(sweeping.errors).toEqual([told(5), told(401), told(5), told(401)]);
  });

  test('does not lift the watermark while the ids of a row are not known', async () => {
    const sweeping = await withUnreadableRows(20);
    const { ledger } = sweeping;
    const read = ledger.unresolved.bind(ledger);
    ledger.unresolved = async (...query) => {
      const row = { stream: 'orders', from: 0, to: undefined, state: undefined, reason: 'from: not a number' };
      return { ...(await read(...query)), unreadable: [row] };
    };
    await sweeping.hold(cellsOf(idsFrom(0, 39)));
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.progress()).toMatchObject({ first: 0, watermark: -1, scanned: 40 });
  });

  test('lifts the watermark once the row can be read', async () => {
    const sweeping = await sweepingWithManyGaps(20);
    await sweeping.tick();
    sweeping.unreadable = [5];
    await sweeping.hold(cellsOf(idsFrom(0, 40)));
    await sweeping.tickAfter(minuteMs, sweeping.anotherInstance());
    expect(await sweeping.progress()).toMatchObject({ watermark: 4 });
    sweeping.unreadable = [];
    await sweeping.tickAfter(minuteMs, sweeping.anotherInstance());
    expect(await sweeping.progress()).toMatchObject({ watermark: 40 });
  });
});

test('a tick for a block records what came of the other gaps, and comes again until each row can be read', async () => {
  const sweeping = await withUnreadableRows(20, 5);
  await sweeping.hold(cellsOf(idsFrom(0, 40)));
  const tick = sweeping.tick({ stream: 'orders', block: '0' }, sweeping.anotherInstance());
  await expect(tick).rejects.toThrow(
    new InvariantError('stream orders: the row of the gap 5 cannot be read: foundAtMs: not a number'),
  );
  const rows = await sweeping.rows();
  expect(rows.filter((row) => !row.endsWith(' filled'))).toEqual(['5–5 requested']);
});
