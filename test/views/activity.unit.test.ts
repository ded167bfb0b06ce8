import { emptyBlock } from '../../shared/tracking/block.ts';
import { eventsOverTime, lagOverTime, receivedOverTime, spanUntil } from '../../shared/views/activity.ts';
import { aGap, anEntry, aPiece, aProgress, noon } from '../support/builders.ts';

const minuteMs = 60_000;
const span = spanUntil(noon, 4 * minuteMs, 4);

test('new numbers count in the time in which they came, spread over it evenly', () => {
  const pieces = [
    aPiece({ from: 1, to: 10, sinceMs: noon - 4 * minuteMs, atMs: noon - 3 * minuteMs }),
    aPiece({ from: 11, to: 30, sinceMs: noon - 2 * minuteMs, atMs: noon }),
  ];
  expect(receivedOverTime(pieces, span).layers).toEqual([{ name: 'received', amounts: [10, 0, 10, 10] }]);
});

test('numbers off the step of the stream do not count', () => {
  const pieces = [aPiece({ from: 10, to: 109, sinceMs: noon - minuteMs, atMs: noon })];
  expect(receivedOverTime(pieces, span, 10).layers).toEqual([{ name: 'received', amounts: [0, 0, 0, 10] }]);
});

test('numbers that came before the span do not count', () => {
  const old = aPiece({ sinceMs: noon - 9 * minuteMs, atMs: noon - 5 * minuteMs });
  expect(receivedOverTime([old], span).layers).toEqual([{ name: 'received', amounts: [0, 0, 0, 0] }]);
});

test('the lag rises when a gap is found, and falls when it is resolved', () => {
  const progress = aProgress({ pieces: [aPiece({ from: 1, to: 9, atMs: noon - 5 * minuteMs })] });
  const [foundAtMs, resolvedAtMs] = [noon - 2.5 * minuteMs, noon - 1.5 * minuteMs];
  const gap = aGap({ from: 5, to: 6, state: 'filled', foundAtMs, resolvedAtMs });
  expect(lagOverTime(progress, [gap], span).layers).toEqual([{ name: 'lag', amounts: [0, 5, 0, 0] }]);
});

test('outcomes count by the timestamps of the events, each state in a layer of its own', () => {
  const empty = emptyBlock(0);
  const entries = [anEntry({ instantMs: noon }), anEntry({ instantMs: noon + 9_999, state: 'closed' })];
  const block = { ...empty, cells: empty.cells.map((_, i) => entries.slice(i, i + 1)) };
  expect(eventsOverTime([block], 2)).toMatchObject({
    layers: [
      { name: 'cleaned', amounts: [1, 0] },
      { name: 'failed or void', amounts: [0, 1] },
    ],
  });
  expect(eventsOverTime([empty], 2)).toBeUndefined();
});
