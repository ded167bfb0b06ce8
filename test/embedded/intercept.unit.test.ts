import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedCleanEventStore } from '../../shared/embedded/clean-event-store.ts';
import { intercept, type Interceptor, type PortRequest } from '../../shared/embedded/intercept.ts';
import { portMethods } from '../../shared/port-methods.ts';
import { InvariantError } from '../../shared/errors.ts';
import type { UuidKeys } from '../../shared/ports.ts';
import { atOnce, cellsOf, hold } from '../support/builders.ts';

/** An interceptor that passes every call on, and the requests that it saw. */
function recorder() {
  const seen: PortRequest[] = [];
  const pass: Interceptor = (request, proceed) => {
    seen.push(request);
    return proceed();
  };
  return { seen, pass };
}

test('a call is seen before it takes effect, by port, method and arguments, and answers the caller', async () => {
  const events = new EmbeddedCleanEventStore(atOnce);
  const held: unknown[] = [];
  const wrapped = intercept('events', events, async (request, proceed) => {
    held.push(request, events.find('orders/7'));
    return proceed();
  });
  await wrapped.bury('orders/7', 'orders/7/r1');
  expect(held).toEqual([{ port: 'events', method: 'bury', args: ['orders/7', 'orders/7/r1'] }, undefined]);
  expect(events.find('orders/7')).toEqual({ supersededBy: 'orders/7/r1' });
});

test('a method that returns a promise is intercepted, however it is written', async () => {
  const { seen, pass } = recorder();
  const thenable = {
    then: (resolve: (id: number) => void) => {
      resolve(7);
    },
  } as unknown as Promise<number>;
  const holder = (): Promise<number> => Promise.resolve(7);
  const keys: readonly UuidKeys[] = [
    { claim: () => Promise.resolve(7), holder },
    { claim: async () => 7, holder },
    { claim: () => thenable, holder },
    new (class {
      holder = holder;
      claim = (): Promise<number> => Promise.resolve(7);
    })(),
  ];
  for (const one of keys) expect(await intercept('keys', one, pass).claim('orders', 'u-1', 7)).toBe(7);
  expect(seen).toHaveLength(keys.length);
});

test('an interceptor may give other arguments, and need not let the call take effect', async () => {
  const events = new EmbeddedCleanEventStore(atOnce);
  const other = intercept('events', events, (_, proceed) => proceed(['orders/8', 'orders/8/r1']));
  await other.bury('orders/7', 'orders/7/r1');
  const refusing = intercept('events', events, () => Promise.reject(new Error('refused')));
  await expect(refusing.bury('orders/9', 'orders/9/r1')).rejects.toThrow('refused');
  expect(['orders/7', 'orders/8', 'orders/9'].map((key) => events.find(key))).toEqual([
    undefined,
    { supersededBy: 'orders/8/r1' },
    undefined,
  ]);
});

test('each item of a scan is a call, and so is its end', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf([1, 300]));
  const { seen, pass } = recorder();
  const read: number[] = [];
  for await (const { index } of intercept('blocks', blocks, pass).scan('orders', 0, 1)) read.push(index);
  expect(read).toEqual([0, 1]);
  expect(seen).toEqual(new Array(3).fill({ port: 'blocks', method: 'scan', args: ['orders', 0, 1] }));
});

test('a member that is no method of a port passes, and a method that would escape is an error', () => {
  class Keys implements UuidKeys {
    readonly held = 3;
    claim = (): Promise<number> => Promise.resolve(1);
    holder = (): Promise<number> => Promise.resolve(1);
    size = (): number => this.held;
    forget = (): Promise<void> => Promise.resolve();
    async *all(): AsyncIterable<number> {
      yield* [1];
    }
  }
  const wrapped = intercept('keys', new Keys(), () => Promise.reject(new Error('intercepted')));
  expect([wrapped.held, wrapped.size()]).toEqual([3, 3]);
  expect(() => wrapped.forget()).toThrow(InvariantError);
  expect(() => wrapped.all()).toThrow(InvariantError);
});

test('the table names methods that the adapters have', () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  for (const method of Object.keys(portMethods.blocks)) expect(blocks).toHaveProperty(method, expect.any(Function));
});
