import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { RetryableError } from '../../shared/errors.ts';
import { amendGap } from '../../shared/gaps/amend.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { aGap, atOnce, fileGaps, noon } from '../support/builders.ts';

/** A ledger with one gap, whose row somebody else writes each time before it can be saved, so many times. */
async function contended(times: number) {
  const ledger = new EmbeddedGapLedger(atOnce);
  await fileGaps(ledger, [aGap({ from: 5, to: 5 })]);
  const find = ledger.find.bind(ledger);
  let left = times;
  ledger.find = async (...query) => {
    const found = await find(...query);
    if (found && left-- > 0) await ledger.save({ ...found.value, requestedAtMs: noon + left }, found.version);
    return found;
  };
  return { ledger, row: async () => (await find('orders', 5))?.value };
}

const giveUp = (gap: Gap): Gap => ({ ...gap, state: 'abandoned' });

test('a row that others write meanwhile is read again, and changed as it is then', async () => {
  const { ledger, row } = await contended(4);
  await amendGap(ledger, 'orders', 5, giveUp);
  expect(await row()).toMatchObject({ state: 'abandoned', requestedAtMs: noon });
});

test('after five conflicts it is an error, lest the change be lost in silence', async () => {
  const { ledger, row } = await contended(5);
  await expect(amendGap(ledger, 'orders', 5, giveUp)).rejects.toThrow(RetryableError);
  expect(await row()).toMatchObject({ state: 'open' });
});

test('a row that is not there, and one that the change leaves as it is, are not written', async () => {
  const { ledger } = await contended(0);
  const before = ledger.changes();
  await amendGap(ledger, 'orders', 6, giveUp);
  await amendGap(ledger, 'orders', 5, (gap) => gap);
  expect(ledger.changes()).toBe(before);
});
