import fc from 'fast-check';
import type { StreamList } from '../../shared/reconciliation/list-settings.ts';
import {
  afterLoss,
  afterPage,
  beginRun,
  failRun,
  finishSpan,
  isRunDue,
  pauseRun,
  withSpan,
  type Reconciliation,
  type RunTime,
} from '../../shared/reconciliation/reconciliation.ts';
import { minuteMs, noon } from '../support/builders.ts';

const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const list: StreamList = {
  stream: 'pay',
  name: 'stripe',
  system: 'stripe',
  types: ['charge.succeeded'],
  account: undefined,
  properties: undefined,
  sinceMs: undefined,
  lagMs: 5 * minuteMs,
  overlapMs: 10 * minuteMs,
  reachMs: 30 * dayMs,
};
const nothing = { items: 0, missing: 0, unreadable: 0 };

function at(nowMs: number): RunTime {
  return { nowMs, untilMs: nowMs + 2 * minuteMs, windowMs: 14 * dayMs };
}

/** The state after a run that has read its whole span, and what it has read. */
function afterRun(before: Reconciliation | undefined, nowMs: number, of: StreamList = list) {
  const { state: begun, lost } = beginRun(before, of, at(nowMs))!;
  const state = withSpan(lost ? afterLoss(begun, lost) : begun, of, at(nowMs));
  const { reading } = state;
  const ended = reading ? finishSpan(state, reading, nothing, nowMs) : pauseRun(state, undefined);
  return { state: ended, reading, lost };
}

describe('a comparison', () => {
  it('begins when it is switched on, and not in the past', () => {
    const first = afterRun(undefined, noon);
    expect([first.reading, first.state.checkpointMs]).toEqual([undefined, noon]);
    const second = afterRun(first.state, noon + 6 * minuteMs);
    expect(second.reading).toMatchObject({ fromMs: noon, toMs: noon + minuteMs });
  });

  it('begins earlier if the catalog says so, also later on', () => {
    const early = { ...list, sinceMs: noon - hourMs };
    expect(afterRun(undefined, noon, early).reading).toMatchObject({ fromMs: noon - hourMs });
    const { state } = afterRun(undefined, noon);
    expect(afterRun(state, noon + hourMs, early).reading).toMatchObject({ fromMs: noon - hourMs });
  });

  it('goes from the checkpoint less the overlap to now less the lag, in whole seconds', () => {
    const state = { ...afterRun(undefined, noon).state, sinceMs: 0, checkpointMs: noon + hourMs + 300 };
    expect(afterRun(state, noon + 2 * hourMs + 700).reading).toMatchObject({
      fromMs: noon + 50 * minuteMs + 1_000,
      toMs: noon + 115 * minuteMs,
    });
  });

  it('looks back 26 hours once a day, and notes that at the end', () => {
    const state = { ...afterRun(undefined, noon).state, sinceMs: 0, checkpointMs: noon + 24 * hourMs - 1 };
    expect(afterRun(state, noon + 24 * hourMs - 1).reading).toMatchObject({ isDeep: false });
    const deep = afterRun(state, noon + 24 * hourMs);
    expect(deep.reading).toMatchObject({ isDeep: true, fromMs: noon - 2 * hourMs });
    expect(deep.state.deepAtMs).toBe(noon + 24 * hourMs - list.lagMs);
    const begun = withSpan(beginRun(state, list, at(noon + 24 * hourMs))!.state, list, at(noon + 24 * hourMs));
    expect(pauseRun(begun, begun.reading).deepAtMs).toBe(noon);
  });

  it('looks back to two hours before the last such time if comparisons stood still since then', () => {
    const state = { ...afterRun(undefined, noon).state, sinceMs: 0, checkpointMs: noon + hourMs };
    const { reading } = afterRun(state, noon + 60 * hourMs);
    expect(reading).toMatchObject({ isDeep: true, fromMs: noon - 2 * hourMs });
  });

  it('that looks back 26 hours and takes hours is followed by one that meets the end of its span', () => {
    const state = { ...afterRun(undefined, noon).state, sinceMs: 0, checkpointMs: noon + 23 * hourMs };
    const begun = withSpan(state, list, at(noon + 24 * hourMs));
    const ended = finishSpan(begun, begun.reading!, nothing, noon + 30 * hourMs);
    const { reading } = afterRun(ended, noon + 54 * hourMs);
    expect(reading).toMatchObject({ isDeep: true, fromMs: noon + 22 * hourMs - list.lagMs });
  });

  it('tells once what is older than the stream or the list remembers', () => {
    const state = { ...afterRun(undefined, noon).state, sinceMs: 0 };
    const late = noon + 20 * dayMs;
    const { lost, reading, state: after } = afterRun(state, late);
    // The stream forgets after 14 days; a day of them is kept free.
    expect(lost).toEqual({ fromMs: noon, toMs: late - 13 * dayMs });
    expect(reading).toMatchObject({ fromMs: late - 13 * dayMs });
    expect(afterRun(after, late + 5 * minuteMs).lost).toBeUndefined();
    const short = { ...list, reachMs: 2 * dayMs };
    expect(afterRun(state, late, short).lost).toEqual({ fromMs: noon, toMs: late - 2 * dayMs });
  });

  it('goes on at the cursor of a span that is not finished', () => {
    const { state } = afterRun(undefined, noon);
    const begun = withSpan(beginRun(state, list, at(noon + hourMs))!.state, list, at(noon + hourMs));
    const paused = pauseRun(begun, afterPage(begun.reading!, { items: 100, missing: 2, unreadable: 1 }, 'evt_7'));
    const { reading, state: ended } = afterRun(paused, noon + hourMs + minuteMs);
    expect(reading).toMatchObject({ cursor: 'evt_7', fromMs: begun.reading!.fromMs, toMs: begun.reading!.toMs });
    expect(ended).toMatchObject({ checkpointMs: begun.reading!.toMs, missing: 2, unreadable: 1 });
    expect(ended.last).toMatchObject({ items: 100, missing: 2, unreadable: 1, atMs: noon + hourMs + minuteMs });
  });

  it('keeps where it is when it fails, and says since when', () => {
    const { state } = afterRun(undefined, noon);
    const once = failRun(state, undefined, 'stripe: answered 500', noon + minuteMs);
    const twice = failRun(
      beginRun(once, list, at(noon + hourMs))!.state,
      undefined,
      'stripe: no answer',
      noon + hourMs,
    );
    expect(twice).toMatchObject({
      checkpointMs: noon,
      leaseUntilMs: undefined,
      trouble: { what: 'stripe: no answer', sinceMs: noon + minuteMs },
    });
    expect(afterRun(twice, noon + 2 * hourMs).state.trouble).toBeUndefined();
  });
});

describe('a run', () => {
  it('does nothing while another has the lease', () => {
    const { state } = beginRun(undefined, list, at(noon))!;
    expect(beginRun(state, list, at(noon + 2 * minuteMs - 1))).toBeUndefined();
    expect(beginRun(state, list, at(noon + 2 * minuteMs))).toBeDefined();
  });

  it('is due at once, and five minutes after the last one began, unless that one still has the lease', () => {
    expect(isRunDue(undefined, noon)).toBe(true);
    const { state } = afterRun(undefined, noon);
    expect([4, 5].map((minutes) => isRunDue(state, noon + minutes * minuteMs))).toEqual([false, true]);
    expect(isRunDue({ ...state, leaseUntilMs: noon + 9 * minuteMs }, noon + 5 * minuteMs)).toBe(false);
  });
});

/** An event between two runs: time passes, and the run ends, is paused, fails, or crashes. */
const aStep = fc.record({
  passesMs: fc.integer({ min: 1, max: 40 * dayMs }),
  ends: fc.constantFrom('done', 'paused', 'failed', 'crashed'),
});

test('every instant up to the checkpoint was in a finished span, or a letter told that it was not', () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 40 }), (steps) => {
      let nowMs = noon;
      let state: Reconciliation | undefined;
      const covered: { fromMs: number; toMs: number }[] = [];
      for (const { passesMs, ends } of steps) {
        nowMs += passesMs;
        const begun = beginRun(state, list, at(nowMs));
        if (!begun) continue;
        const before = state?.checkpointMs ?? begun.state.sinceMs;
        if (begun.lost) covered.push(begun.lost);
        const taken = begun.lost ? afterLoss(begun.state, begun.lost) : begun.state;
        const spanned = withSpan(taken, list, at(nowMs));
        const { reading } = spanned;
        if (ends === 'crashed') state = begun.state;
        else if (ends === 'failed') state = failRun(spanned, reading, 'x', nowMs);
        else if (ends === 'paused' || !reading) state = pauseRun(spanned, reading);
        else {
          covered.push(reading);
          state = finishSpan(spanned, reading, nothing, nowMs);
        }
        expect(state.checkpointMs).toBeGreaterThanOrEqual(before);
      }
      if (!state) return;
      covered.sort((a, b) => a.fromMs - b.fromMs);
      // A span begins at the second after a time that is none, so a second may lie between two.
      let reached = state.sinceMs;
      for (const { fromMs, toMs } of covered) if (fromMs <= reached + 1_000) reached = Math.max(reached, toMs);
      expect(reached).toBeGreaterThanOrEqual(state.checkpointMs);
    }),
    { numRuns: 300 },
  );
});
