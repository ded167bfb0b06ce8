import { compileFunction } from 'node:vm';
import { z } from 'zod';
import { numberingOf } from '../../../cli/init/infer-numbering.ts';
import { schemaOf } from '../../../cli/init/infer-shape.ts';

const upTo = (count: number, idOf: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => idOf(i));

describe('the numbering of ids', () => {
  test.each([
    ['consecutive', upTo(20, (i) => 1_000 + i), 'consecutive'],
    ['consecutive, in any order, with copies and a lost one', [5, 1, 2, 2, 4, 6, 7, 8, 9, 10, 11], 'consecutive'],
    ['a step', upTo(6, (i) => 3 + 10 * i), { step: 10 }],
    ['a step with a lost one', [2, 4, 8, 10, 12, 14], { step: 2 }],
    ['holes', upTo(30, (i) => i + Math.floor(i / 2)), { holes: 'normal' }],
    ['consecutive, of too few ids to tell', [1, 5, 9], 'consecutive'],
    ['none, without ids', [], 'none'],
  ])('is %s', (_, ids, expected) => {
    expect(numberingOf(ids)).toEqual(expected);
  });
});

/** Runs the text of a schema. */
function schemaFrom(values: readonly unknown[]): z.ZodType {
  return Reflect.apply(compileFunction(`return ${schemaOf(values)}`, ['z']), undefined, [z]) as z.ZodType;
}

describe('the schema of values', () => {
  test('takes all values that it was made of', () => {
    const values = [
      { id: 'a', amount: 1.5, tags: ['x'], by: { name: 'n' }, "it's": true },
      { id: 'b', amount: null, tags: [], by: {}, mixed: 1 },
      { id: 'c', mixed: 'text', lines: [{ n: 1 }, { n: 2, more: [[]] }] },
    ];
    for (const value of values) expect(schemaFrom(values).safeParse(value).error).toBeUndefined();
  });

  test('refuses a value of another kind, and takes further members', () => {
    const schema = schemaFrom([{ amount: 1 }, { amount: 2 }]);
    expect(schema.safeParse({ amount: 'three' }).success).toBe(false);
    expect(schema.safeParse({ amount: 3, more: 1 }).success).toBe(true);
  });

  test('requires a member only if many values were seen, and all have it', () => {
    const few = schemaFrom([{ a: 1 }, { a: 2 }]);
    const many = schemaFrom(upTo(20, (i) => i).map((a) => ({ a, ...(a > 0 && { b: a }) })));
    expect(few.safeParse({}).success).toBe(true);
    expect(many.safeParse({}).success).toBe(false);
    expect(many.safeParse({ a: 1 }).success).toBe(true);
  });

  test('describes objects to a bounded depth', () => {
    const deep = Array.from({ length: 100 }).reduce<unknown>((inner) => ({ inner }), 1);
    expect(schemaOf([deep]).split('\n').length).toBeLessThan(20);
    expect(schemaFrom([deep]).safeParse(deep).success).toBe(true);
  });

  test('has no names of members that would be code', () => {
    const hostile = { "'+process.exit()+'": 1, 'a\nb': 2, '*/ x': 3 };
    expect(schemaFrom([hostile]).safeParse(hostile).success).toBe(true);
  });
});
