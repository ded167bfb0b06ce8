/**
 * Runs a function for each item, with limited concurrency. After an error no further item is started.
 *
 * @throws The first error, after all started items have ended.
 */
export async function runLimited<T>(
  items: Iterable<T>,
  maxAtOnce: number,
  run: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const left = numbered(items);
  const errors: unknown[] = [];
  const work = async (first: readonly [number, T]): Promise<void> => {
    let next: readonly [number, T] | undefined = first;
    while (next) {
      const [index, item]: readonly [number, T] = next;
      await run(item, index).catch((error: unknown) => errors.push(error));
      next = errors.length > 0 ? undefined : nextOf(left);
    }
  };
  const workers: Promise<void>[] = [];
  while (workers.length < maxAtOnce) {
    const next = nextOf(left);
    if (!next) break;
    workers.push(work(next));
  }
  await Promise.all(workers);
  if (errors.length > 0) throw errors[0];
}

function* numbered<T>(items: Iterable<T>): Generator<readonly [number, T], undefined> {
  let index = 0;
  for (const item of items) yield [index++, item];
}

function nextOf<T>(items: Iterator<T, undefined>): T | undefined {
  return items.next().value;
}
