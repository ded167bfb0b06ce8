import { adviceOn, type AdviceFacts } from '../../shared/views/stream-advice.ts';
import { loadAdvised } from '../../shared/views/load-advised.ts';
import type { Stores } from '../../cli/stores.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import {
  aFront,
  aGap,
  aPiece,
  aProgress,
  atOnce,
  cellsOf,
  dayMs,
  hold,
  idsFrom,
  minuteMs,
  noon,
} from '../support/builders.ts';

function advice(progress: Partial<Progress>, facts: Partial<AdviceFacts> = {}): readonly string[] {
  const doubtful = { count: 0, numbers: undefined };
  const known = { doubtful, revisions: 0, isOverdue: false, nowMs: noon };
  return adviceOn({ ...known, progress: aProgress(progress), ...facts });
}

const outliers = (count: number) => idsFrom(1, count).map((i) => aPiece({ from: 100 * i, to: 100 * i }));

describe('advice', () => {
  it('is none for a stream with one front and some wrong ids', () => {
    expect(advice({ pieces: [aPiece(), ...outliers(16)] })).toEqual([]);
  });

  it('tells how many fronts and outliers were dropped', () => {
    expect(advice({ hasDropped: true, dropCount: 1_200 })).toEqual([
      expect.stringMatching(/^1,200 fronts and outliers were dropped, because a stream has room for 256\./),
    ]);
    expect(advice({ hasDropped: true })).toEqual([expect.stringMatching(/^Some fronts/)]);
  });

  it('tells that many ids are far from all others', () => {
    const [line, ...rest] = advice({ pieces: outliers(17) });
    expect(line).toMatch(/^17 ids are far from all others.* Do ids grow by 100\? Then set numbering: \{ step: 100 \}/);
    expect(rest).toEqual([]);
    const wrong = idsFrom(1, 17).map((i) => aPiece({ from: 100 * i * i, to: 100 * i * i }));
    expect(advice({ pieces: wrong })).toEqual([expect.stringMatching(/Does a producer write wrong ids\?$/)]);
  });

  it('tells that several fronts grow, but not of one that stopped', () => {
    const growing = [...aFront({ first: 1, last: 9 }), ...aFront({ first: 5_000, last: 5_009 })];
    expect(advice({ pieces: growing })).toEqual([
      '2 fronts grew in the last hour: 1–9, 5000–5009. Do two producers share the stream, or did numbering restart? ' +
        'Give each sequence of numbers a stream of its own.',
    ]);
    const stopped = aFront({ first: 5_000, last: 5_009, atMs: noon - 60 * minuteMs });
    expect(advice({ pieces: [...aFront({ first: 1, last: 9 }), ...stopped] })).toEqual([]);
  });

  it('tells of doubtful gaps, and what the numbers look like', () => {
    const [line] = advice({}, { doubtful: { count: 2, numbers: 'the numbers have holes; do ids grow by 2?' } });
    expect(line).toMatch(
      /^2 gaps do not look like losses: the numbers have holes; do ids grow by 2\? If ids grow by n, set numbering: \{ step: n \}\. If ids are never used, set/,
    );
  });

  it('tells of events off the step', () => {
    const offStep = { step: 10, count: 10, ids: [33, 47, 51, 63, 71, 83, 91, 94], idsLookedAt: undefined };
    expect(advice({}, { offStep })).toEqual([
      '10 events have ids off the step of 10: 33, 47, 51, 63, 71, 83, 91, 94 and 2 more. They are accepted, and the stream ' +
        'counts by 10 without them. Is the step right?',
    ]);
    const some = { step: 10, count: 1, ids: [33], idsLookedAt: 262_144 };
    expect(advice({}, { offStep: some })).toEqual([
      expect.stringMatching(/^1 event has an id off the step of 10: 33 \(among the highest 262,144 ids\)\./),
    ]);
    expect(advice({}, { offStep: { ...some, count: 0, ids: [] } })).toEqual([]);
  });

  it('tells of revisions', () => {
    expect(advice({}, { revisions: 3 })).toEqual([
      expect.stringMatching(/^3 events came under ids that other events hold/),
    ]);
  });

  it('tells that no sweep came', () => {
    expect(advice({ sweptAtMs: undefined })).toEqual([expect.stringMatching(/^No sweep has looked/)]);
    expect(advice({}, { progress: undefined })).toEqual([expect.stringMatching(/^No sweep has looked/)]);
    const late = advice({ sweptAtMs: noon - 20 * minuteMs }, { isOverdue: true });
    expect(late).toEqual([expect.stringMatching(/^No sweep came for 20 min, and events wait/)]);
  });

  it('tells of a reset until the old gaps are given up', () => {
    expect(advice({ reset: { from: 7 } })).toEqual(['Its numbering begins again at 7 with the next sweep.']);
    expect(advice({ reset: { from: 7, atMs: noon } })).toEqual([expect.stringContaining('began again at 7')]);
    expect(advice({ reset: { from: 7, atMs: noon, isSettled: true } })).toEqual([]);
  });
});

describe('a stream', () => {
  let stores: Stores;
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock(noon);
    const { blocks, ledger, letters } = makeEmbeddedStores(atOnce);
    stores = { blocks, ledger, letters, catalog: makeCatalog({}), clock };
  });

  it('has the doubtful gaps that are unresolved or were given up in the last day', async () => {
    await hold(stores.blocks, 'orders', cellsOf(idsFrom(1, 40).map((i) => 2 * i)));
    const why =
      'the numbers around have holes: 9 of 16 neighbouring events have a hole between them; do ids grow by 2?';
    const givenUp = { state: 'abandoned', why, resolvedAtMs: noon } as const;
    const rows = [
      aGap({ from: 3, to: 3, ...givenUp, resolvedAtMs: noon - dayMs }),
      aGap({ from: 5, to: 5, ...givenUp }),
      aGap({ from: 7, to: 7, state: 'abandoned', why: 'too-long', resolvedAtMs: noon }),
      aGap({ from: 41, to: 41, state: 'requested' }),
    ];
    const pieces = aFront({ first: 2, last: 80 });
    await stores.ledger.saveProgress('orders', aProgress({ pieces }), undefined, rows);
    const found = await loadAdvised(stores, 'orders');
    expect(found).toMatchObject({ first: 2, highWater: 80, doubtfulGaps: 2, resetFrom: undefined });
    expect(found?.advice).toEqual([expect.stringMatching(/^2 gaps do not look like losses: .* do ids grow by 2\?/)]);
  });

  it('has the number of events off its step in the front that grew last', async () => {
    const catalog = makeCatalog({ streams: { orders: { numbering: { step: 2 } } } });
    const ids = [1, ...idsFrom(51, 90).map((i) => 2 * i), 133, 145].sort((a, b) => a - b);
    await hold(stores.blocks, 'orders', cellsOf(ids));
    const pieces = aFront({ first: 102, last: 180 });
    await stores.ledger.saveProgress('orders', aProgress({ pieces }), undefined);
    const found = await loadAdvised({ ...stores, catalog }, 'orders');
    expect(found).toMatchObject({ offStep: 2, advice: [expect.stringContaining('off the step of 2: 133, 145')] });
    expect((await loadAdvised(stores, 'orders'))?.offStep).toBeUndefined();
  });

  it('waits for a sweep if a block was written ten minutes ago and no sweep came', async () => {
    await hold(stores.blocks, 'orders', cellsOf([1, 2]), noon + 2 * minuteMs);
    await stores.ledger.saveProgress('orders', aProgress({ sweptAtMs: noon }), undefined);
    clock.advance(12 * minuteMs);
    expect((await loadAdvised(stores, 'orders'))?.advice).toEqual([]);
    clock.advance(minuteMs);
    expect((await loadAdvised(stores, 'orders'))?.advice).toEqual([expect.stringMatching(/^No sweep came for 13 min/)]);
  });

  it('does not wait if it is idle', async () => {
    await hold(stores.blocks, 'orders', cellsOf([1, 2]), noon);
    await stores.ledger.saveProgress('orders', aProgress({ sweptAtMs: noon }), undefined);
    clock.advance(dayMs);
    expect((await loadAdvised(stores, 'orders'))?.advice).toEqual([]);
    clock.advance(3 * dayMs);
    expect((await loadAdvised(stores, 'orders'))?.advice).toEqual([expect.stringMatching(/^No sweep came for 4 d/)]);
  });

  it('that has nothing stored is not known', async () => {
    expect(await loadAdvised(stores, 'nobody')).toBeUndefined();
    await stores.ledger.saveProgress('empty', startProgress('empty'), undefined);
    expect(await loadAdvised(stores, 'empty')).toMatchObject({ stream: 'empty', sweptAt: undefined });
  });
});
