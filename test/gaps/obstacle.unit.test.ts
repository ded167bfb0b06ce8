import type { StreamSettings } from '../../shared/stream-settings.ts';
import { obstacleTo } from '../../shared/gaps/obstacle.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { aGap, dayMs, idsFrom, noon, settingsWith } from '../support/builders.ts';

const gap = aGap({ from: 51, to: 52 });
const around = idsFrom(1, 100).filter((id) => id < 51 || id > 52);

function obstacle(
  events: readonly number[],
  changed: Partial<StreamSettings> = {},
  progress: Partial<Pick<Progress, 'forgotten' | 'wokeAtMs'>> = {},
) {
  return obstacleTo(
    gap,
    { missing: 2, holes: [gap] },
    events,
    { forgotten: [], ...progress },
    noon,
    settingsWith(changed),
  );
}

test('a gap among many events may be inferred', () => {
  expect(obstacle(around)).toBeUndefined();
});

test('a gap among numbers with holes may not, and the reason says what they look like', () => {
  const reason = obstacle(around.filter((id) => id % 2 === 0));
  expect(reason).toEqual({
    why: expect.stringMatching(/numbers around have holes: .* do ids grow by 2\?$/) as string,
    isDoubtful: true,
  });
});

test('a gap with more missing events than are known around may not, and the reason says so', () => {
  const outage = aGap({ from: 51, to: 90 });
  const events = idsFrom(31, 50).concat(idsFrom(91, 100));
  const coverage = { missing: 40, holes: [outage] };
  expect(obstacleTo(outage, coverage, events, { forgotten: [] }, noon, settingsWith())).toEqual({
    why: 'more events are missing than are known around the gap, too many to infer what is missing',
    isDoubtful: false,
  });
});

test('a gap of which too little is known around may not', () => {
  expect(obstacle(around.filter((id) => id > 45 && id < 58))).toEqual({
    why: 'too few events are known around the gap to infer what is missing',
    isDoubtful: false,
  });
  expect(
    obstacle(
      around.filter((id) => id > 45 && id < 58),
      { minConfidence: 0 },
    ),
  ).toBeUndefined();
});

test('a gap that touches forgotten ids may not, because its events may have come', () => {
  expect(obstacle(around, {}, { forgotten: [{ from: 1, to: 51 }] })).toEqual({
    why: 'its events may be forgotten',
    isDoubtful: false,
  });
  expect(obstacle(around, {}, { forgotten: [{ from: 1, to: 50 }] })).toBeUndefined();
});

test('no gap may within a window after sweeps had stopped for a window, because events may have come unseen', () => {
  expect(obstacle(around, {}, { wokeAtMs: noon - 14 * dayMs + 1 })).toEqual({
    why: 'its events may be forgotten',
    isDoubtful: false,
  });
  expect(obstacle(around, {}, { wokeAtMs: noon - 14 * dayMs })).toBeUndefined();
});

test('a shared gap may not if one of its holes is among numbers with holes, however dense the rest is', () => {
  const odd = (from: number) => idsFrom(from, from + 24).filter((id) => id % 2 === 1);
  const events = [...idsFrom(1, 300), ...odd(301), ...idsFrom(326, 1_200), ...odd(1_201), ...idsFrom(1_226, 1_500)];
  const held = new Set(events);
  const shared = aGap({ from: 302, to: 1_224 });
  const holes = idsFrom(302, 1_224)
    .filter((id) => !held.has(id))
    .map((id) => ({ from: id, to: id }));
  const coverage = { missing: holes.length, holes };
  const reason = obstacleTo(shared, coverage, events, { forgotten: [] }, noon, settingsWith({}));
  expect(reason).toMatchObject({ isDoubtful: true });
});
