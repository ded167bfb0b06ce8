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

test('runs as many calls at a time as allowed, in order', async () => {
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

test('starts no call after an error, and throws it once the running calls have ended', async () => {
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

test('runs nothing for an empty list', async () => {
  await runLimited([], 3, () => Promise.reject(new Error('it was run')));
});
