import { noAnswers } from '../../shared/gaps/answers.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { advanceGap } from '../../shared/gaps/advance-gap.ts';
import { gapStates, isUnresolved, type Gap, type GapState } from '../../shared/gaps/gap.ts';
import type { FillKind, RangeCoverage } from '../../shared/gaps/holes.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { givenUp, recount } from '../../shared/gaps/recount.ts';
import { aGap, dayMs, minuteMs, noon, settingsWith } from '../support/builders.ts';

/** A coverage of the gap 5 to 8: some ids are missing, and each of the others was filled in one of some ways. */
function aCoverage(holes: readonly Range[], ...came: FillKind[]): RangeCoverage {
  const missing = holes.reduce((sum, { from, to }) => sum + to + 1 - from, 0);
  const fills = new Map(came.map((kind) => [kind, came.filter((one) => one === kind).length]));
  return { range: { from: 5, to: 8 }, missing, holes, fills, answers: noAnswers };
}

const untouched = aCoverage([{ from: 5, to: 8 }]);
const open = aGap({ from: 5, to: 8 });
const requested = aGap({
  from: 5,
  to: 8,
  state: 'requested',
  requestedAtMs: noon,
  deadlineMs: noon + 5 * minuteMs,
});

/** The record of a deadline by which nothing was answered. */
const unanswered = { inTimeOriginals: 0, inTimeVoids: 0 };

function advance(gap: Gap, coverage: RangeCoverage, atMs: number, settings: Partial<StreamSettings> = {}) {
  return advanceGap(gap, coverage, atMs, settingsWith(settings));
}

describe('an open gap', () => {
  test('is asked for, as it was found, with a deadline by which producers may answer', () => {
    const { gap, send } = advance(open, untouched, noon, { resendTimeoutMs: 90_000 });
    expect(gap).toEqual({ ...open, state: 'requested', requestedAtMs: noon, deadlineMs: noon + 90_000 });
    expect(send).toEqual({
      phase: 'resend',
      stream: 'orders',
      from: 5,
      to: 8,
      attempt: 1,
      deadlineMs: noon + 90_000,
    });
  });

  test('is asked for whole, though some of it came by itself', () => {
    expect(advance(open, aCoverage([{ from: 7, to: 7 }], 'filled'), noon).send).toMatchObject({ from: 5, to: 8 });
  });

  test('of which all came by itself is not asked for', () => {
    expect(advance(open, aCoverage([], 'filled'), noon)).toEqual({
      gap: { ...open, state: 'filled', resolvedAtMs: noon },
    });
  });
});

describe('a requested gap', () => {
  test('is left as it is, the same object, until its deadline', () => {
    const { gap, send } = advance(requested, untouched, noon + 5 * minuteMs - 1);
    expect(gap).toBe(requested);
    expect(send).toBeUndefined();
  });

  test('records at its deadline how many of its ids were answered, so that only later answers count as late', () => {
    const answers = { originals: 1, voids: 1 };
    const partly = { ...aCoverage([{ from: 7, to: 8 }], 'filled', 'voided'), answers };
    expect(advance(requested, partly, noon + 5 * minuteMs - 1).gap).toBe(requested);
    const { gap } = advance(requested, partly, noon + 5 * minuteMs);
    expect(gap).toMatchObject({ inTimeOriginals: 1, inTimeVoids: 1 });
    const whole = { ...aCoverage([], 'filled', 'voided'), answers: { originals: 2, voids: 2 } };
    expect(recount(gap, whole, noon + 6 * minuteMs)).toMatchObject({ lateOriginals: 1, lateVoids: 1 });
    expect(recount(requested, whole, noon)).not.toHaveProperty('lateOriginals');
  });

  test('records the answers by its deadline also if it is then given up', () => {
    const partly = { ...aCoverage([{ from: 7, to: 8 }], 'filled'), answers: { originals: 2, voids: 0 } };
    const reason = { why: 'too few events are known around the gap to infer what is missing', isDoubtful: false };
    const step = advanceGap(requested, partly, noon + 5 * minuteMs, settingsWith(), () => reason);
    expect(step).toMatchObject({ giveUp: reason, gap: { inTimeOriginals: 2, inTimeVoids: 0 } });
    const failed = advance({ ...requested, why: 'too-uncertain' }, partly, noon + 5 * minuteMs);
    expect(failed).toMatchObject({ giveUp: { why: 'too-uncertain' }, gap: { inTimeOriginals: 2, inTimeVoids: 0 } });
  });

  test('that is never inferred does not count answers', () => {
    const atMs = noon + 5 * minuteMs;
    expect(advance(requested, untouched, atMs, { maxGap: 3 }).gap).not.toHaveProperty('inTimeOriginals');
    expect(advance(requested, untouched, atMs, { recover: false }).gap).not.toHaveProperty('inTimeOriginals');
  });

  test('is to be inferred from its deadline on', () => {
    const atMs = noon + 5 * minuteMs;
    const { gap, send } = advance(requested, untouched, atMs);
    expect(gap).toEqual({ ...requested, ...unanswered, inferRequestedAtMs: atMs });
    expect(send).toEqual({ phase: 'infer', stream: 'orders', from: 5, to: 8, attempt: 1, deadlineMs: atMs });
  });

  test('of which a part came is sent to be inferred as a whole, and keeps its range', () => {
    const { gap, send } = advance(requested, aCoverage([{ from: 8, to: 8 }], 'filled'), noon + 6 * minuteMs);
    expect([gap, send]).toMatchObject([
      { from: 5, to: 8, state: 'requested' },
      { phase: 'infer', from: 5, to: 8 },
    ]);
  });
});

describe('a gap that was to be inferred', () => {
  const inferring: Gap = { ...requested, ...unanswered, inferRequestedAtMs: noon + 5 * minuteMs };

  test('is sent again when nothing has come of it for as long as a producer has to answer', () => {
    const againAtMs = noon + 10 * minuteMs;
    expect(advance(inferring, untouched, againAtMs - 1).gap).toBe(inferring);
    const { gap, send } = advance(inferring, untouched, againAtMs);
    expect(gap).toEqual({ ...inferring, inferRequestedAtMs: againAtMs });
    expect(send).toMatchObject({ phase: 'infer', deadlineMs: noon + 5 * minuteMs });
  });

  test('is sent again after a minute at the earliest, however little time a producer has', () => {
    const settings = { resendTimeoutMs: 0 };
    expect(advance(inferring, untouched, noon + 6 * minuteMs - 1, settings).send).toBeUndefined();
    expect(advance(inferring, untouched, noon + 6 * minuteMs, settings).send).toMatchObject({ phase: 'infer' });
  });
});

describe('a gap of which nothing is missing any more', () => {
  test.each<readonly [GapState, readonly FillKind[]]>([
    ['filled', ['filled']],
    ['voided', ['voided']],
    ['voided', ['filled', 'voided']],
    ['reconstructed', ['reconstructed']],
    ['reconstructed', ['voided', 'reconstructed', 'filled']],
    ['superseded', ['voided', 'superseded', 'filled']],
    ['reconstructed', ['superseded', 'reconstructed']],
  ])('ends as %s, the worst kind among its fills: %j', (state, came) => {
    for (const gap of [open, requested]) {
      const { gap: ended, ...rest } = advance(gap, aCoverage([], ...came), noon + 1);
      expect(ended).toMatchObject({ ...gap, state, resolvedAtMs: noon + 1 });
      expect(rest).toEqual({});
    }
  });
});

describe('a gap of which something may have come, and be forgotten', () => {
  const atMs = noon + 14 * dayMs;

  test('must be given up a window after it was found, and is neither requested nor inferred', () => {
    for (const gap of [open, { ...requested, ...unanswered }])
      expect(advance(gap, untouched, atMs)).toEqual({
        gap,
        giveUp: { why: 'not swept within the deduplication window', isDoubtful: false },
      });
  });

  test('must also be given up where gaps are only listed', () => {
    const step = advance(open, untouched, atMs, { recover: false });
    expect(step).toEqual({
      gap: open,
      giveUp: { why: expect.stringContaining('recover: false') as string, isDoubtful: false },
    });
  });

  test('is not given up before, nor if all of it is there', () => {
    expect(advance(requested, untouched, atMs - 1)).toMatchObject({ send: { phase: 'infer' } });
    expect(advance(requested, aCoverage([], 'filled'), atMs).gap.state).toBe('filled');
    expect(advance(open, untouched, atMs - 1, { recover: false })).toEqual({ gap: open });
  });
});

describe('a gap that must be given up', () => {
  test('because reconstruct recorded why it cannot be inferred: at once, in every state', () => {
    for (const gap of [open, requested])
      expect(advance({ ...gap, why: 'type-not-inferable' }, untouched, noon)).toEqual({
        gap: { ...gap, why: 'type-not-inferable' },
        giveUp: { why: 'type-not-inferable', isDoubtful: false },
      });
  });

  test('because it has more ids than `maxGap`: at once, without a request', () => {
    const step = advance(open, untouched, noon, { maxGap: 3 });
    expect(step).toEqual({ gap: open, giveUp: { why: 'too-long', isDoubtful: false } });
    expect(advance(open, untouched, noon, { maxGap: 4 }).giveUp).toBeUndefined();
    expect(advance(open, untouched, noon, { maxGap: 2, numbering: { step: 2 } }).giveUp).toBeUndefined();
  });

  test('is not given up if all of its events have come', () => {
    expect(advance({ ...requested, why: 'too-uncertain' }, aCoverage([], 'filled'), noon)).toEqual({
      gap: { ...requested, why: 'too-uncertain', state: 'filled', resolvedAtMs: noon },
    });
  });
});

describe('an obstacle to an inference', () => {
  const dueAtMs = noon + 5 * minuteMs;
  const obstacle = { why: 'too few events are known around the gap to infer what is missing', isDoubtful: false };

  test('is looked for only when the gap is to be inferred', () => {
    const asked: number[] = [];
    const advanceAt = (gap: Gap, atMs: number) =>
      advanceGap(gap, untouched, atMs, settingsWith(), () => {
        asked.push(atMs);
        return undefined;
      });
    for (const atMs of [noon, dueAtMs - 1, dueAtMs, dueAtMs + 1]) advanceAt(requested, atMs);
    advanceAt(open, dueAtMs);
    expect(asked).toEqual([dueAtMs, dueAtMs + 1]);
  });

  test('lets the gap be given up instead', () => {
    expect(advanceGap(requested, untouched, dueAtMs, settingsWith(), () => obstacle)).toEqual({
      gap: { ...requested, ...unanswered },
      giveUp: obstacle,
    });
  });
});

describe('a gap that is given up', () => {
  test('keeps its range, the number of missing ids, the reason, and the letter that lists it', () => {
    const coverage = aCoverage([{ from: 6, to: 8 }], 'filled');
    expect(givenUp(requested, coverage, 'too-uncertain', noon + 1, aGap({ from: 2, to: 3 }))).toEqual({
      ...requested,
      state: 'abandoned',
      missing: 3,
      why: 'too-uncertain',
      resolvedAtMs: noon + 1,
      letterFrom: 2,
      letterFoundAtMs: noon,
    });
  });

  test('names no letter if no letter lists it', () => {
    expect(givenUp(requested, untouched, 'holes', noon + 1)).not.toHaveProperty('letterFrom');
  });
});

describe('a gap of which some ids were inferred', () => {
  const unaided = givenUp(requested, aCoverage([{ from: 8, to: 8 }], 'filled'), 'holes', noon);
  const abandoned = givenUp(
    requested,
    aCoverage([{ from: 7, to: 8 }], 'reconstructed', 'reconstructed'),
    'too-uncertain',
    noon,
  );
  const later = noon + dayMs;

  test('records how many when the rest is given up', () => {
    expect(abandoned).toMatchObject({ state: 'abandoned', inferred: 2, missing: 2 });
    expect(unaided).not.toHaveProperty('inferred');
  });

  test('records how many when nothing of it is missing', () => {
    const { gap } = advance(requested, aCoverage([], 'filled', 'reconstructed', 'filled', 'voided'), noon + 1);
    expect(gap).toMatchObject({ state: 'reconstructed', inferred: 1 });
  });

  test('counts an inferred event that arrives after the rest was given up, and calls it no late event', () => {
    const recounted = recount(
      abandoned,
      aCoverage([{ from: 8, to: 8 }], 'reconstructed', 'reconstructed', 'reconstructed'),
      later,
    );
    expect(recounted).toEqual({ ...abandoned, inferred: 3, missing: 1 });
  });

  test('counts the originals that replace inferred events, and calls them late', () => {
    const recounted = recount(abandoned, aCoverage([{ from: 7, to: 8 }], 'superseded', 'reconstructed'), later);
    expect(recounted).toEqual({ ...abandoned, inferred: 1, cameLateAtMs: later });
    const last = recount(recounted, aCoverage([{ from: 7, to: 8 }], 'superseded', 'superseded'), later + 1);
    expect(last).toEqual({ ...abandoned, inferred: 0, cameLateAtMs: later + 1 });
  });

  test('records an original that replaces one of its inferred events, when nothing is missing', () => {
    const whole = aGap({ from: 5, to: 8, state: 'reconstructed', inferred: 2, resolvedAtMs: noon });
    const recounted = recount(whole, aCoverage([], 'superseded', 'reconstructed', 'filled', 'filled'), later);
    expect(recounted).toEqual({ ...whole, inferred: 1 });
  });
});

describe('a gap that is resolved', () => {
  const reconstructed = aGap({ from: 5, to: 8, state: 'reconstructed', resolvedAtMs: noon });
  const abandoned = aGap({ from: 5, to: 8, state: 'abandoned', resolvedAtMs: noon });
  const later = noon + dayMs;

  test('is superseded once the originals of all that was inferred have come', () => {
    expect(recount(reconstructed, aCoverage([], 'superseded', 'reconstructed'), later).state).toBe('reconstructed');
    expect(recount(reconstructed, aCoverage([], 'superseded', 'voided', 'filled'), later)).toEqual({
      ...reconstructed,
      state: 'superseded',
      resolvedAtMs: later,
    });
  });

  test('after it was given up: records the last time at which one of its events came', () => {
    expect(recount(abandoned, untouched, later)).toBe(abandoned);
    expect(recount(abandoned, aCoverage([{ from: 7, to: 7 }], 'filled'), later)).toEqual({
      ...abandoned,
      missing: 1,
      cameLateAtMs: later,
    });
  });

  test('after it was given up: does not count events that came before that', () => {
    const inPart = { ...abandoned, missing: 2 };
    expect(recount(inPart, aCoverage([{ from: 7, to: 8 }], 'filled'), later)).toBe(inPart);
    expect(recount(inPart, aCoverage([{ from: 7, to: 7 }], 'filled'), later)).toMatchObject({ cameLateAtMs: later });
  });

  test.each<readonly [GapState, FillKind]>([
    ['filled', 'filled'],
    ['voided', 'voided'],
  ])('after it was given up: ends as %s when all its events have come', (state, came) => {
    const late = { ...abandoned, state, missing: 0, resolvedAtMs: later, cameLateAtMs: later };
    expect(recount(abandoned, aCoverage([], came), later)).toEqual(late);
  });

  test('stays as it is when what had come is forgotten', () => {
    for (const gap of [reconstructed, abandoned, aGap({ state: 'filled' })])
      expect(recount(gap, untouched, later)).toBe(gap);
  });

  test('is never asked for again', () => {
    for (const gap of [reconstructed, abandoned]) expect(advance(gap, untouched, later)).toEqual({ gap });
  });
});

describe('in a stream whose gaps are only listed', () => {
  test('nobody is asked, and nothing is inferred, at any time', () => {
    for (const gap of [open, requested]) {
      const step = advance(gap, untouched, noon + 1_000 * minuteMs, { recover: false });
      expect(step).toEqual({ gap });
      expect(step.gap).toBe(gap);
    }
  });

  test('a gap that came by itself is noted', () => {
    expect(advance(open, aCoverage([], 'filled'), noon, { recover: false }).gap.state).toBe('filled');
  });
});

test('only an open and a requested gap are still to be resolved', () => {
  expect(gapStates.filter((state) => isUnresolved(aGap({ state })))).toEqual(['open', 'requested']);
});
