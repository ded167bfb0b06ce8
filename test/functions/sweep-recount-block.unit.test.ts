import type { StreamSettings } from '../../shared/stream-settings.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import { aGap, anEntry, aVoidEntry, cellsOf, fileGaps, idsFrom, minuteMs, noon } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

/** The stream's ledger as it is, and a tick for a block. */
async function withGaps(...gaps: readonly Parameters<typeof aGap>[0][]) {
  return withGapsOf({}, ...gaps);
}

async function withGapsOf(settings: Partial<StreamSettings>, ...gaps: readonly Parameters<typeof aGap>[0][]) {
  const sweeping = new Sweeping(settings);
  await fileGaps(sweeping.ledger, gaps.map(aGap));
  sweeping.clock.advance(minuteMs);
  const tickFor = (block: number) => sweeping.tick({ stream: 'orders', block: String(block) });
  return { sweeping, tickFor };
}

const inferred = anEntry({ state: 'reconstructed' });
const original = anEntry({ supersedes: true });

describe('a tick for a block', () => {
  test('records that an inferred event was superseded by its original', async () => {
    const { sweeping, tickFor } = await withGaps({ from: 5, to: 6, state: 'reconstructed', resolvedAtMs: noon });
    await sweeping.hold({ 5: original, 6: inferred });
    await tickFor(0);
    expect(await sweeping.rows()).toEqual(['5–6 reconstructed']);
    await sweeping.hold({ 6: original });
    await tickFor(0);
    expect(await sweeping.rows()).toEqual(['5–6 superseded']);
    expect((await sweeping.ledger.find('orders', 5))?.value.resolvedAtMs).toBe(noon + minuteMs);
  });

  test.each<readonly [string, Entry]>([
    ['with verify', anEntry({ state: 'suspect', supersedes: true })],
    ['refused', anEntry({ state: 'closed', supersedes: true })],
  ])('lets an inference stand whose original is %s', async (_, entry) => {
    const { sweeping, tickFor } = await withGaps({ state: 'reconstructed' });
    await sweeping.hold({ 5: entry });
    await tickFor(0);
    expect(await sweeping.rows()).toEqual(['5–5 reconstructed']);
  });

  test('records that what was given up has come after all, in part or whole', async () => {
    const { sweeping, tickFor } = await withGaps({ from: 255, to: 257, state: 'abandoned' });
    await sweeping.hold(cellsOf([256]));
    await tickFor(1);
    expect((await sweeping.ledger.find('orders', 255))?.value).toMatchObject({
      state: 'abandoned',
      cameLateAtMs: noon + minuteMs,
    });
    await sweeping.hold({ 255: anEntry(), 257: aVoidEntry() });
    await tickFor(0);
    expect(await sweeping.rows()).toEqual(['255–257 voided']);
  });

  test('reads two blocks of a gap of a million ids, and the totals of the others', async () => {
    const { sweeping, tickFor } = await withGaps({ from: 5, to: 1_000_004, state: 'abandoned', missing: 1_000_000 });
    await sweeping.hold(cellsOf([4, 5, 1_000_004, 1_000_005, ...idsFrom(1, 3_000).map((i) => 256 * i)]));
    const before = sweeping.blocks.reads;
    await tickFor(1);
    expect(sweeping.blocks.reads - before).toBe(3);
    expect((await sweeping.ledger.find('orders', 5))?.value).toMatchObject({
      state: 'abandoned',
      missing: 1_000_000 - 3_002,
      cameLateAtMs: noon + minuteMs,
    });
  });

  test('leaves gaps of other blocks alone, and finds none of its own', async () => {
    const { sweeping, tickFor } = await withGaps(
      { from: 5, to: 5, state: 'reconstructed' },
      { from: 600, to: 600, state: 'reconstructed' },
    );
    await sweeping.hold({ 5: original, 600: original, 300: anEntry() });
    await tickFor(1);
    expect(await sweeping.rows()).toEqual(['5–5 reconstructed', '600–600 reconstructed']);
    expect(sweeping.publisher.published).toEqual([]);
  });

  test('records an event in each gap that has its id: a short one, and the long one around it', async () => {
    const { sweeping, tickFor } = await withGaps(
      { from: 5, to: 5_000, state: 'abandoned', missing: 4_996 },
      { from: 100, to: 101, state: 'abandoned', missing: 2 },
    );
    await sweeping.hold(cellsOf([100, 101]));
    await tickFor(0);
    expect(await sweeping.rows()).toEqual(['5–5000 abandoned', '100–101 filled']);
    expect((await sweeping.ledger.find('orders', 5))?.value).toMatchObject({ missing: 4_994 });
  });

  test('comes again when another instance has recorded something of the gap in between', async () => {
    const { sweeping, tickFor } = await withGaps({ state: 'reconstructed' });
    await sweeping.hold({ 5: original });
    sweeping.ledger.save = () => Promise.resolve(false);
    await expect(tickFor(0)).rejects.toThrow('another instance');
  });

  test('reads its block once, however many gaps are in it', async () => {
    const odd = Array.from({ length: 120 }, (_, i) => 2 * i + 1);
    const { sweeping, tickFor } = await withGaps(
      ...odd.map((id) => ({ from: id, to: id, state: 'abandoned' as const })),
    );
    await sweeping.hold(cellsOf(odd));
    const before = sweeping.blocks.reads;
    await tickFor(0);
    expect(sweeping.blocks.reads - before).toBe(1);
    expect(new Set((await sweeping.rows()).map((row) => row.split(' ')[1]))).toEqual(new Set(['filled']));
  });
});

describe('a gap longer than maxGap', () => {
  const long = { from: 10, to: 2_009, state: 'abandoned', missing: 2_000, resolvedAtMs: noon } as const;
  const row = async (sweeping: Sweeping) => (await sweeping.ledger.find('orders', 10))?.value;

  test('says what is left of it while it comes late, and ends as filled', async () => {
    const { sweeping, tickFor } = await withGaps(long);
    await sweeping.hold(cellsOf(idsFrom(10, 1_009)));
    await tickFor(3);
    expect(await row(sweeping)).toMatchObject({ state: 'abandoned', missing: 1_000, cameLateAtMs: noon + minuteMs });
    sweeping.clock.advance(minuteMs);
    await sweeping.hold(cellsOf(idsFrom(1_010, 2_008)));
    await tickFor(7);
    expect(await row(sweeping)).toMatchObject({ state: 'abandoned', missing: 1, cameLateAtMs: noon + 2 * minuteMs });
    await sweeping.hold(cellsOf([2_009, 2_010]));
    await tickFor(7);
    expect(await row(sweeping)).toMatchObject({ state: 'filled', missing: 0, resolvedAtMs: noon + 2 * minuteMs });
  });

  test('ends as voided where some of it is void', async () => {
    const { sweeping, tickFor } = await withGaps(long);
    await sweeping.hold({ ...cellsOf(idsFrom(10, 2_009)), 700: aVoidEntry() });
    await tickFor(2);
    expect(await row(sweeping)).toMatchObject({ state: 'voided', missing: 0 });
  });

  test('is not taken for filled by what lies beside it in its first and its last block', async () => {
    const { sweeping, tickFor } = await withGaps(long);
    await sweeping.hold(cellsOf([...idsFrom(0, 999), ...idsFrom(1_001, 2_047)]));
    await tickFor(0);
    expect(await row(sweeping)).toMatchObject({ state: 'abandoned', missing: 1 });
  });

  test('ends as filled, too, where the last of it comes while it is about to be given up', async () => {
    const { sweeping, tickFor } = await withGaps({ from: 10, to: 2_009, state: 'requested' });
    await sweeping.hold(cellsOf(idsFrom(10, 2_009)));
    await tickFor(5);
    expect(await row(sweeping)).toMatchObject({ state: 'filled' });
  });

  test('that was inferred while maxGap was higher is superseded once all of its originals have come', async () => {
    const { sweeping, tickFor } = await withGapsOf({ maxGap: 1 }, { from: 5, to: 6, state: 'reconstructed' });
    await sweeping.hold({ 5: original, 6: inferred });
    await tickFor(0);
    expect(await sweeping.rows()).toEqual(['5–6 reconstructed']);
    await sweeping.hold({ 6: original });
    await tickFor(0);
    expect(await sweeping.rows()).toEqual(['5–6 superseded']);
  });

  test('ends as filled once events have come in place of its voids', async () => {
    const { sweeping, tickFor } = await withGaps({ ...long, state: 'voided', missing: 0 });
    await sweeping.hold(cellsOf(idsFrom(10, 2_009)));
    await tickFor(2);
    expect(await row(sweeping)).toMatchObject({ state: 'filled', missing: 0 });
  });

  test('keeps the lower count of two that are recorded at once', async () => {
    const { sweeping, tickFor } = await withGaps(long);
    await sweeping.hold(cellsOf(idsFrom(10, 1_009)));
    const find = sweeping.ledger.find.bind(sweeping.ledger);
    sweeping.ledger.find = async (...query) => {
      const found = await find(...query);
      sweeping.ledger.find = find;
      const { value, version } = found!;
      await sweeping.ledger.save({ ...value, missing: 900, cameLateAtMs: noon + 1 }, version);
      return found;
    };
    await tickFor(3);
    expect(await row(sweeping)).toMatchObject({ missing: 900, cameLateAtMs: noon + 1 });
  });
});
