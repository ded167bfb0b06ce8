import fc from 'fast-check';
import { sizeOf } from '../../shared/gaps/range.ts';
import { cellsOf, minuteMs } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

/** The number of ids that may be missing between two ids of one front, in the streams of these tests. */
const maxGap = 5;

test('gaps, fronts and watermark are what a naive recount finds, however ids arrive between ticks', async () => {
  const batches = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 12 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(batches, async (arriving) => {
      const sweeping = new Sweeping({ maxGap });
      const naive = new NaiveSweep();
      for (const ids of arriving) {
        await sweeping.hold(cellsOf(ids));
        naive.tick(ids);
        await sweeping.tickAfter(minuteMs);
        const { gaps } = await sweeping.ledger.list('orders', Number.POSITIVE_INFINITY);
        // A longer row is a range between two fronts. It tells nothing of single ids.
        const short = gaps.toReversed().filter((gap) => sizeOf(gap) <= maxGap);
        const rows = short.map(({ from, to }) => `${from}–${to}`);
        expect(await sweeping.fronts()).toEqual(naive.fronts.map(({ from, to }) => `${from}–${to}`));
        expect(rows).toEqual(naive.gaps);
        expect((await sweeping.progress()).watermark ?? -1).toBe(naive.watermark);
      }
    }),
  );
});

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Counts id by id the gaps that sweeps must find, if they come each minute and the grace is a minute. No gap is resolved. */
class NaiveSweep {
  fronts: Stretch[] = [];
  /** The first ids of the filed gaps, each with the last. */
  private readonly filed = new Map<number, number>();
  private readonly held = new Set<number>();
  /** The ticks at which ids came, or other numbers came to lie in a front. */
  private readonly covered = new Map<number, number>();
  private ticks = 0;

  tick(ids: readonly number[]): void {
    this.ticks++;
    for (const id of ids) {
      this.held.add(id);
      if (!this.covered.has(id)) this.covered.set(id, this.ticks);
    }
    this.fronts = this.findFronts();
    const isNew = new Set<number>();
    for (const { from, to } of this.fronts)
      for (let id = from; id <= to; id++) {
        if (!this.covered.has(id)) this.covered.set(id, this.ticks);
        if (this.covered.get(id) === this.ticks - 1) isNew.add(id);
      }
    for (const id of [...isNew].sort((a, b) => a - b)) if (!this.held.has(id)) this.file(id, isNew);
  }

  get gaps(): string[] {
    return [...this.filed].sort(([a], [b]) => a - b).map(([from, to]) => `${from}–${to}`);
  }

  get watermark(): number {
    const front = this.latest();
    if (!front) return -1;
    const isOpen = (id: number): boolean =>
      [...this.filed].some(([from, to]) => from <= id && id <= to && !this.isWhole(from, to));
    let mark = front.from - 1;
    while (mark < front.to && (this.covered.get(mark + 1) ?? this.ticks) < this.ticks && !isOpen(mark + 1)) mark++;
    return mark;
  }

  private isWhole(from: number, to: number): boolean {
    for (let id = from; id <= to; id++) if (!this.held.has(id)) return false;
    return true;
  }

  private file(id: number, isNew: ReadonlySet<number>): void {
    const [from, to] = [...this.filed].at(-1) ?? [0, -2];
    if (to === id - 1 && isNew.has(to)) this.filed.set(from, id);
    else this.filed.set(id, id);
  }

  /** Ids with at most five missing between them; of ids that are alone, only those within a front count. */
  private findFronts(): Stretch[] {
    const groups: Stretch[] = [];
    for (const id of [...this.held].sort((a, b) => a - b)) {
      const last = groups.at(-1);
      if (last && id - last.to <= maxGap + 1) groups[groups.length - 1] = { from: last.from, to: id };
      else groups.push({ from: id, to: id });
    }
    return groups.filter(({ from, to }) => to > from);
  }

  private latest(): Stretch | undefined {
    const grew = ({ from, to }: Stretch): number => {
      let last = 0;
      for (let id = from; id <= to; id++) last = Math.max(last, this.covered.get(id) ?? 0);
      return last;
    };
    return this.fronts.reduce<Stretch | undefined>(
      (best, front) => (best && grew(best) > grew(front) ? best : front),
      undefined,
    );
  }
}
