import { loadMovedRows } from '../../functions/sweep/moved-rows.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import { aGap, atOnce } from '../support/builders.ts';

test.each([
  ['is returned if it is longer than maxGap', 19, ['13–19']],
  ['is dropped if it is short, because it would hide single ids', 18, []],
])('the rest of a row that a new gap replaces %s', async (_, to, rest) => {
  const ledger = new EmbeddedGapLedger(atOnce);
  await ledger.saveProgress('orders', startProgress('orders'), undefined, [aGap({ from: 11, to, state: 'abandoned' })]);
  const settings = { maxGap: 6, numbering: 'consecutive' } as const;
  const moved = await loadMovedRows(ledger, [aGap({ from: 11, to: 12 })], settings);
  expect(moved.map((gap) => `${gap.from}–${gap.to}`)).toEqual(rest);
});

test('the rest of a row tells that its producer was asked again, because the request was for its ids too', async () => {
  const ledger = new EmbeddedGapLedger(atOnce);
  const askedAgain = { count: 1, atMs: 1_000, deadlineMs: 121_000 };
  const row = aGap({ from: 11, to: 19, state: 'abandoned', missing: 9, askedAgain });
  await ledger.saveProgress('orders', startProgress('orders'), undefined, [row]);
  const settings = { maxGap: 6, numbering: 'consecutive' } as const;
  const moved = await loadMovedRows(ledger, [aGap({ from: 11, to: 12 })], settings);
  expect(moved).toEqual([{ ...row, from: 13, missing: 7 }]);
});
