import fc from 'fast-check';
import { cellsOf, minuteMs } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

test('gaps and watermark are what a naive recount finds, however ids arrive between ticks', async () => {
  const batches = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 12 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(batches, async (arriving) => {
      const sweeping = new Sweeping();
      const naive = new NaiveSweep();
      for (const ids of arriving) {
        await sweeping.hold(cellsOf(ids));
        naive.tick(ids);
        await sweeping.tickAfter(minuteMs);
        expect((await sweeping.progress()).watermark ?? -1).toBe(naive.watermark);
        expect((await sweeping.rows()).map((row) => row.split(' ')[0])).toEqual(naive.gaps);
      }
    }),
  );
});

/** What sweeps a minute apart must find, a grace being a minute: counted id by id. */
class NaiveSweep {
  gaps: string[] = [];
  watermark = -1;
  private readonly held = new Set<number>();
  private first: number | undefined;
  private scanned = -1;
  private seenBefore: number | undefined;

  tick(ids: readonly number[]): void {
    for (const id of ids) this.held.add(id);
    if (this.held.size === 0) return;
    if (this.seenBefore !== undefined) {
      this.first ??= this.begin();
      for (let id = this.scanned + 1; id <= this.seenBefore; id++) this.look(id);
      this.scanned = this.seenBefore;
      this.watermark = this.first - 1;
      while (this.watermark < this.scanned && this.held.has(this.watermark + 1)) this.watermark++;
    }
    this.seenBefore = Math.max(...this.held);
  }

  private begin(): number {
    const first = Math.min(...this.held);
    this.scanned = first - 1;
    return first;
  }

  private look(id: number): void {
    if (this.held.has(id)) return;
    const [from, to] = (this.gaps.at(-1) ?? '').split('–').map(Number);
    if (to === id - 1 && to > this.scanned) this.gaps[this.gaps.length - 1] = `${from}–${id}`;
    else this.gaps.push(`${id}–${id}`);
  }
}
