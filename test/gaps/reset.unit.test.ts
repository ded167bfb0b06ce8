import { noAnswers } from '../../shared/gaps/answers.ts';
import { advanceGap } from '../../shared/gaps/advance-gap.ts';
import { hidesIds } from '../../shared/gaps/file-holes.ts';
import { resetProgress, resetRow, settleReset } from '../../shared/gaps/reset-progress.ts';
import { afterReset } from '../../shared/gaps/reset.ts';
import { expectedIn } from '../../shared/gaps/surroundings.ts';
import { aGap, aPiece, aProgress, idsFrom, minuteMs, noon, settingsWith } from '../support/builders.ts';

describe('a reset of the numbering', () => {
  it('ends fronts and outliers, and forgets what came below its first id', () => {
    const pieces = [aPiece({ from: 100, to: 900 }), aPiece({ from: 5_000, to: 5_000 })];
    const before = aProgress({
      pieces,
      forgotten: [{ from: 0, to: 99 }],
      told: [900],
      hasDropped: true,
      dropCount: 1,
      dropped: [{ from: 300, to: 1_200, sinceMs: noon }],
      gaveUpAtMs: noon,
    });
    expect(resetProgress(before, 800)).toEqual({
      ...aProgress({ pieces: [], forgotten: [{ from: 0, to: 799 }], gaveUpAtMs: noon }),
      reset: { from: 800 },
    });
  });

  it('forgets nothing where the numbering begins again at the lowest id', () => {
    expect(resetProgress(aProgress({ forgotten: [{ from: 3, to: 9 }] }), 1).forgotten).toEqual([]);
  });

  it('stands above the start that the catalog names', () => {
    expect(afterReset(settingsWith({ start: 7 }), { reset: { from: 1 } }).start).toBe(1);
    expect(afterReset(settingsWith({ start: 7 }), aProgress()).start).toBe(7);
  });

  it('names the ids that a stream with a step expects, whatever its events are', () => {
    const settings = settingsWith({ numbering: { step: 10 } });
    const events = idsFrom(0, 20).map((i) => 10 * i + 3);
    const hole = { from: 84, to: 102 };
    expect(expectedIn(hole, events, settings)).toEqual({ from: 93, to: 93 });
    expect(expectedIn(hole, events, { ...settings, reset: { from: 5 } })).toEqual({ from: 85, to: 95 });
  });
});

describe('a gap that was found before a reset', () => {
  const reset = { from: 1, atMs: noon + minuteMs };
  const settings = { ...settingsWith(), reset };
  const coverage = { missing: 1, fills: new Map<never, number>(), answers: noAnswers };
  const stepOf = (foundAtMs: number) => advanceGap(aGap({ foundAtMs }), coverage, noon + 2 * minuteMs, settings);

  it('is given up, and one that was found later is not', () => {
    expect(stepOf(noon).giveUp).toEqual({ why: 'the operator reset the numbering', isDoubtful: false });
    expect(stepOf(reset.atMs)).toMatchObject({ send: { phase: 'resend' } });
  });

  it('hides no id of the new numbering, and neither does the row that records the reset', () => {
    const hides = (foundAtMs: number) => hidesIds(aGap({ foundAtMs }), noon + 2 * minuteMs, settings);
    expect([hides(noon), hides(reset.atMs)]).toEqual([false, true]);
    expect(hidesIds(resetRow('orders', 1, 0, noon), noon, settingsWith())).toBe(false);
  });

  it('keeps the reset from being settled', () => {
    const progress = aProgress({ reset });
    expect(settleReset(progress, noon)).toBe(progress);
    expect(settleReset(progress, reset.atMs).reset).toEqual({ ...reset, isSettled: true });
    expect(settleReset(progress, undefined).reset).toEqual({ ...reset, isSettled: true });
  });

  it('does not settle a reset that no sweep has seen', () => {
    const progress = aProgress({ reset: { from: 1 } });
    expect(settleReset(progress, undefined)).toBe(progress);
  });
});
