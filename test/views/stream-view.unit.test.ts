import { streamView } from '../../shared/views/stream-view.ts';
import { startProgress } from '../../shared/gaps/progress.ts';

const swept = { ...startProgress('orders'), first: 10, highWater: 40, watermark: 30, scanned: 40 };

test('the lag is how far the watermark is below the high water', () => {
  expect(streamView({ stream: 'orders', progress: swept, highestId: 40, unresolvedGaps: 2 })).toEqual({
    stream: 'orders',
    first: 10,
    highWater: 40,
    watermark: 30,
    lag: 10,
    unresolvedGaps: 2,
  });
});

test('the high water is the highest id held, without waiting for the next sweep', () => {
  const view = streamView({ stream: 'orders', progress: swept, highestId: 45, unresolvedGaps: 0 });
  expect(view).toMatchObject({ highWater: 45, lag: 15 });
});

test('the high water is that of the last sweep once its block is gone', () => {
  const view = streamView({ stream: 'orders', progress: swept, highestId: undefined, unresolvedGaps: 0 });
  expect(view.highWater).toBe(40);
});

test('before the first grace has run out, only the high water is known', () => {
  const observed = { ...startProgress('orders'), highWater: 7 };
  const view = streamView({ stream: 'orders', progress: observed, highestId: 7, unresolvedGaps: 0 });
  expect(view).toMatchObject({ first: undefined, highWater: 7, watermark: undefined, lag: undefined });
});

test('a stream that begins at id 0 and misses it has a watermark of -1', () => {
  const progress = { ...startProgress('orders'), first: 0, highWater: 3, scanned: 3 };
  expect(streamView({ stream: 'orders', progress, highestId: 3, unresolvedGaps: 1 })).toMatchObject({
    watermark: -1,
    lag: 4,
  });
});
