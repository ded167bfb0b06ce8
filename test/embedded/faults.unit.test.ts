import { RetryableError } from '../../shared/errors.ts';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedUuidKeys } from '../../shared/embedded/uuid-keys.ts';
import { aBlockWith, anEntry, atOnce, cellsOf, hold, noon } from '../support/builders.ts';

function someKeys(fault: Fault) {
  const keys = new EmbeddedUuidKeys(atOnce);
  const holder = () => keys.claim('orders', 'u-1', 99);
  return { holder, wrapped: unreliable('keys', keys, () => fault) };
}

test('a call without a fault takes effect and answers', async () => {
  const { holder, wrapped } = someKeys('none');
  await expect(wrapped.claim('orders', 'u-1', 7)).resolves.toBe(7);
  expect(await holder()).toBe(7);
});

test('a call that fails has no effect, and can be made again', async () => {
  const { holder, wrapped } = someKeys('fails');
  await expect(wrapped.claim('orders', 'u-1', 7)).rejects.toThrow(RetryableError);
  expect(await holder()).toBe(99);
});

test('a call whose answer is lost has taken effect', async () => {
  const { holder, wrapped } = someKeys('answer-lost');
  await expect(wrapped.claim('orders', 'u-1', 7)).rejects.toThrow(RetryableError);
  expect(await holder()).toBe(7);
});

test('the fault is decided for each call, by the name of its method', async () => {
  const asked: string[] = [];
  const wrapped = unreliable('keys', new EmbeddedUuidKeys(atOnce), (method) => {
    asked.push(method);
    return asked.length === 1 ? 'fails' : 'none';
  });
  await expect(wrapped.claim('orders', 'u-1', 7)).rejects.toThrow('no answer to claim');
  await expect(wrapped.claim('orders', 'u-1', 7)).resolves.toBe(7);
  expect(asked).toEqual(['claim', 'claim']);
});

test('a scan fails like other calls while it is read, and answers nothing', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf([1]));
  for (const fault of ['fails', 'answer-lost'] as const) {
    const read: number[] = [];
    const scan = async (): Promise<void> => {
      for await (const { index } of unreliable('blocks', blocks, () => fault).scan('orders', 0, 1)) read.push(index);
    };
    await expect(scan()).rejects.toThrow(RetryableError);
    expect(read).toEqual([]);
  }
});

test('a scan without a fault reads every block', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf([1, 300]));
  const read: number[] = [];
  for await (const { index } of unreliable('blocks', blocks, () => 'none').scan('orders', 0, 1)) read.push(index);
  expect(read).toEqual([0, 1]);
});

test('a conditional write whose answer was lost is a conflict when it is made again', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  const faults: Fault[] = ['answer-lost', 'none'];
  const wrapped = unreliable('blocks', blocks, () => faults.shift() ?? 'none');
  const write = { ref: { stream: 'orders', index: 0 }, block: aBlockWith({ 1: anEntry() }), expected: undefined };
  await expect(wrapped.write([{ ...write, expireAtMs: noon, writtenAtMs: noon }])).rejects.toThrow(RetryableError);
  await expect(wrapped.write([{ ...write, expireAtMs: noon, writtenAtMs: noon }])).resolves.toEqual([
    { status: 'conflict' },
  ]);
});
