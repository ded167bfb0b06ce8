import fc from 'fast-check';
import type { Known } from '../../shared/inference/neighbours.ts';
import { TypeStatistics } from '../../shared/inference/type-statistics.ts';
import { noon } from '../support/builders.ts';

/** Events of consecutive ids, a letter each: its type. A dot leaves out an id. */
function known(types: string, from = 1): Known[] {
  return Array.from(types).flatMap((type, i) => (type === '.' ? [] : [aKnown(from + i, type)]));
}

function aKnown(eventId: number, type: string): Known {
  return { eventId, type, instantMs: noon, entity: 0 };
}

function guess(statistics: TypeStatistics, previous: string | undefined, next: string | undefined) {
  const [first] = statistics.guesses(
    {
      previous: previous === undefined ? undefined : aKnown(0, previous),
      next: next === undefined ? undefined : aKnown(0, next),
    },
    1,
  );
  return first;
}

/** So many stretches of three, an id left out between them. */
function stretches(types: string, times: number): string {
  return `${types}.`.repeat(times);
}

describe('the likeliest type', () => {
  test('is what usually stands between such neighbours, whatever is frequent elsewhere', () => {
    const statistics = new TypeStatistics(known(stretches('axb', 20) + 'c.'.repeat(500)));
    expect(guess(statistics, 'a', 'b')).toEqual({ type: 'x', confidence: 20 / 21 });
  });

  test('is what usually follows the previous one, where too few stood between such neighbours', () => {
    // Nineteen between a and b, and one more after a.
    const statistics = new TypeStatistics(known(stretches('axb', 19) + stretches('ay', 1) + 'c.'.repeat(500)));
    expect(guess(statistics, 'a', 'b')).toEqual({ type: 'x', confidence: 19 / 21 });
  });

  test('is the most frequent of all, where too few followed the previous one', () => {
    const statistics = new TypeStatistics(known(stretches('axb', 19) + 'c.'.repeat(100)));
    expect(guess(statistics, 'a', 'b')).toEqual({ type: 'c', confidence: 100 / 158 });
  });

  test('is what usually follows the previous one, where what comes next is not known', () => {
    const statistics = new TypeStatistics(known(stretches('axb', 20) + 'c.'.repeat(500)));
    expect(guess(statistics, 'a', undefined)).toEqual({ type: 'x', confidence: 20 / 21 });
  });

  test('is the most frequent of all, where nothing is known of what came before', () => {
    const statistics = new TypeStatistics(known(stretches('axb', 20) + 'c.'.repeat(500)));
    expect(guess(statistics, undefined, 'b')?.type).toBe('c');
  });

  test('is unknown where nothing was ever seen', () => {
    expect(guess(new TypeStatistics([]), 'a', 'b')).toBeUndefined();
  });
});

describe('of types that are equally frequent', () => {
  test("the previous neighbour's is the likeliest", () => {
    expect(guess(new TypeStatistics(known('b.a.c')), 'b', 'a')?.type).toBe('b');
  });

  test('the first by name is, where the previous neighbour is of none of them', () => {
    expect(guess(new TypeStatistics(known('c.b.c.b.a')), 'a', 'c')?.type).toBe('b');
    expect(guess(new TypeStatistics(known('c.b.a')), undefined, 'c')?.type).toBe('a');
  });

  test('the order in which they were seen does not matter', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['d', 'c', 'b', 'a'], { minLength: 4 }), (types) => {
        expect(guess(new TypeStatistics(known(types.join('.'))), undefined, undefined)?.type).toBe('a');
      }),
    );
  });
});

describe('what stood next to each other', () => {
  test('does not count where an id between them is missing', () => {
    // Between a and b an id is missing each time: nothing followed a.
    const statistics = new TypeStatistics(known('a.b'.repeat(1) + '.'.repeat(3) + 'a.b.'.repeat(40) + 'c.'.repeat(90)));
    expect(guess(statistics, 'a', undefined)?.type).toBe('c');
  });

  test('does not count as standing between two types where the later one is missing', () => {
    // An x between a and b twenty times, but the id before b is missing each time; x after a otherwise.
    const statistics = new TypeStatistics(known(stretches('ax.b', 20) + stretches('ay', 30)));
    expect(guess(statistics, 'a', 'b')).toEqual({ type: 'y', confidence: 30 / 51 });
  });

  test('counts the first entry of an id: what came later under another key is a revision', () => {
    const revised = Array.from({ length: 20 }, (_, i) => {
      const id = 4 * i + 1;
      return [aKnown(id, 'a'), aKnown(id + 1, 'x'), aKnown(id + 1, 'y'), aKnown(id + 2, 'b')];
    }).flat();
    expect(guess(new TypeStatistics(revised), 'a', 'b')).toEqual({ type: 'x', confidence: 20 / 21 });
  });
});

test('confidence is a share of one more observation than there were: few are less sure than many', () => {
  expect(guess(new TypeStatistics(known('a')), 'a', undefined)).toEqual({ type: 'a', confidence: 0.5 });
  expect(guess(new TypeStatistics(known('a.a.a.b')), 'a', undefined)).toEqual({ type: 'a', confidence: 0.6 });
});

test('names of types that objects have by nature are types like others', () => {
  const statistics = new TypeStatistics([aKnown(1, '__proto__'), aKnown(3, '__proto__'), aKnown(5, 'constructor')]);
  expect(guess(statistics, 'constructor', undefined)?.type).toBe('__proto__');
});

test('a naive recount over the whole stream makes the same guess', () => {
  const letter = fc.constantFrom('a', 'b', 'c', '.');
  const stream = fc.array(letter, { maxLength: 400 }).map((letters) => letters.join(''));
  const side = fc.constantFrom('a', 'b', 'c', undefined);
  fc.assert(
    fc.property(stream, side, side, (types, previous, next) => {
      const made = guess(new TypeStatistics(known(types)), previous, next);
      expect([made?.type, made?.confidence]).toEqual(recount(types, previous, next));
    }),
  );
});

function recount(types: string, previous: string | undefined, next: string | undefined) {
  const places = Array.from(types).map((type, i) => ({ before: types[i - 1], type, after: types[i + 1] }));
  const seen = places.filter(({ type }) => type !== '.');
  const followed = seen.filter(({ before }) => before !== undefined && before === previous);
  const between = followed.filter(({ after }) => after !== undefined && after === next);
  const context = [between, followed].find(({ length }) => length >= 20) ?? seen;
  const frequencies = ['a', 'b', 'c'].map((type) => context.filter((place) => place.type === type).length);
  const most = Math.max(...frequencies);
  if (most === 0) return [undefined, undefined];
  const likeliest = ['a', 'b', 'c'].filter((_, i) => frequencies[i] === most);
  const type = previous !== undefined && likeliest.includes(previous) ? previous : likeliest[0];
  return [type, most / (context.length + 1)];
}

test('a type is the less sure the longer the chain of guesses that it follows', () => {
  const statistics = new TypeStatistics(known(stretches('abc', 20) + 'z.'.repeat(500)));
  const [b, c] = statistics.guesses({ previous: aKnown(0, 'a'), next: undefined }, 2);
  expect(b).toEqual({ type: 'b', confidence: 20 / 21 });
  expect(c?.type).toBe('c');
  // Where it was not b, c is as likely as anywhere.
  expect(c?.confidence).toBeCloseTo((20 / 21) ** 2 + (1 / 21) * (20 / 561), 10);
});
