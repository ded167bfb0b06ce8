import { RetryableError } from '../../shared/errors.ts';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { aBlockWith, anEntry, atOnce, cellsOf, hold, noon } from '../support/builders.ts';

class Counter {
  calls = 0;

  async add(by: number): Promise<number> {
    this.calls += by;
    return this.calls;
  }

  total(): number {
    return this.calls;
  }
}

function aCounter(fault: Fault) {
  const counter = new Counter();
  return { counter, wrapped: unreliable(counter, () => fault) };
}

test('a call to which nothing happens takes effect and answers', async () => {
  const { counter, wrapped } = aCounter('none');
  await expect(wrapped.add(2)).resolves.toBe(2);
  expect(counter.calls).toBe(2);
});

test('a call that fails has no effect, and can be made again', async () => {
  const { counter, wrapped } = aCounter('fails');
  await expect(wrapped.add(2)).rejects.toThrow(RetryableError);
  expect(counter.calls).toBe(0);
});

test('a call whose answer is lost has taken effect', async () => {
  const { counter, wrapped } = aCounter('answer-lost');
  await expect(wrapped.add(2)).rejects.toThrow(RetryableError);
  expect(counter.calls).toBe(2);
});

test('what goes wrong is decided for each call, by the name of its method', async () => {
  const asked: string[] = [];
  const wrapped = unreliable(new Counter(), (method) => {
    asked.push(method);
    return asked.length === 1 ? 'fails' : 'none';
  });
  await expect(wrapped.add(1)).rejects.toThrow('no answer to add');
  await expect(wrapped.add(1)).resolves.toBe(1);
  expect(asked).toEqual(['add', 'add']);
});

test.each(['none', 'fails', 'answer-lost'] as const)(
  'a method that answers without a promise, and a member that is no method, pass: %s',
  async (fault) => {
    const { wrapped } = aCounter(fault);
    const total: unknown = wrapped.total();
    await expect(Promise.resolve(total)).resolves.toBe(0);
    expect(wrapped.calls).toBe(0);
  },
);

test('a scan fails like other calls while it is read, and answers nothing', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf([1]));
  for (const fault of ['fails', 'answer-lost'] as const) {
    const read: number[] = [];
    const scan = async (): Promise<void> => {
      for await (const { index } of unreliable(blocks, () => fault).scan('orders', 0, 1)) read.push(index);
    };
    await expect(scan()).rejects.toThrow(RetryableError);
    expect(read).toEqual([]);
  }
});

test('a scan to which nothing happens reads every block', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf([1, 300]));
  const read: number[] = [];
  for await (const { index } of unreliable(blocks, () => 'none').scan('orders', 0, 1)) read.push(index);
  expect(read).toEqual([0, 1]);
});

test('a conditional write whose answer was lost is a conflict when it is made again', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  const faults: Fault[] = ['answer-lost', 'none'];
  const wrapped = unreliable(blocks, () => faults.shift() ?? 'none');
  const write = { ref: { stream: 'orders', index: 0 }, block: aBlockWith({ 1: anEntry() }), expected: undefined };
  await expect(wrapped.write([{ ...write, expireAtMs: noon }])).rejects.toThrow(RetryableError);
  await expect(wrapped.write([{ ...write, expireAtMs: noon }])).resolves.toEqual([{ status: 'conflict' }]);
});
