import fc from 'fast-check';
import { answerKind, withDenied, withInTime, withLateAnswers, type AnswerCounts } from '../../shared/gaps/answers.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { Cell } from '../../shared/tracking/block.ts';
import { aGap, anEntry, aVoidEntry } from '../support/builders.ts';

const refused = anEntry({ state: 'closed' });

describe('an id', () => {
  test.each<[string, Cell, ReturnType<typeof answerKind>]>([
    ['without an entry is unanswered', [], undefined],
    ['with an inference only is unanswered', [anEntry({ state: 'reconstructed' })], undefined],
    ['with an event is answered by an original', [anEntry()], 'originals'],
    ['with an event in place of an inference, too', [anEntry({ supersedes: true })], 'originals'],
    ['with an event that is being checked, too', [anEntry({ state: 'suspect' })], 'originals'],
    ['with a void is answered by a void', [aVoidEntry()], 'voids'],
    ['with a refused event is answered as if by a void', [refused], 'voids'],
    ['with a refused event after an inference, too', [{ ...refused, supersedes: true }], 'voids'],
    ['with a refused event and a sound one is answered by an original', [refused, anEntry()], 'originals'],
  ])('%s', (_, cell, kind) => {
    expect(answerKind(cell)).toBe(kind);
  });
});

/** A gap of ten ids, of which two events and a void came by the deadline. */
const due = withInTime(aGap({ from: 1, to: 10, state: 'requested' }), { originals: 2, voids: 1 });

function lateOf({ lateOriginals, lateVoids }: Gap) {
  return { lateOriginals, lateVoids };
}

describe('answers that came by the deadline', () => {
  test('are recorded once, whatever comes afterwards', () => {
    expect(due).toMatchObject({ inTimeOriginals: 2, inTimeVoids: 1 });
    expect(withInTime(due, { originals: 5, voids: 1 })).toBe(due);
  });

  test('do not count as late', () => {
    expect(withLateAnswers(due, { originals: 2, voids: 1 })).toBe(due);
  });
});

describe('late answers', () => {
  test('are those beyond the answers in time', () => {
    expect(lateOf(withLateAnswers(due, { originals: 5, voids: 3 }))).toEqual({ lateOriginals: 3, lateVoids: 2 });
  });

  test('are the same when they are counted again', () => {
    const counted = withLateAnswers(due, { originals: 5, voids: 3 });
    expect(withLateAnswers(counted, { originals: 5, voids: 3 })).toBe(counted);
  });

  test('move from the events to the voids when an event is refused', () => {
    const counted = withLateAnswers(due, { originals: 5, voids: 1 });
    expect(lateOf(withLateAnswers(counted, { originals: 4, voids: 2 }))).toEqual({ lateOriginals: 2, lateVoids: 1 });
  });

  test('are not counted before the deadline, nor in rows of a release that did not record it', () => {
    const early = aGap({ from: 1, to: 10 });
    expect(withLateAnswers(early, { originals: 4, voids: 4 })).toBe(early);
  });

  test('stay when blocks are forgotten', () => {
    const counted = withLateAnswers(due, { originals: 5, voids: 3 });
    expect(withLateAnswers(counted, { originals: 1, voids: 0 })).toBe(counted);
  });

  test('are never more than the gap has ids', () => {
    const voided = withDenied(withLateAnswers(due, { originals: 9, voids: 1 }), [3, 4, 5, 6, 7, 8, 9, 10]);
    expect(lateOf(withLateAnswers(voided, { originals: 9, voids: 1 }))).toEqual({ lateOriginals: 7, lateVoids: 8 });
  });
});

describe('a void of inferred ids', () => {
  test('counts as late voids, each id once', () => {
    const once = withDenied(due, [3, 4, 5]);
    expect(once).toMatchObject({ denied: [{ from: 3, to: 5 }], lateOriginals: 0, lateVoids: 3 });
    expect(withDenied(once, [3, 4, 5])).toBe(once);
    expect(withDenied(once, [5, 6, 9])).toMatchObject({
      denied: [
        { from: 3, to: 6 },
        { from: 9, to: 9 },
      ],
      lateVoids: 5,
    });
  });

  test('counts only ids of the gap', () => {
    expect(withDenied(due, [0, 11])).toBe(due);
  });

  test('is still counted when the blocks are counted again, which do not show it', () => {
    const denied = withDenied(withLateAnswers(due, { originals: 3, voids: 1 }), [4]);
    expect(withLateAnswers(denied, { originals: 3, voids: 1 })).toBe(denied);
    expect(lateOf(withLateAnswers(denied, { originals: 4, voids: 2 }))).toEqual({ lateOriginals: 2, lateVoids: 2 });
  });
});

describe('a gap that doubtful holes share', () => {
  const at = fc.constantFrom<keyof AnswerCounts | undefined>('originals', 'voids', undefined);
  /** The answer of each id by the deadline and later. An id that was answered stays so. */
  const ids = fc.array(
    fc.tuple(at, at).map(([before, later]) => ({ before, later: before ?? later })),
    { minLength: 1, maxLength: 60 },
  );
  const count = (answers: readonly (keyof AnswerCounts | undefined)[]): AnswerCounts => ({
    originals: answers.filter((one) => one === 'originals').length,
    voids: answers.filter((one) => one === 'voids').length,
  });

  test('counts late answers about those ids only that nobody had answered by the deadline', () => {
    fc.assert(
      fc.property(ids, (all) => {
        const gap = withInTime(aGap({ from: 1, to: all.length }), count(all.map(({ before }) => before)));
        const { lateOriginals: originals = 0, lateVoids: voids = 0 } = withLateAnswers(
          gap,
          count(all.map(({ later }) => later)),
        );
        const missing = all.filter(({ before }) => before === undefined);
        expect({ originals, voids }).toEqual(count(missing.map(({ later }) => later)));
      }),
    );
  });

  test('counts no late answer if an event that came in time is refused, or a refused one is accepted', () => {
    for (const now of [
      { originals: 1, voids: 2 },
      { originals: 3, voids: 0 },
    ])
      expect(withLateAnswers(due, now)).toBe(due);
  });

  test('counts each late answer once, also if events that came in time are refused', () => {
    const counted = withLateAnswers(due, { originals: 1, voids: 4 });
    expect(lateOf(counted)).toEqual({ lateOriginals: 0, lateVoids: 2 });
  });
});
