import { RetryableError } from '../../shared/errors.ts';
import { Calls } from '../../shared/gcp/calls.ts';

const never = new Promise<never>(() => undefined);

async function* numbers(): AsyncGenerator<number> {
  yield 1;
  yield 2;
  await never;
}

describe('a call to Google Cloud', () => {
  it('answers what it is answered', async () => {
    expect(await new Calls(1_000).run('reading', async () => 7)).toBe(7);
  });

  it('throws what can be tried again, with its cause, whatever goes wrong', async () => {
    const cause = new TypeError('13 INTERNAL');
    const call = new Calls(1_000).run('reading blocks', () => Promise.reject(cause));
    await expect(call).rejects.toThrow(new RetryableError('reading blocks failed', { cause }));
    await expect(call).rejects.toMatchObject({ cause });
  });

  it('passes on what says already that it can be tried again', async () => {
    const error = new RetryableError('a block has a newer format');
    await expect(new Calls(1_000).run('reading blocks', () => Promise.reject(error))).rejects.toBe(error);
  });

  it('is given up when its time is over', async () => {
    await expect(new Calls(20).run('reading blocks', () => never)).rejects.toThrow(/no answer within 20 ms/);
  });

  it('is given up in the middle of its results, and lets go of the rest', async () => {
    const calls = new Calls(20);
    const got: number[] = [];
    let isLetGo = false;
    const results = { [Symbol.asyncIterator]: () => ({ next: source.next.bind(source), return: letGo }) };
    const source = numbers();
    const letGo = async (): Promise<IteratorResult<number>> => {
      isLetGo = true;
      return { done: true, value: undefined };
    };
    const run = async (): Promise<void> => {
      for await (const number of calls.iterate('scanning', results)) got.push(number);
    };
    await expect(run()).rejects.toThrow(RetryableError);
    expect([got, isLetGo]).toEqual([[1, 2], true]);
  });

  it('is waited for, with the calls that follow from it', async () => {
    const calls = new Calls(1_000);
    const done: string[] = [];
    const follow = async (): Promise<void> => {
      await calls.run('first', async () => done.push('first'));
      await Promise.resolve();
      await calls.run('second', async () => done.push('second'));
    };
    void follow();
    await calls.idle();
    expect(done).toEqual(['first', 'second']);
  });
});
