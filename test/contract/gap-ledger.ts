import { randomUUID } from 'node:crypto';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import type { GapLedger } from '../../shared/ports.ts';

/** What every gap ledger must do. */
export function describeGapLedger(name: string, makeLedger: () => Promise<GapLedger>): void {
  describe(`${name} keeps the ledger`, () => {
    let ledger: GapLedger;
    let stream: string;
    beforeAll(async () => {
      ledger = await makeLedger();
    });
    beforeEach(() => {
      stream = `stream-${randomUUID()}`;
    });

    const aGap = (from: number, rest: Partial<Gap> = {}): Gap => ({
      stream,
      from,
      to: from + 1,
      state: 'open',
      foundAtMs: 1_739_102_400_000,
      ...rest,
    });
    const someProgress = (rest: Partial<Progress> = {}): Progress => ({
      stream,
      first: 7,
      highWater: 2 ** 53 - 1,
      watermark: 900,
      scanned: 1_000,
      floor: -1,
      samples: [
        { atMs: 1_739_102_400_000, highWater: 1_200 },
        { atMs: 1_739_102_400_001, highWater: 1_234 },
      ],
      sweptAtMs: 1_739_102_400_002,
      ...rest,
    });
    const unresolved = async (): Promise<number[]> => (await ledger.unresolved(stream)).map(({ value }) => value.from);

    it('knows no progress of a stream that was never swept', async () => {
      await ledger.open([aGap(1)]);
      expect(await ledger.progress(stream)).toBeUndefined();
    });

    it('reads back the progress that was saved', async () => {
      expect(await ledger.saveProgress(stream, someProgress(), undefined)).toBe(true);
      expect((await ledger.progress(stream))?.value).toEqual(someProgress());
    });

    it('reads back progress without a first id, and a first id that came later', async () => {
      const begun = someProgress({ first: undefined, sweptAtMs: undefined, samples: [] });
      await ledger.saveProgress(stream, begun, undefined);
      const before = await ledger.progress(stream);
      expect(before?.value).toEqual(begun);
      expect(await ledger.saveProgress(stream, someProgress(), before?.version)).toBe(true);
      expect((await ledger.progress(stream))?.value).toEqual(someProgress());
    });

    it('saves progress for one of two who saw the same', async () => {
      await ledger.saveProgress(stream, someProgress(), undefined);
      const seen = await ledger.progress(stream);
      const saved = await Promise.all([
        ledger.saveProgress(stream, someProgress({ watermark: 901 }), seen?.version),
        ledger.saveProgress(stream, someProgress({ watermark: 902 }), seen?.version),
      ]);
      expect(saved.toSorted()).toEqual([false, true]);
      expect((await ledger.progress(stream))?.value.watermark).toBe(saved[0] ? 901 : 902);
    });

    it('begins the progress of a stream once', async () => {
      await ledger.saveProgress(stream, someProgress(), undefined);
      expect(await ledger.saveProgress(stream, someProgress({ watermark: 0 }), undefined)).toBe(false);
      expect((await ledger.progress(stream))?.value.watermark).toBe(900);
    });

    it('files gaps, and finds each by its stream and its first id', async () => {
      const gap = aGap(12, { state: 'abandoned', resolvedAtMs: 1_739_102_400_005 });
      await ledger.open([aGap(5), gap]);
      expect((await ledger.find(stream, 12))?.value).toEqual(gap);
      expect(await ledger.find(stream, 6)).toBeUndefined();
      expect(await ledger.find(`${stream}-other`, 12)).toBeUndefined();
    });

    it('leaves a gap that is filed already as it is, and files the others', async () => {
      const filed = aGap(5, { state: 'requested', requestedAtMs: 1, deadlineMs: 2 });
      await ledger.open([filed]);
      await ledger.open([aGap(5, { to: 9 }), aGap(20)]);
      expect((await ledger.find(stream, 5))?.value).toEqual(filed);
      expect((await ledger.find(stream, 20))?.value).toEqual(aGap(20));
    });

    it('files nothing where there is nothing to file', async () => {
      await ledger.open([]);
      expect(await ledger.list(stream, 10)).toEqual([]);
    });

    it('files more gaps at once than fit into one request', async () => {
      await ledger.open(Array.from({ length: 1_100 }, (_, i) => aGap(3 * i)));
      expect(await unresolved()).toEqual(Array.from({ length: 1_100 }, (_, i) => 3 * i));
    });

    it('names the gaps that are open or requested, ascending by number', async () => {
      await ledger.open([
        aGap(2 ** 53 - 2),
        aGap(100, { state: 'requested' }),
        aGap(9),
        aGap(10),
        aGap(11, { state: 'filled' }),
        aGap(12, { state: 'voided' }),
        aGap(13, { state: 'reconstructed' }),
        aGap(14, { state: 'abandoned' }),
      ]);
      expect(await unresolved()).toEqual([9, 10, 100, 2 ** 53 - 2]);
    });

    it('lists the lowest gaps of a stream, whatever their state', async () => {
      await ledger.open([aGap(100), aGap(9, { state: 'filled' }), aGap(10), aGap(11)]);
      expect((await ledger.list(stream, 3)).map(({ from }) => from)).toEqual([9, 10, 11]);
    });

    it('saves a gap as it moves on, and what it is no longer is gone', async () => {
      await ledger.open([aGap(5, { requestedAtMs: 1 })]);
      const found = await ledger.find(stream, 5);
      const filled = aGap(5, { state: 'filled', deadlineMs: 2, inferRequestedAtMs: 3, resolvedAtMs: 4 });
      expect(await ledger.save(filled, found!.version)).toBe(true);
      expect((await ledger.find(stream, 5))?.value).toEqual(filled);
      expect(await unresolved()).toEqual([]);
    });

    it('does not save a gap that somebody else has moved on meanwhile', async () => {
      await ledger.open([aGap(5)]);
      const [seen] = await ledger.unresolved(stream);
      await ledger.save(aGap(5, { state: 'requested' }), seen!.version);
      expect(await ledger.save(aGap(5, { state: 'abandoned' }), seen!.version)).toBe(false);
      expect((await ledger.find(stream, 5))?.value.state).toBe('requested');
    });
  });
}
