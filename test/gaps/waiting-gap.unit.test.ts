import { noAnswers } from '../../shared/gaps/answers.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { afterWrites, duePages, gapForLetter, waitingGap, type WaitingGap } from '../../shared/gaps/waiting-gap.ts';
import { aGap, dayMs, idsFrom, minuteMs, noon, settingsWith } from '../support/builders.ts';

const settings = settingsWith({ resendTimeoutMs: 5 * minuteMs, windowMs: dayMs });
const asked = { state: 'requested', requestedAtMs: noon, deadlineMs: noon + 5 * minuteMs } as const;

function coverageOf(range: Range, holes: readonly Range[], missing = holes.length): RangeCoverage {
  return { range, holes, missing, fills: new Map(), answers: noAnswers };
}

function dueAt(gap: Parameters<typeof aGap>[0], changed = {}): number {
  return waitingGap(aGap(gap), noon, { ...settings, ...changed }).dueAtMs;
}

describe('the next step of a gap', () => {
  it.each([
    ['that is open is due at once', { state: 'open' }, {}, noon],
    ['that was asked for is due at its deadline', asked, {}, noon + 5 * minuteMs],
    ['that must be given up is due at once', { ...asked, why: 'too-uncertain' }, {}, noon],
    ['that is forgettable before its deadline is due then', { ...asked, foundAtMs: noon - dayMs }, {}, noon],
    ['that is only listed is due when it is forgettable', { state: 'open' }, { recover: false }, noon + dayMs],
    [
      'that was asked for again is due at the new deadline',
      { ...asked, deadlineMs: noon, askedAgain: { count: 1, atMs: noon, deadlineMs: noon + 7 * minuteMs } },
      {},
      noon + 7 * minuteMs,
    ],
  ] as const)('%s', (_, gap, changed, dueAtMs) => {
    expect(dueAt(gap, changed)).toBe(dueAtMs);
  });

  it('follows from events or a letter if reconstruct was asked for it', () => {
    const gap = waitingGap(aGap({ ...asked, inferRequestedAtMs: noon }), noon, settings);
    expect(gap).toMatchObject({ dueAtMs: Number.POSITIVE_INFINITY, isForLetter: true });
  });

  it('comes with the next letter if it is given up, and at its deadline, when its answers are counted', () => {
    const gap = aGap(asked);
    const waiting = waitingGap(gap, noon, settings);
    expect(gapForLetter(gap, waiting, noon)).toMatchObject({ dueAtMs: noon + 5 * minuteMs, isForLetter: true });
    expect(gapForLetter(gap, waiting, noon + dayMs)).toMatchObject({ dueAtMs: Number.POSITIVE_INFINITY });
  });
});

describe('a gap after blocks were written', () => {
  const range = { from: 10, to: 20 };
  const holes = [
    { from: 10, to: 12 },
    { from: 20, to: 20 },
  ];
  const gap = waitingGap(aGap({ ...range, ...asked }), noon, settings, coverageOf(range, holes, 4));

  function after(...held: Range[]): WaitingGap | undefined {
    return afterWrites([gap], held)[0];
  }

  it('is due at once if one of its missing ids has come', () => {
    expect(after({ from: 1, to: 5 }, { from: 12, to: 15 })?.dueAtMs).toBe(Number.NEGATIVE_INFINITY);
    expect(after({ from: 20, to: 300 })?.dueAtMs).toBe(Number.NEGATIVE_INFINITY);
  });

  it('waits if only ids came that it does not lack, but its coverage is not known any more', () => {
    expect(after({ from: 13, to: 19 })).toMatchObject({ dueAtMs: gap.dueAtMs, holes, coverage: undefined });
  });

  it('is the same if none of its ids came', () => {
    expect(after({ from: 1, to: 9 }, { from: 21, to: 30 })).toBe(gap);
  });

  it('may lack any id above the holes that are listed, if not all are', () => {
    const many = waitingGap(aGap({ ...range, ...asked }), noon, settings, coverageOf(range, [{ from: 10, to: 10 }], 5));
    expect(afterWrites([many], [{ from: 15, to: 15 }])[0]?.dueAtMs).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('the pages of due gaps', () => {
  const pagesOf = (due: readonly number[], maxGaps: number): number[][] => {
    const gaps = idsFrom(1, 40).map((from) => waitingGap(aGap({ from, to: from, ...asked }), noon, settings));
    const pages = duePages(gaps, ({ from }) => due.includes(from), maxGaps);
    return [...pages].map((page) => page.map(({ from }) => from));
  };

  it('have the few gaps between due ones, and none beside them', () => {
    expect(pagesOf([3, 5, 30], 20)).toEqual([[3, 4, 5], [30]]);
    expect(pagesOf([3, 12], 20)).toEqual([idsFrom(3, 12)]);
    expect(pagesOf([3, 13], 20)).toEqual([[3], [13]]);
    expect(pagesOf([], 20)).toEqual([]);
  });

  it('have at most so many gaps as a query reads', () => {
    expect(pagesOf(idsFrom(1, 40), 15).map(({ length }) => length)).toEqual([15, 15, 10]);
    expect(pagesOf([1, 5], 4)).toEqual([[1], [5]]);
  });
});
