import fc from 'fast-check';
import { answersTo, type ResendAnswer } from '../../../cli/respond/answers.ts';
import { IdIndex } from '../../../cli/respond/id-index.ts';

/** The answers to a request for a range, from a file of these ids. */
function answers(ids: readonly number[], [from, to]: readonly [number, number], voids = false, maxGap = 1_000) {
  const index = new IdIndex();
  for (const id of ids) index.add({ id, offset: id, length: 1 });
  return [...answersTo({ from, to }, index, { voids, maxGap })];
}

function shown(all: readonly ResendAnswer[]): string[] {
  return all.map((answer) =>
    answer.kind === 'event' ? `event ${answer.place.id}` : `${answer.kind} ${answer.range.from}–${answer.range.to}`,
  );
}

test('exactly the events of the range are sent again, including several under one id', () => {
  expect(shown(answers([2, 3, 4, 4, 5], [3, 4]))).toEqual(['event 3', 'event 4', 'event 4']);
});

test('ids that the file lacks are unknown, unless it is said to be the whole truth', () => {
  expect(shown(answers([1, 3, 6], [1, 6]))).toEqual(['event 1', 'unknown 2–2', 'event 3', 'unknown 4–5', 'event 6']);
});

test('of a file that is the whole truth, ids between its lowest and its highest never existed, and others are unknown', () => {
  expect(shown(answers([3, 6], [1, 8], true))).toEqual([
    'unknown 1–2',
    'event 3',
    'void 4–5',
    'event 6',
    'unknown 7–8',
  ]);
  expect(shown(answers([3, 6], [4, 5], true))).toEqual(['void 4–5']);
  expect(shown(answers([3, 6], [1, 2], true))).toEqual(['unknown 1–2']);
  expect(shown(answers([3, 6], [7, 9], true))).toEqual(['unknown 7–9']);
});

test('an empty file knows nothing', () => {
  expect(shown(answers([], [1, 9], true))).toEqual(['unknown 1–9']);
});

test('a void names no more than maxGap ids', () => {
  expect(shown(answers([1, 9], [1, 9], true, 3))).toEqual(['event 1', 'void 2–4', 'void 5–7', 'void 8–8', 'event 9']);
  expect(shown(answers([1, 8], [2, 7], true, 3))).toEqual(['void 2–4', 'void 5–7']);
});

test('a request for all ids that there are costs no more than the file holds', () => {
  const all = [0, Number.MAX_SAFE_INTEGER] as const;
  expect(shown(answers([7], all))).toEqual(['unknown 0–6', 'event 7', 'unknown 8–9007199254740991']);
  expect(shown(answers([Number.MAX_SAFE_INTEGER], all, true)).at(-1)).toBe('event 9007199254740991');
});

test('whatever is asked, each id of the range is answered once, and no other', () => {
  const anId = fc.nat({ max: 60 });
  fc.assert(
    fc.property(
      fc.uniqueArray(anId),
      anId,
      anId,
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (ids, a, b, ...rules) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const answered = answers(ids, [from, to], ...rules).flatMap((answer) => {
          if (answer.kind === 'event') return [answer.place.id];
          const { range } = answer;
          for (const id of ids) expect(id >= range.from && id <= range.to).toBe(false);
          return Array.from({ length: range.to - range.from + 1 }, (_, i) => range.from + i);
        });
        expect(answered).toEqual(Array.from({ length: to - from + 1 }, (_, i) => from + i));
      },
    ),
  );
});
