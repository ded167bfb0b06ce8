import { makeCatalog } from '../../../shared/catalog-definition.ts';
import { VirtualClock } from '../../../shared/embedded/clock.ts';
import { makeEmbeddedStores } from '../../../shared/embedded/ports.ts';
import type { Stores } from '../../../cli/stores.ts';
import { describePlan } from '../../../cli/streams/reset-command.ts';
import { planReset, resetStream, type ResetPlan } from '../../../cli/streams/reset.ts';
import { aFront, aGap, aPiece, aProgress, atOnce, cellsOf, hold, noon } from '../../support/builders.ts';

async function aStream(): Promise<Stores> {
  const { blocks, ledger, letters } = makeEmbeddedStores(atOnce);
  const stores = { blocks, ledger, letters, catalog: makeCatalog({}), clock: new VirtualClock(noon) };
  await hold(blocks, 'orders', cellsOf([1, 2, 4, 900, 1_007]));
  const pieces = [...aFront({ first: 1, last: 4 }), aPiece({ from: 900, to: 900 })];
  await ledger.saveProgress('orders', aProgress({ pieces }), undefined, [aGap({ from: 3, to: 3 })]);
  return stores;
}

async function planned(stores: Stores, from: number): Promise<ResetPlan> {
  const plan = await planReset(stores, 'orders', from);
  if (!plan) throw new Error('the stream is not known');
  return plan;
}

const rowsOf = async ({ ledger }: Stores) =>
  (await ledger.list('orders', 10)).gaps.map(({ from, state, why }) => `${from} ${state} ${why ?? ''}`.trim());

describe('a reset', () => {
  it('is planned without a change', async () => {
    const stores = await aStream();
    const before = await stores.ledger.progress('orders');
    expect(describePlan(await planned(stores, 1_000), false)).toEqual([
      'orders: the numbering begins again at 1000',
      '  fronts that end       1–4',
      '  outliers that end     900',
      '  gaps to be given up   1 unresolved gap',
      '  lowest id held        1007',
      '',
      'nothing was changed; --yes does it',
    ]);
    expect(await stores.ledger.progress('orders')).toEqual(before);
  });

  it('ends the fronts, and is recorded in the ledger', async () => {
    const stores = await aStream();
    await resetStream(stores, await planned(stores, 1_000));
    expect((await stores.ledger.progress('orders'))?.value).toMatchObject({ pieces: [], reset: { from: 1_000 } });
    expect(await rowsOf(stores)).toEqual(['999 abandoned the operator reset the numbering from 1000', '3 open']);
  });

  it('replaces no row of the ledger', async () => {
    const stores = await aStream();
    await resetStream(stores, await planned(stores, 4));
    expect(await rowsOf(stores)).toEqual(['3 open', '2 abandoned the operator reset the numbering from 4']);
  });

  it('of a numbering that begins at 0 is recorded at 0', async () => {
    const stores = await aStream();
    await resetStream(stores, await planned(stores, 0));
    expect(await rowsOf(stores)).toEqual(['3 open', '0 abandoned the operator reset the numbering from 0']);
  });

  it('is made once if the command runs again before a sweep', async () => {
    const stores = await aStream();
    await resetStream(stores, await planned(stores, 1_000));
    const again = await planned(stores, 1_000);
    expect(again.isPending).toBe(true);
    expect(describePlan(again, true).join()).toContain('already; the next sweep acts on it');
  });

  it('is made again on what a sweep wrote in between', async () => {
    const stores = await aStream();
    const plan = await planned(stores, 1_000);
    const pieces = aFront({ first: 1, last: 40 });
    await stores.ledger.saveProgress('orders', aProgress({ pieces }), plan.version);
    await resetStream(stores, plan);
    const stored = (await stores.ledger.progress('orders'))?.value;
    expect(stored).toMatchObject({ forgotten: [{ from: 1, to: 40 }], reset: { from: 1_000 } });
  });

  it('ends with an error that says what to do if sweeps write all the time', async () => {
    const stores = await aStream();
    const ledger = Object.assign(Object.create(stores.ledger) as Stores['ledger'], {
      saveProgress: () => Promise.resolve(undefined),
    });
    await expect(resetStream({ ...stores, ledger }, await planned(stores, 1_000))).rejects.toThrow(
      'run the command again',
    );
  });

  it('of a stream that no sweep has seen makes its progress', async () => {
    const stores = await aStream();
    await hold(stores.blocks, 'new', cellsOf([1]));
    const plan = await planReset(stores, 'new', 1);
    if (plan) await resetStream(stores, plan);
    expect((await stores.ledger.progress('new'))?.value).toMatchObject({ pieces: [], reset: { from: 1 } });
  });

  it('of an unknown stream is not planned', async () => {
    expect(await planReset(await aStream(), 'nobody', 1)).toBeUndefined();
  });
});
