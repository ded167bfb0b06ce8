/**
 * Runs a function for each item, with limited concurrency. After an error no further item is started.
 *
 * @throws The first error, after all started items have ended.
 */
export async function runLimited<T>(
  items: readonly T[],
  maxAtOnce: number,
  run: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const left = items.entries();
  const errors: unknown[] = [];
  const work = async (): Promise<void> => {
    for (const [index, item] of left) {
      await run(item, index).catch((error: unknown) => errors.push(error));
      if (errors.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxAtOnce, items.length) }, work));
  if (errors.length > 0) throw errors[0];
}
