import { resetProgress, resetRow } from '../../shared/gaps/reset-progress.ts';
import { cellsOf, idsFrom, minuteMs } from '../support/builders.ts';
import { Sweeping, sweepingWithGaps } from '../support/sweeping.ts';

/** Resets the numbering, as the command does. */
async function reset(sweeping: Sweeping, from: number): Promise<void> {
  const before = await sweeping.ledger.progress('orders');
  const row = resetRow('orders', from, Math.max(0, from - 1), sweeping.clock.now());
  const next = resetProgress(before?.value ?? (await sweeping.stored()), from);
  expect(await sweeping.ledger.saveProgress('orders', next, before?.version, [row])).toBeDefined();
}

describe('after a reset of the numbering, a sweep', () => {
  it('gives up what was unresolved, in one letter, and asks for no id of the old numbering', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    await reset(sweeping, 1_000);
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['3–3 abandoned', '6–7 abandoned', '999–999 abandoned']);
    expect(sweeping.letters).toEqual(['gap/orders/3: the operator reset the numbering: 3, 6–7']);
    for (let i = 0; i < 30; i++) await sweeping.tickAfter(minuteMs);
    expect(sweeping.requests).toEqual(['resend 3–3', 'resend 6–7']);
  });

  it('expects every id from the first one on, also those that came before the reset', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.hold(cellsOf([1_003, 1_005, 1_006]));
    await reset(sweeping, 1_000);
    for (let i = 0; i < 4; i++) await sweeping.tickAfter(minuteMs);
    expect(await sweeping.fronts()).toEqual(['1000–1006']);
    expect(await sweeping.rows()).toEqual(['999–999 abandoned', '1000–1002 requested', '1004–1004 requested']);
  });

  it('takes no id of the old numbering above a long hole for the new one', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf(idsFrom(5_000, 5_009).filter((id) => id !== 5_004)));
    for (let i = 0; i < 20; i++) await sweeping.tickAfter(minuteMs);
    const before = sweeping.requests.length;
    await sweeping.hold(cellsOf([1, 2, 4]));
    await reset(sweeping, 1);
    for (let i = 0; i < 20; i++) await sweeping.tickAfter(minuteMs);
    expect(await sweeping.fronts()).toEqual(['1–4']);
    const requests = sweeping.requests.slice(before);
    expect(new Set(requests)).toEqual(new Set(['resend 3–3', 'infer 3–3']));
  });

  it('asks again for a number that was given up in the old numbering', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    await reset(sweeping, 1);
    for (let i = 0; i < 4; i++) await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['0–0 abandoned', '3–3 requested', '6–7 requested']);
    expect(sweeping.letters).toEqual(['gap/orders/3: the operator reset the numbering: 3, 6–7']);
  });

  it('files no hole before the letter lists the old gaps, so that no row of them is lost', async () => {
    const sweeping = await sweepingWithGaps();
    await sweeping.tick();
    const before = await sweeping.ledger.progress('orders');
    const told = { ...(before?.value ?? (await sweeping.stored())), gaveUpAtMs: sweeping.clock.now() };
    await sweeping.ledger.saveProgress('orders', told, before?.version);
    await reset(sweeping, 1);
    for (let i = 0; i < 9; i++) await sweeping.tickAfter(minuteMs);
    expect([await sweeping.rows(), sweeping.letters]).toEqual([
      ['0–0 abandoned', '3–3 requested', '6–7 requested'],
      [],
    ]);
    for (let i = 0; i < 2; i++) await sweeping.tickAfter(minuteMs);
    expect(sweeping.letters).toEqual(['gap/orders/3: the operator reset the numbering: 3, 6–7']);
    expect((await sweeping.stored()).reset?.isSettled).toBe(true);
    await sweeping.tickAfter(minuteMs);
    expect(await sweeping.rows()).toEqual(['0–0 abandoned', '3–3 requested', '6–7 requested']);
    expect(sweeping.requests.filter((one) => one === 'resend 3–3')).toHaveLength(2);
  });

  it('plays no part with ids below the first one', async () => {
    const sweeping = await sweepingWithGaps();
    await reset(sweeping, 1_000);
    await sweeping.hold(cellsOf([600, 601, 605]));
    for (let i = 0; i < 5; i++) await sweeping.tickAfter(minuteMs);
    expect([await sweeping.fronts(), sweeping.requests]).toEqual([[], []]);
  });

  it('that had begun before loses its write, and the next one sees the reset', async () => {
    const sweeping = await sweepingWithGaps();
    const tick = sweeping.tick();
    await reset(sweeping, 1_000);
    await tick;
    await sweeping.tickAfter(minuteMs);
    expect((await sweeping.stored()).reset).toMatchObject({ from: 1_000, isSettled: true });
    expect(await sweeping.fronts()).toEqual([]);
  });

  it('of a silent stream sees the reset at the latest some minutes after new events', async () => {
    const sweeping = new Sweeping();
    await sweeping.hold(cellsOf(idsFrom(1, 9)));
    for (let i = 0; i < 5; i++) await sweeping.tickAfter(minuteMs);
    await reset(sweeping, 1);
    await sweeping.hold(cellsOf([1]));
    for (let i = 0; i < 5; i++) await sweeping.tickAfter(minuteMs);
    expect((await sweeping.stored()).reset).toMatchObject({ from: 1, isSettled: true });
  });
});
