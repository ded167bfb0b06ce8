/**
 * Disables the AsyncLocalStorage of each test file that ran before in this process: jest's runner makes one for each file and never
 * disables it. Up to Node 22 every promise visits every storage that is enabled, so that the hundredth test file of a process
 * ran six times slower than alone.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** The property that carries the used storages from one test file to the next: each file has modules of its own. */
const usedKey: unique symbol = Symbol.for('eventmend.usedStorages');

interface Prototype {
  run: (this: AsyncLocalStorage<unknown>, ...args: unknown[]) => unknown;
  [usedKey]: Set<AsyncLocalStorage<unknown>> | undefined;
}

const prototype = AsyncLocalStorage.prototype as unknown as Prototype;
const used = (prototype[usedKey] ??= recordUse());
for (const storage of used) storage.disable();
used.clear();

function recordUse(): Set<AsyncLocalStorage<unknown>> {
  const storages = new Set<AsyncLocalStorage<unknown>>();
  const { run } = prototype;
  prototype.run = function (...args) {
    storages.add(this);
    return Reflect.apply(run, this, args);
  };
  return storages;
}
