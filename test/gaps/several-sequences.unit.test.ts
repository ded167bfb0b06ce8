import { isSequenceLetterDue, severalSequencesLetter } from '../../shared/gaps/several-sequences.ts';
import { dayMs, noon, textOf } from '../support/builders.ts';

const runs = [
  { from: 1, to: 5, ids: 5 },
  { from: 20, to: 29, ids: 4 },
];

test('the letter names the stream, the ids and the cause, and is one a day', () => {
  const letter = severalSequencesLetter('orders', runs, noon);
  expect(letter.attributes).toMatchObject({
    stream: 'orders',
    'eventmend-code': 'ERR_CONFLICT',
    'eventmend-stage': 'sweep',
    'eventmend-detail': 'all or most of these ids hold several events: 1–5, 20–29',
    'eventmend-root': 'sequences/orders/2025-02-09',
  });
  expect(JSON.parse(textOf(letter))).toEqual({ stream: 'orders', runs, more: 0 });
  const rootAt = (atMs: number) => severalSequencesLetter('orders', runs, atMs).attributes['eventmend-root'];
  expect(rootAt(noon + dayMs)).toBe('sequences/orders/2025-02-10');
});

test('the letter stays small, however many runs there are', () => {
  const many = Array.from({ length: 1_000 }, (_, i) => ({ from: 10 * i, to: 10 * i + 3, ids: 4 }));
  const letter = severalSequencesLetter('orders', many, noon);
  expect(JSON.parse(textOf(letter))).toMatchObject({ more: 900 });
  expect(letter.attributes['eventmend-detail']?.length).toBeLessThan(200);
});

test('a letter is due if there was none, and a day after the last one', () => {
  expect(isSequenceLetterDue(undefined, noon)).toBe(true);
  expect(isSequenceLetterDue(noon, noon + dayMs - 1)).toBe(false);
  expect(isSequenceLetterDue(noon, noon + dayMs)).toBe(true);
});
