import { frontsOf } from '../../shared/gaps/front.ts';
import { readOldProgress, type OldProgress } from '../../shared/gaps/old-progress.ts';
import { dayMs, minuteMs, noon } from '../support/builders.ts';

const samples = [
  { sinceMs: noon, atMs: noon + minuteMs, highWater: 100 },
  { sinceMs: noon + dayMs, atMs: noon + dayMs + minuteMs, highWater: 200 },
  { sinceMs: noon + 2 * dayMs, atMs: noon + 2 * dayMs + minuteMs, highWater: 300 },
];
const old: OldProgress = { first: 5, highWater: 300, scanned: 250, floor: -1, samples };

function spelt(progress: OldProgress): string[] {
  return readOldProgress('orders', progress).pieces.map(
    ({ from, to, isScanned }) => `${from}–${to}${isScanned ? ' scanned' : ''}`,
  );
}

test('the ids from the first to the highest one are one front, scanned as far as they were', () => {
  const progress = readOldProgress('orders', old);
  expect(frontsOf(progress)).toMatchObject([{ first: 5, last: 300, scanned: 250 }]);
  expect(spelt(old)).toEqual(['5–100 scanned', '101–200 scanned', '201–250 scanned', '251–300']);
  expect(progress.pieces[1]).toMatchObject({ sinceMs: samples[1]?.sinceMs, atMs: samples[1]?.atMs });
  expect(progress).toMatchObject({ forgotten: [], told: [], hasDropped: false, sweptAtMs: undefined });
});

test('the ids up to the floor are forgotten', () => {
  const progress = readOldProgress('orders', { ...old, floor: 120, samples: samples.slice(1) });
  expect(progress.forgotten).toEqual([{ from: 0, to: 120 }]);
  expect(frontsOf(progress)).toMatchObject([{ first: 121, last: 300 }]);
});

test('nothing is covered before the first grace had run out', () => {
  expect(spelt({ ...old, first: undefined, scanned: -1, samples: [{ ...samples[0]!, highWater: 300 }] })).toEqual([]);
});

test('nothing is covered if everything was forgotten', () => {
  expect(spelt({ ...old, floor: 300 })).toEqual([]);
});
