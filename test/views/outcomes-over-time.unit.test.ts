import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import { bucketAt } from '../../shared/place.ts';
import { spanUntil } from '../../shared/views/activity.ts';
import { loadOutcomes, loadUnnumberedOutcomes } from '../../shared/views/outcomes-over-time.ts';
import { aBlockWith, anEntry, aPiece, cellsOf, hold, noon } from '../support/builders.ts';
import { CountedBlockStore } from '../support/counted-block-store.ts';

const hourMs = 3_600_000;
const span = spanUntil(noon, 4 * hourMs, 4);
const stream = 'orders';

test('what became of ids counts in the hour in which they came', async () => {
  const { blocks } = makeEmbeddedStores(async () => undefined);
  await hold(blocks, stream, cellsOf([1, 2, 3, 4]));
  await hold(blocks, stream, cellsOf([11, 12], [anEntry({ state: 'reconstructed' })]));
  const pieces = [
    aPiece({ from: 1, to: 4, sinceMs: noon - 3.5 * hourMs, atMs: noon - 3.1 * hourMs }),
    aPiece({ from: 5, to: 12, sinceMs: noon - hourMs, atMs: noon }),
  ];
  const found = await loadOutcomes(blocks, stream, pieces, span);
  expect(found.map(({ clean, reconstructed }) => [clean, reconstructed])).toEqual([
    [4, 0],
    [0, 0],
    [0, 0],
    [0, 2],
  ]);
});

test('many ids are added up by the store: one sum for each hour, and no block is read', async () => {
  const blocks = new CountedBlockStore(makeEmbeddedStores(async () => undefined).blocks);
  const ids = Array.from({ length: 20 }, (_, block) => block * 256 + 5);
  for (const id of ids) await hold(blocks, stream, cellsOf([id]));
  const before = blocks.reads;
  const pieces = [0, 1].map((half) =>
    aPiece({ from: half * 2_560, to: half * 2_560 + 2_559, atMs: noon - (2.5 - half) * hourMs }),
  );
  const found = await loadOutcomes(blocks, stream, pieces, span);
  expect(found.map(({ clean }) => clean)).toEqual([0, 10, 10, 0]);
  expect(blocks.reads - before).toBe(2);
});

test('events without numbers count in the hour of their timestamps', async () => {
  const { blocks } = makeEmbeddedStores(async () => undefined);
  const bucketMs = 60_000;
  for (const atMs of [noon - 3.5 * hourMs, noon - 1.5 * hourMs, noon - 1.4 * hourMs, noon - 9 * hourMs]) {
    const index = bucketAt(atMs, bucketMs);
    const write = { ref: { stream, index, isBucket: true }, block: aBlockWith({ [index * 256]: [anEntry()] }) };
    await blocks.write([{ ...write, expected: undefined, expireAtMs: noon + hourMs, writtenAtMs: noon }]);
  }
  const found = await loadUnnumberedOutcomes(blocks, stream, bucketMs, span);
  expect(found.map(({ clean }) => clean)).toEqual([1, 0, 2, 0]);
});
