import { isAtRest, isTimeDue } from '../../shared/gaps/rest.ts';
import { aPiece, aProgress, dayMs, minuteMs, noon, settingsWith } from '../support/builders.ts';

const settings = settingsWith();

describe('the time of a sweep that changed nothing else is written', () => {
  const progress = aProgress();

  test('an eighth of a window after it was last written', () => {
    expect(isTimeDue(progress, 0, noon + 1.75 * dayMs - 1, settings)).toBe(false);
    expect(isTimeDue(progress, 0, noon + 1.75 * dayMs, settings)).toBe(true);
  });

  test('after three minutes if blocks were read, so that they are not read again', () => {
    expect(isTimeDue(progress, 1, noon + 3 * minuteMs - 1, settings)).toBe(false);
    expect(isTimeDue(progress, 1, noon + 3 * minuteMs, settings)).toBe(true);
  });

  test('if it never was', () => {
    expect(isTimeDue(aProgress({ sweptAtMs: undefined }), 0, noon, settings)).toBe(true);
  });
});

describe('a stream is at rest', () => {
  test('while every piece is scanned and none may be forgotten', () => {
    const since = { sinceMs: noon };
    expect(isAtRest(aProgress({ pieces: [aPiece(since)] }), noon + 14 * dayMs - 1, settings)).toBe(true);
    expect(isAtRest(aProgress({ pieces: [aPiece(since)] }), noon + 14 * dayMs, settings)).toBe(false);
    expect(isAtRest(aProgress({ pieces: [aPiece(), aPiece({ isScanned: false })] }), noon, settings)).toBe(false);
  });

  test('not before its blocks were read to the end', () => {
    expect(isAtRest(aProgress({ pieces: [], sweptAtMs: undefined }), noon, settings)).toBe(false);
  });
});
