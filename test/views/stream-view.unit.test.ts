import { maxListedRuns, streamView, type StreamState } from '../../shared/views/stream-view.ts';
import { aFront, aPiece, aProgress, idsFrom, noon } from '../support/builders.ts';

const front = aProgress({ pieces: aFront({ first: 10, last: 40 }) });

function view(state: Partial<StreamState>) {
  const none = {
    nowMs: noon,
    stream: 'orders',
    highestId: undefined,
    step: 1,
    lowestUnresolved: undefined,
    unresolvedGaps: 0,
    revisions: 0,
  };
  return streamView({ ...none, progress: front, ...state });
}

test('the lag is how far the watermark is below the high-water mark', () => {
  expect(view({ lowestUnresolved: { from: 31 }, unresolvedGaps: 2 })).toEqual({
    stream: 'orders',
    first: 10,
    highWater: 40,
    watermark: 30,
    lag: 10,
    behindSince: '2025-02-09T11:59:00.000Z',
    perMinute: 2.1,
    unresolvedGaps: 2,
    revisions: 0,
    sweptAt: '2025-02-09T12:00:00.000Z',
    otherFronts: 0,
    fronts: [],
    outliers: 0,
    outlierIds: [],
  });
});

test('the rate counts the ids that a stream with a step expects', () => {
  expect(view({ step: 10 })).toMatchObject({ perMinute: 0.2, lag: 0 });
});

test('the front that grew last stands for its stream, whatever single ids came elsewhere', () => {
  const pieces = [
    aPiece({ from: 1, to: 50 }),
    aPiece({ from: 900, to: 950, atMs: noon - 1 }),
    aPiece({ from: 500_000, to: 500_000 }),
  ];
  expect(view({ progress: aProgress({ pieces }), highestId: 500_000 })).toMatchObject({
    first: 1,
    highWater: 50,
    watermark: 50,
    otherFronts: 1,
    fronts: [{ first: 900, last: 950, grewAt: '2025-02-09T11:59:59.999Z' }],
    outlierIds: [500_000],
  });
});

test('a stream that was never swept has only a highest id', () => {
  expect(view({ progress: undefined, highestId: 7 })).toMatchObject({
    first: undefined,
    highWater: 7,
    watermark: undefined,
    lag: undefined,
    sweptAt: undefined,
  });
});

test('the highest id of a stream without a front is known when its block is gone', () => {
  const progress = aProgress({ pieces: [aPiece({ from: 7, to: 7 })] });
  expect(view({ progress })).toMatchObject({ first: undefined, highWater: 7, outliers: 1 });
});

test('a front that begins at id 0 and misses it has a watermark of -1', () => {
  const progress = aProgress({ pieces: aFront({ first: 0, last: 3 }) });
  expect(view({ progress, lowestUnresolved: { from: 0 } })).toMatchObject({ watermark: -1, lag: 4 });
});

test('the watermark does not pass ids in which holes were not looked for', () => {
  const progress = aProgress({ pieces: aFront({ first: 1, last: 9, scanned: 6 }) });
  expect(view({ progress, lowestUnresolved: { from: 8 } })).toMatchObject({ watermark: 6 });
});

test('at most so many fronts and outliers are listed, and all are counted', () => {
  const runs = idsFrom(1, 40).flatMap((n) => [
    aPiece({ from: 5_000 * n, to: 5_000 * n + 9, atMs: noon + n }),
    aPiece({ from: 5_000 * n + 2_000, to: 5_000 * n + 2_000 }),
  ]);
  const { fronts, otherFronts, outliers, outlierIds } = view({ progress: aProgress({ pieces: runs }) });
  expect([otherFronts, fronts.length, fronts[0]!.first]).toEqual([39, maxListedRuns, 5_000 * 39]);
  expect([outliers, outlierIds.length, outlierIds.at(-1)]).toEqual([40, maxListedRuns, 202_000]);
});
