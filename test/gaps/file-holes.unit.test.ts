import { fileHoles } from '../../shared/gaps/file-holes.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { defaultStreamSettings } from '../../shared/stream-settings.ts';
import { idsFrom, noon } from '../support/builders.ts';

function filed(
  holes: readonly Range[],
  events: readonly number[],
  changed: Partial<typeof defaultStreamSettings> = {},
) {
  return fileWithRows([], holes, events, changed);
}

function fileWithRows(
  rows: readonly Range[],
  holes: readonly Range[],
  events: readonly number[],
  changed: Partial<typeof defaultStreamSettings> = {},
) {
  const settings = { ...defaultStreamSettings, ...changed };
  return fileHoles({ stream: 's', holes, rows, events, nowMs: noon, settings });
}

const oddIds = idsFrom(0, 99).map((i) => 1 + 2 * i);
const evenHoles = idsFrom(1, 99).map((i) => ({ from: 2 * i, to: 2 * i }));

test('each hole is a gap of its own where events were lost', () => {
  const events = idsFrom(1, 100).filter((id) => id !== 20 && id !== 60 && id !== 61);
  const holes = [
    { from: 20, to: 20 },
    { from: 60, to: 61 },
  ];
  expect(filed(holes, events)).toEqual(holes.map((hole) => ({ ...hole, stream: 's', state: 'open', foundAtMs: noon })));
});

test('doubtful holes share a gap of at most `maxGap` ids', () => {
  expect(filed(evenHoles, oddIds, { maxGap: 100 }).map(({ from, to }) => [from, to])).toEqual([
    [2, 100],
    [102, 198],
  ]);
});

test('ids that a row has already are not filed again, and no shared gap reaches over the row', () => {
  const gaps = fileWithRows([{ from: 50, to: 60 }], evenHoles, oddIds);
  expect(gaps.map(({ from, to }) => [from, to])).toEqual([
    [2, 48],
    [62, 198],
  ]);
});

test('a hole that a row covers in part is filed in parts', () => {
  const events = idsFrom(1, 200).filter((id) => id < 50 || id > 70);
  const gaps = fileWithRows([{ from: 55, to: 60 }], [{ from: 50, to: 70 }], events);
  expect(gaps.map(({ from, to }) => [from, to])).toEqual([
    [50, 54],
    [61, 70],
  ]);
});

test('normal holes count as voided and are not asked for', () => {
  const gaps = filed(evenHoles, oddIds, { numbering: { holes: 'normal' } });
  expect(gaps).toEqual([
    { from: 2, to: 198, stream: 's', state: 'voided', assumed: true, foundAtMs: noon, resolvedAtMs: noon },
  ]);
});

test('with a step only every n-th id is missing', () => {
  const events = idsFrom(0, 99)
    .map((i) => 10 * i)
    .filter((id) => id !== 500 && id !== 510);
  const holes = idsFrom(0, 98).map((i) => ({ from: 10 * i + 1, to: 10 * i + 9 }));
  const gaps = filed([...holes.filter(({ from }) => from < 490), { from: 491, to: 519 }], events, {
    numbering: { step: 10 },
  });
  expect(gaps.map(({ from, to }) => [from, to])).toEqual([[500, 510]]);
});
