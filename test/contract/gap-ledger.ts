import { randomUUID } from 'node:crypto';
import type { Gap } from '../../shared/gaps/gap.ts';
import { startProgress, type Progress } from '../../shared/gaps/progress.ts';
import { maxFiledAtOnce, maxLongGaps, type GapLedger } from '../../shared/ports.ts';
import { fileGaps } from '../support/builders.ts';

/** Tests the behaviour that every gap ledger must have. */
export function describeGapLedger(name: string, makeLedger: () => Promise<GapLedger>): void {
  describe(`${name} keeps the gap ledger`, () => {
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
      pieces: [
        { from: 7, to: 1_000, sinceMs: 1_739_102_399_999, atMs: 1_739_102_400_000, isScanned: true },
        { from: 1_001, to: 2 ** 53 - 1, sinceMs: 1_739_102_400_000, atMs: 1_739_102_400_001, isScanned: false },
      ],
      forgotten: [{ from: 0, to: 6 }],
      told: [1_000],
      sweptAtMs: 900,
      wokeAtMs: 1_739_102_400_002,
      gaveUpAtMs: 1_739_102_400_003,
      doubtToldAtMs: 1_739_102_400_004,
      hasDropped: true,
      hasUntold: true,
      dropCount: 3,
      dropped: [{ from: 70, to: 71, sinceMs: 1 }],
      advancedTo: 12,
      readUpTo: 13,
      reset: { from: 7, atMs: 1_739_102_399_999, isSettled: true },
      ...rest,
    });
    const unresolved = async (): Promise<number[]> =>
      (await ledger.unresolved(stream, 1_000)).gaps.map(({ value }) => value.from);

    it('finds no progress of a stream that was never swept', async () => {
      expect(await ledger.progress(stream)).toBeUndefined();
    });

    it('reads back the progress that was saved', async () => {
      expect(await ledger.saveProgress(stream, someProgress(), undefined)).toBeDefined();
      expect((await ledger.progress(stream))?.value).toEqual(someProgress());
    });

    it('reads back progress that has nothing yet, and what came later', async () => {
      const begun = startProgress(stream);
      await ledger.saveProgress(stream, begun, undefined);
      const before = await ledger.progress(stream);
      expect(before?.value).toEqual(begun);
      expect(await ledger.saveProgress(stream, someProgress(), before?.version)).toBeDefined();
      expect((await ledger.progress(stream))?.value).toEqual(someProgress());
    });

    it('accepts one of two saves of progress that expect the same version', async () => {
      await ledger.saveProgress(stream, someProgress(), undefined);
      const seen = await ledger.progress(stream);
      const saved = await Promise.all([
        ledger.saveProgress(stream, someProgress({ sweptAtMs: 901 }), seen?.version),
        ledger.saveProgress(stream, someProgress({ sweptAtMs: 902 }), seen?.version),
      ]);
      expect(saved.filter((version) => version !== undefined)).toHaveLength(1);
      expect((await ledger.progress(stream))?.value.sweptAtMs).toBe(saved[0] === undefined ? 902 : 901);
    });

    it('creates the progress of a stream once', async () => {
      await ledger.saveProgress(stream, someProgress(), undefined);
      expect(await ledger.saveProgress(stream, someProgress({ sweptAtMs: 0 }), undefined)).toBeUndefined();
      expect((await ledger.progress(stream))?.value.sweptAtMs).toBe(900);
    });

    it('files gaps, and finds each by stream and first id', async () => {
      const gap = aGap(12, { state: 'abandoned', resolvedAtMs: 1_739_102_400_005 });
      await fileGaps(ledger, [aGap(5), gap]);
      expect((await ledger.find(stream, 12))?.value).toEqual(gap);
      expect(await ledger.find(stream, 6)).toBeUndefined();
      expect(await ledger.find(`${stream}-other`, 12)).toBeUndefined();
    });

    it('saves gaps and progress together or not at all', async () => {
      const version = await ledger.saveProgress(stream, someProgress(), undefined);
      const next = await ledger.saveProgress(stream, someProgress({ sweptAtMs: 1_100 }), version, [aGap(1_050)]);
      expect(
        await ledger.saveProgress(stream, someProgress({ sweptAtMs: 1_300 }), version, [aGap(1_250)]),
      ).toBeUndefined();
      expect(await unresolved()).toEqual([1_050]);
      expect((await ledger.progress(stream))?.value.sweptAtMs).toBe(1_100);
      expect(await ledger.saveProgress(stream, someProgress({ sweptAtMs: 1_300 }), next, [aGap(1_250)])).toBeDefined();
      expect(await unresolved()).toEqual([1_050, 1_250]);
    });

    it('files the largest allowed number of gaps at once', async () => {
      const gaps = Array.from({ length: maxFiledAtOnce }, (_, i) => aGap(3 * i));
      await ledger.saveProgress(stream, someProgress(), undefined, gaps);
      expect(await unresolved()).toEqual(gaps.map(({ from }) => from));
    });

    it('finds the gaps that overlap a block, in ascending order', async () => {
      await fileGaps(ledger, [
        aGap(2, { to: 3 }),
        aGap(5, { to: 300, state: 'abandoned' }),
        aGap(302, { to: 302, state: 'reconstructed' }),
        aGap(511, { to: 900 }),
        aGap(1_000),
      ]);
      const overlapping = async (index: number) =>
        (await ledger.overlapping({ stream, index })).gaps.map(({ value }) => value.from);
      expect(await overlapping(0)).toEqual([2, 5]);
      expect(await overlapping(1)).toEqual([5, 302, 511]);
      expect(await overlapping(2)).toEqual([511]);
      expect(await overlapping(3)).toEqual([511, 1_000]);
      expect(await overlapping(4)).toEqual([]);
    });

    it('finds as many gaps as a block has ids', async () => {
      const gaps = [aGap(250, { to: 256 }), ...Array.from({ length: 255 }, (_, i) => aGap(257 + i, { to: 257 + i }))];
      const version = await ledger.saveProgress(stream, someProgress(), undefined, gaps.slice(0, 128));
      await ledger.saveProgress(stream, someProgress(), version, gaps.slice(128));
      const found = await ledger.overlapping({ stream, index: 1 });
      expect(found.gaps.map(({ value }) => value.from)).toEqual(gaps.map(({ from }) => from));
    });

    describe('finds gaps that overlap each other', () => {
      const fileAll = async (gaps: readonly Gap[]): Promise<void> => {
        let version = (await ledger.progress(stream))?.version;
        for (let i = 0; i < gaps.length; i += maxFiledAtOnce)
          version = await ledger.saveProgress(stream, someProgress(), version, gaps.slice(i, i + maxFiledAtOnce));
      };
      const overlapping = async (index: number): Promise<number[]> =>
        (await ledger.overlapping({ stream, index })).gaps.map(({ value }) => value.from);
      const within = async (from: number, to: number): Promise<number[]> => {
        const found: number[] = [];
        for await (const { gaps } of ledger.within(stream, { from, to }))
          found.push(...gaps.map(({ value }) => value.from));
        return found;
      };
      /** The first id of block 40. */
      const first = 10_240;

      it('over a block, whatever their length and whatever lies between', async () => {
        await fileAll([
          aGap(3, { to: first - 1 }),
          aGap(4, { to: first }),
          aGap(5, { to: 2 ** 53 - 1, state: 'abandoned' }),
          aGap(first - 1_024, { to: first }),
          aGap(first - 1_023, { to: first - 1 }),
          aGap(first - 1_022, { to: first }),
          aGap(first - 1, { to: first - 1 }),
          aGap(first + 255, { to: first + 5_000 }),
          aGap(first + 256, { to: first + 256 }),
        ]);
        expect(await overlapping(40)).toEqual([4, 5, first - 1_024, first - 1_022, first + 255]);
        expect(await overlapping(0)).toEqual([3, 4, 5]);
      });

      it('over a block as they are after the latest save', async () => {
        await fileAll([aGap(7, { to: first }), aGap(8, { to: 9 })]);
        const [seen] = (await ledger.overlapping({ stream, index: 40 })).gaps;
        await ledger.save({ ...seen!.value, state: 'abandoned', missing: 5 }, seen!.version);
        const [saved] = (await ledger.overlapping({ stream, index: 40 })).gaps;
        expect(saved!.value).toEqual(aGap(7, { to: first, state: 'abandoned', missing: 5 }));
      });

      it('over a block up to a limit: the long gaps that end first', async () => {
        const gaps = Array.from({ length: maxLongGaps + 2 }, (_, i) => aGap(i, { to: first + 1_000 - i }));
        await fileAll([...gaps, aGap(first - 3, { to: first })]);
        expect(await overlapping(40)).toEqual([...gaps.slice(2).map(({ from }) => from), first - 3]);
      });

      it('within a range, whatever their length: the long ones that begin far below come first', async () => {
        await fileAll([
          aGap(3, { to: first + 9 }),
          aGap(4, { to: first - 1 }),
          aGap(first - 1_024, { to: first }),
          aGap(first - 1_023, { to: first }),
          aGap(first - 1_022, { to: first - 1 }),
          aGap(first - 1, { to: first + 1_022 }),
          aGap(first + 2, { to: first + 1_026 }),
          aGap(first + 3, { to: first + 1_026 }),
          aGap(first + 4, { to: first + 4 }),
          aGap(first + 5, { to: first + 5 }),
        ]);
        const near = [first - 1_023, first - 1, first + 2, first + 3, first + 4];
        expect(await within(first, first + 4)).toEqual([3, first - 1_024, ...near]);
        expect(await within(first + 1_027, 2 ** 53 - 1)).toEqual([]);
      });

      it('within a range that has more gaps than a page', async () => {
        const short = Array.from({ length: 450 }, (_, i) => aGap(100 * i, { to: 100 * i + 150 }));
        const long = Array.from({ length: 310 }, (_, i) => aGap(60_001 + i, { to: 90_000 }));
        await fileAll([...short, ...long, aGap(70_000)]);
        const all = [...short, ...long].map(({ from }) => from).concat(70_000);
        expect(await within(0, 2 ** 53 - 1)).toEqual(all);
        expect(await within(1_060, 1_000_000)).toEqual(all.slice(10));
        expect(await within(1_060, 39_999)).toEqual(all.slice(10, 400));
      });

      it('within a range, and stops when the caller has enough', async () => {
        await fileAll([aGap(3), aGap(4)]);
        for await (const page of ledger.within(stream, { from: 4, to: 9 })) {
          if (page.gaps.length === 0) continue;
          expect(page).toMatchObject({ gaps: [{ value: aGap(3) }, { value: aGap(4) }], unreadable: [] });
          break;
        }
      });
    });

    it('reads back what is known about a gap that was not inferred, or was voided without an answer', async () => {
      const assumed = aGap(5, { state: 'voided', assumed: true });
      const givenUp = aGap(9, { state: 'abandoned', why: 'few pairs', letterFrom: 5, letterFoundAtMs: 1 });
      await fileGaps(ledger, [assumed, givenUp]);
      expect((await ledger.find(stream, 5))?.value).toEqual(assumed);
      const found = await ledger.find(stream, 9);
      expect(found?.value).toEqual(givenUp);
      expect(await ledger.save(aGap(9), found!.version)).toBe(true);
      expect((await ledger.find(stream, 9))?.value).toEqual(aGap(9));
    });

    it('finds the open and requested gaps, in ascending order of number', async () => {
      await fileGaps(ledger, [
        aGap(2 ** 53 - 2),
        aGap(100, { state: 'requested' }),
        aGap(9),
        aGap(10),
        aGap(11, { state: 'filled' }),
        aGap(12, { state: 'voided' }),
        aGap(13, { state: 'reconstructed' }),
        aGap(14, { state: 'abandoned' }),
        aGap(15, { state: 'superseded' }),
      ]);
      expect(await unresolved()).toEqual([9, 10, 100, 2 ** 53 - 2]);
      expect(await ledger.countUnresolved(stream)).toBe(4);
      expect(await ledger.countUnresolved(`${stream}-other`)).toBe(0);
    });

    it('finds the unresolved gaps in pages that begin where the previous page ended', async () => {
      await fileGaps(
        ledger,
        [9, 10, 11, 100, 1_000].map((from) => aGap(from, { to: from })),
      );
      await fileGaps(ledger, [aGap(50, { state: 'filled' })]);
      const page = async (above?: number) =>
        (await ledger.unresolved(stream, 2, above)).gaps.map(({ value }) => value.from);
      expect(await page()).toEqual([9, 10]);
      expect(await page(10)).toEqual([11, 100]);
      expect(await page(99)).toEqual([100, 1_000]);
      expect(await page(100)).toEqual([1_000]);
      expect(await page(1_000)).toEqual([]);
    });

    it('finds the gaps that no letter lists yet, in pages, until a letter lists them', async () => {
      const untold = { state: 'abandoned', isUntold: true } as const;
      await fileGaps(ledger, [
        aGap(100, untold),
        aGap(9, untold),
        aGap(10, { state: 'abandoned' }),
        aGap(2 ** 53 - 2, untold),
      ]);
      const page = async (above?: number) =>
        (await ledger.untold(stream, 2, above)).gaps.map(({ value }) => value.from);
      expect(await page()).toEqual([9, 100]);
      expect((await ledger.untold(stream, 2)).next).toBe(100);
      expect(await page(100)).toEqual([2 ** 53 - 2]);
      const { value, version } = (await ledger.find(stream, 9))!;
      await ledger.save({ ...value, isUntold: undefined }, version);
      expect(await page()).toEqual([100, 2 ** 53 - 2]);
    });

    it('lists the highest gaps of a stream, whatever their state', async () => {
      await fileGaps(ledger, [aGap(100), aGap(9, { state: 'filled' }), aGap(10), aGap(11)]);
      expect((await ledger.list(stream, 3)).gaps.map(({ from }) => from)).toEqual([100, 11, 10]);
      expect((await ledger.list(stream, 3, 10)).gaps.map(({ from }) => from)).toEqual([9]);
    });

    it('saves the next state of a gap, and removes fields that it no longer has', async () => {
      await fileGaps(ledger, [aGap(5, { requestedAtMs: 1 })]);
      const found = await ledger.find(stream, 5);
      const filled = aGap(5, {
        state: 'filled',
        deadlineMs: 2,
        inferRequestedAtMs: 3,
        method: 'entity',
        confidence: 0.87,
        existed: 0.99,
        inferred: 1,
        resolvedAtMs: 4,
        cameLateAtMs: 5,
        askedAgain: { count: 1, atMs: 9, deadlineMs: 10 },
        inTimeOriginals: 0,
        inTimeVoids: 6,
        lateOriginals: 7,
        lateVoids: 8,
        denied: [
          { from: 5, to: 5 },
          { from: 6, to: 6 },
        ],
      });
      expect(await ledger.save(filled, found!.version)).toBe(true);
      expect((await ledger.find(stream, 5))?.value).toEqual(filled);
      expect(await unresolved()).toEqual([]);
    });

    it('adds up the late answers of a stream, whatever the state of its gaps', async () => {
      expect(await ledger.lateAnswers(stream)).toEqual({ originals: 0, voids: 0 });
      await fileGaps(ledger, [
        aGap(5, { state: 'abandoned', lateOriginals: 1, lateVoids: 2 }),
        aGap(9, { state: 'superseded', lateOriginals: 3, lateVoids: 0 }),
        aGap(12, { state: 'requested', inTimeOriginals: 1, inTimeVoids: 1 }),
        aGap(20, { state: 'filled' }),
      ]);
      expect(await ledger.lateAnswers(stream)).toEqual({ originals: 4, voids: 2 });
      expect(await ledger.lateAnswers(`${stream}-other`)).toEqual({ originals: 0, voids: 0 });
    });

    it('refuses to save a gap that another save changed since it was read', async () => {
      await fileGaps(ledger, [aGap(5)]);
      const [seen] = (await ledger.unresolved(stream, 1)).gaps;
      await ledger.save(aGap(5, { state: 'requested' }), seen!.version);
      expect(await ledger.save(aGap(5, { state: 'abandoned' }), seen!.version)).toBe(false);
      expect((await ledger.find(stream, 5))?.value.state).toBe('requested');
    });
  });
}
