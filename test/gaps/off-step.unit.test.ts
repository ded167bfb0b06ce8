import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { countOffStep, isOffStep } from '../../shared/gaps/off-step.ts';
import type { NumberedSettings } from '../../shared/gaps/reset.ts';
import { anEntry, atOnce, aVoidEntry, cellsOf, hold, idsFrom, settingsWith } from '../support/builders.ts';

const tens: NumberedSettings = settingsWith({ numbering: { step: 10 } });

async function offStepAmong(ids: readonly number[], settings = tens, range = { from: 0, to: 1e9 }) {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf(ids));
  return countOffStep(blocks, 'orders', range, settings);
}

const multiples = (count: number) => idsFrom(1, count).map((n) => 10 * n);

describe('the events off the step of a stream', () => {
  it('are those that most of the nearest events do not count', async () => {
    const ids = [...multiples(40), 33, 271].sort((a, b) => a - b);
    expect(await offStepAmong(ids)).toEqual({ count: 2, ids: [33, 271] });
    expect(isOffStep(34, ids, tens)).toBe(true);
    expect(isOffStep(50, ids, tens)).toBe(false);
  });

  it('are counted in a range only', async () => {
    const ids = [...multiples(40), 33, 271].sort((a, b) => a - b);
    expect(await offStepAmong(ids, tens, { from: 34, to: 400 })).toEqual({ count: 1, ids: [271] });
  });

  it('are each counted once in a long stream, and the lowest are listed', async () => {
    const off = multiples(1_000).map((id) => 10 * id + 3);
    const ids = [...multiples(10_001), ...off].sort((a, b) => a - b);
    expect(await offStepAmong(ids)).toEqual({ count: 1_000, ids: off.slice(0, 8) });
  });

  it('are all those that a reset does not count', async () => {
    const reset = { ...tens, reset: { from: 3 } };
    expect(await offStepAmong([3, 13, 20, 30, 40, 50], reset)).toEqual({ count: 4, ids: [20, 30, 40, 50] });
  });

  it('are none without a step', async () => {
    expect(await offStepAmong([1, 5, 9], settingsWith())).toEqual({ count: 0, ids: [] });
  });

  it('are no voids and no inferred events', async () => {
    const blocks = new EmbeddedBlockStore(atOnce);
    await hold(blocks, 'orders', cellsOf(multiples(20)));
    await hold(blocks, 'orders', cellsOf([33], [aVoidEntry()]));
    await hold(blocks, 'orders', cellsOf([34], [anEntry({ state: 'reconstructed' })]));
    expect(await countOffStep(blocks, 'orders', { from: 0, to: 1_000 }, tens)).toEqual({ count: 0, ids: [] });
  });
});
