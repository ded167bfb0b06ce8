import fc from 'fast-check';
import type { Step } from '../../shared/embedded/steps.ts';
import { atOnce, cellsOf, idsFrom, minuteMs } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

test('two overlapping sweeps file each missing id once, when an event comes late between them', async () => {
  const ids = fc.uniqueArray(fc.integer({ min: 2, max: 20 }), { maxLength: 15 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), ids, ids, async (scheduler, missing, late) => {
      let step: Step = atOnce;
      const sweeping = new Sweeping({}, () => step());
      await sweeping.hold(cellsOf(idsFrom(1, 21).filter((id) => !missing.includes(id))));
      await sweeping.tick();
      sweeping.clock.advance(minuteMs);
      step = () => scheduler.schedule(Promise.resolve());
      const another = sweeping.tick({ stream: 'orders' }, sweeping.anotherInstance());
      await scheduler.waitFor(Promise.all([sweeping.tick(), sweeping.hold(cellsOf(late)), another]));
      step = atOnce;
      await sweeping.tickAfter(minuteMs);
      const { gaps } = await sweeping.ledger.list('orders', 100);
      const filed = gaps.flatMap(({ from, to }) => idsFrom(from, to));
      expect(new Set(filed).size).toBe(filed.length);
      expect(filed).toEqual(expect.arrayContaining(missing.filter((id) => !late.includes(id))));
      expect(await sweeping.progress()).toMatchObject({ scanned: 21 });
    }),
    { numRuns: 300 },
  );
});

test('a sweep that ends before it files its gaps changes nothing, and the next sweep files them all', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf([1, 4]));
  await sweeping.tick();
  sweeping.clock.advance(minuteMs);
  const save = sweeping.ledger.saveProgress.bind(sweeping.ledger);
  sweeping.ledger.saveProgress = () => Promise.reject(new Error('the instance is gone'));
  await expect(sweeping.tick()).rejects.toThrow();
  sweeping.ledger.saveProgress = save;
  expect(await sweeping.rows()).toEqual([]);
  await sweeping.hold(cellsOf([9]));
  await sweeping.tickAfter(minuteMs);
  await sweeping.tickAfter(minuteMs);
  expect(await sweeping.rows()).toEqual(['2–3 requested', '5–8 requested']);
});
