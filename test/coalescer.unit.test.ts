import { Coalescer } from '../shared/coalescer.ts';

/** Work that ends when the test says so. */
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

describe('a coalescer', () => {
  it('runs the work once more for all callers that come while it runs', async () => {
    const [coalescer, work] = [new Coalescer(), new Work()];
    const done: string[] = [];
    for (const who of ['first', 'second', 'third'])
      void coalescer.run('a stream', work.run).then(() => {
        done.push(who);
      });
    expect(work.begun).toBe(1);
    await work.end();
    expect([work.begun, done]).toEqual([2, ['first']]);
    await work.end();
    expect([work.begun, done]).toEqual([2, ['first', 'second', 'third']]);
  });

  it('begins a run for each caller that comes while none is under way', async () => {
    const [coalescer, work] = [new Coalescer(), new Work()];
    for (const begun of [1, 2, 3]) {
      const run = coalescer.run('a stream', work.run);
      const again = coalescer.run('a stream', work.run);
      await work.end();
      await work.end();
      await Promise.all([run, again]);
      expect(work.begun).toBe(2 * begun);
    }
  });

  it('does not wait for work of another name', () => {
    const [coalescer, work, other] = [new Coalescer(), new Work(), new Work()];
    void coalescer.run('a stream', work.run);
    void coalescer.run('another', other.run);
    expect([work.begun, other.begun]).toEqual([1, 1]);
  });

  it('goes on when a run fails, and tells only the callers that waited for it', async () => {
    const [coalescer, work] = [new Coalescer(), new Work()];
    const first = coalescer.run('a stream', work.run).catch(String);
    const second = coalescer.run('a stream', work.run).catch(String);
    const third = coalescer.run('a stream', work.run).catch(String);
    await work.end(new Error('no answer'));
    expect(await first).toBe('Error: no answer');
    await work.end();
    expect(await Promise.all([second, third])).toEqual([undefined, undefined]);
  });
});
