import { earlierAt, laterAt, positionWithout, shapeOf, type GapShape } from '../../shared/inference/gap-position.ts';
import { Sequence } from '../../shared/inference/sequence.ts';

/** Events of consecutive seconds, a letter each: its entity, and its type in upper case. A dot leaves out an id. */
function sequence(letters: string): Sequence {
  return new Sequence(
    Array.from(letters).flatMap((letter, i) =>
      letter === '.'
        ? []
        : [{ eventId: i, type: letter.toUpperCase(), instantMs: i * 1_000, entity: letter.charCodeAt(0) }],
    ),
  );
}

const endless = Number.POSITIVE_INFINITY;
const alone: GapShape = { before: 1, after: 1, horizon: endless };

describe('the shape of a missing event', () => {
  test('is how far its known neighbours are: the nearest three have a bucket each, farther ones share one', () => {
    expect(shapeOf(1, 1, 5_000)).toEqual(alone);
    expect(shapeOf(2, 3, 5_000)).toEqual({ before: 2, after: 2, horizon: endless });
    expect(shapeOf(9, 10, 5_000)).toEqual({ before: 4, after: 2, horizon: endless });
    expect(shapeOf(60, 1_000, 5_000)).toEqual({ before: 16, after: 256, horizon: endless });
  });

  test.each([
    [1, 1],
    [3, 3],
    [10, 7],
    [100, 11],
  ])('takes, in a gap of %d events, %d values: a model is learned for each', (count, expected) => {
    const shapes = Array.from({ length: count }, (_, i) => JSON.stringify(shapeOf(i + 1, count, 5_000)));
    expect(new Set(shapes).size).toBe(expected);
  });

  test.each([
    [0, 0],
    [3, 1],
    [4, 4],
    [1_023, 256],
    [1_024, endless],
  ])('with %d events known after it has a horizon of %d', (later, horizon) => {
    expect(shapeOf(1, 1, later).horizon).toBe(horizon);
  });
});

describe('the position of an event that is held out', () => {
  test('is between those that would be known, at a time that they tell', () => {
    expect(positionWithout(sequence('abcde'), 2, alone)).toEqual({ before: 1, after: 3, end: 5, instantMs: 2_000 });
    expect(positionWithout(sequence('abcdefg'), 3, { before: 2, after: 1, horizon: 2 })).toEqual({
      before: 1,
      after: 4,
      end: 6,
      instantMs: 3_000,
    });
  });

  test('is none at the ends, nor where something is missing already', () => {
    expect(positionWithout(sequence('abc'), 0, alone)).toBeUndefined();
    expect(positionWithout(sequence('abc'), 2, alone)).toBeUndefined();
    expect(positionWithout(sequence('ab.cdefgh'), 2, alone)).toBeUndefined();
  });

  test('has neighbours as far away as those of the missing events that it stands for', () => {
    const events = sequence('x'.repeat(200));
    const places = Array.from({ length: 100 }, (_, i) => positionWithout(events, 50 + i, { ...alone, before: 4 })!);
    const distances = places.map(({ before }, i) => 50 + i - before);
    expect([Math.min(...distances), Math.max(...distances)]).toEqual([4, 15]);
    expect(places.map(({ instantMs }) => instantMs)).toEqual(places.map((_, i) => (50 + i) * 1_000));
  });

  test('sees nothing of its own entity between its neighbours, nor beyond its end', () => {
    const events = sequence('xaxbxcx');
    const position = positionWithout(events, 2, { before: 1, after: 1, horizon: 2 })!;
    expect(laterAt(events, position, 0)).toBe(4);
    expect(earlierAt(events, position, 4)).toBe(0);
    expect(laterAt(events, position, 4)).toBe(-1);
  });
});
