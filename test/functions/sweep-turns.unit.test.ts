import { Turns } from '../../functions/sweep/turns.ts';

/** Work that ends when it is told to, and how often it was begun. */
class Work {
  begun = 0;
  private readonly ends: { resolve: () => void; reject: (error: Error) => void }[] = [];

  readonly run = (): Promise<void> => {
    this.begun++;
    return new Promise((resolve, reject) => this.ends.push({ resolve, reject }));
  };

  end(error?: Error): Promise<void> {
    const { resolve, reject } = this.ends.shift()!;
    if (error) reject(error);
    else resolve();
    return settle();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

describe('turns', () => {
  it('do the work once more for all who ask while it is being done', async () => {
    const [turns, work] = [new Turns(), new Work()];
    const done: string[] = [];
    for (const who of ['first', 'second', 'third'])
      void turns.run('a stream', work.run).then(() => {
        done.push(who);
      });
    expect(work.begun).toBe(1);
    await work.end();
    expect([work.begun, done]).toEqual([2, ['first']]);
    await work.end();
    expect([work.begun, done]).toEqual([2, ['first', 'second', 'third']]);
  });

  it('begin anew for who asks after that, and again for who asks then', async () => {
    const [turns, work] = [new Turns(), new Work()];
    for (const begun of [1, 2, 3]) {
      const run = turns.run('a stream', work.run);
      const again = turns.run('a stream', work.run);
      await work.end();
      await work.end();
      await Promise.all([run, again]);
      expect(work.begun).toBe(2 * begun);
    }
  });

  it('do not wait for work of another name', () => {
    const [turns, work, other] = [new Turns(), new Work(), new Work()];
    void turns.run('a stream', work.run);
    void turns.run('another', other.run);
    expect([work.begun, other.begun]).toEqual([1, 1]);
  });

  it('go on when one fails, and tell only those who waited for it', async () => {
    const [turns, work] = [new Turns(), new Work()];
    const first = turns.run('a stream', work.run).catch(String);
    const second = turns.run('a stream', work.run).catch(String);
    const third = turns.run('a stream', work.run).catch(String);
    await work.end(new Error('no answer'));
    expect(await first).toBe('Error: no answer');
    await work.end();
    expect(await Promise.all([second, third])).toEqual([undefined, undefined]);
  });
});
