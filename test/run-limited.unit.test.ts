import { runLimited } from '../shared/run-limited.ts';
import { idsFrom } from './support/builders.ts';

/** Work that ends when it is told to. */
function someWork() {
  const ends: ((error?: Error) => void)[] = [];
  const begun: number[] = [];
  const run = (item: number): Promise<void> => {
    begun.push(item);
    return new Promise((resolve, reject) => {
      ends.push((error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  };
  return { begun, ends, run };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

test('as many run at a time as may, and each in its turn', async () => {
  const { begun, ends, run } = someWork();
  const done = runLimited(idsFrom(1, 5), 2, run);
  expect(begun).toEqual([1, 2]);
  ends[1]?.();
  await settle();
  expect(begun).toEqual([1, 2, 3]);
  for (const end of [0, 2, 3, 4]) {
    await settle();
    ends[end]?.();
  }
  await done;
  expect(begun).toEqual([1, 2, 3, 4, 5]);
});

test('after an error none is begun, and it is thrown when what was underway has ended', async () => {
  const { begun, ends, run } = someWork();
  const outcome = { isOver: false };
  const done = runLimited(idsFrom(1, 5), 2, run).finally(() => {
    outcome.isOver = true;
  });
  ends[0]?.(new Error('no answer'));
  await settle();
  expect([begun, outcome.isOver]).toEqual([[1, 2], false]);
  ends[1]?.();
  await expect(done).rejects.toThrow('no answer');
});

test('of nothing nothing is run', async () => {
  await runLimited([], 3, () => Promise.reject(new Error('it was run')));
});
