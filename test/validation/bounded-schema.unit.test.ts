import fc from 'fast-check';
import { z } from 'zod';
import { boundIssues, maxIssues } from '../../shared/validation/bounded-schema.ts';

/** The issues that a schema reports: `path: code` each. */
function issuesOf(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(({ path, code }) => `${path.join('.')}: ${code}`);
}

const many = 2_000;
const list = (value: unknown): unknown[] => new Array<unknown>(many).fill(value);
const members = (value: unknown): Record<string, unknown> =>
  Object.fromEntries(list(value).map((one, i) => [`member-${i}`, one]));
const wide = (): z.ZodType => z.object(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`m${i}`, z.string()])));

describe('a schema reports the first issues only, whatever it is made of', () => {
  test.each<[string, () => z.ZodType, unknown]>([
    ['an array', () => z.array(z.string()), list(1)],
    ['an array whose elements fail a check', () => z.array(z.string().min(3)), list('')],
    ['an array whose elements fail several checks', () => z.array(z.string().min(3).regex(/^a/)), list('')],
    ['an array of objects', () => z.array(wide()), list({})],
    ['an array of objects that know no other members', () => z.array(z.strictObject({})), list({ a: 1 })],
    ['an array in arrays', () => z.array(z.array(z.array(z.string().min(3)))), [[list('')]]],
    ['arrays in an array', () => z.array(z.array(z.string())), list([1])],
    [
      'an array in an object',
      () => z.object({ a: z.object({ b: z.array(z.string().min(3)) }) }),
      { a: { b: list('') } },
    ],
    ['the rest of a tuple', () => z.tuple([z.string()]).rest(z.string()), list(1)],
    ['a record', () => z.record(z.string(), z.string()), members(1)],
    ['the keys of a record', () => z.record(z.string().max(3), z.unknown()), members(1)],
    ['the other members of an object', () => z.object({}).catchall(z.string()), members(1)],
    ['an array of a union', () => z.array(z.union([z.string().min(3), z.number()])), list('')],
    ['a union of arrays', () => z.array(z.union([z.array(z.string()), z.array(z.null())])), list(list(1).slice(0, 3))],
    [
      'an array of a discriminated union',
      () => z.array(z.discriminatedUnion('a', [z.object({ a: z.literal(1) })])),
      list({ a: 2 }),
    ],
    [
      'both sides of an intersection',
      () => z.object({ a: z.array(z.string()) }).and(z.object({ a: z.array(z.null()) })),
      { a: list(1) },
    ],
    [
      'a check that reports by itself',
      () =>
        z.array(z.number()).superRefine((_, context) => {
          for (let i = 0; i < many; i++) context.addIssue({ code: 'custom', path: [i] });
        }),
      [1],
    ],
    ['what may be missing', () => z.array(z.string()).nullable().optional().default([]).readonly(), list(1)],
    [
      'what is transformed',
      () =>
        z
          .array(z.string())
          .transform((texts) => texts.length)
          .pipe(z.number()),
      list(1),
    ],
    ['a lazy schema', () => z.lazy(() => z.array(z.lazy(() => z.string()))), list(1)],
    [
      'a lazy schema that is another each time',
      () => {
        const tree = (): z.ZodType => z.lazy(() => z.array(z.union([z.string(), tree()])));
        return tree();
      },
      list(1),
    ],
    [
      'an object that contains itself',
      () => {
        const tree = z.object({
          get parts() {
            return z.array(tree);
          },
        });
        return tree;
      },
      { parts: list({ parts: 1 }) },
    ],
  ])('%s', (_, make, value) => {
    const plain = issuesOf(make(), value);
    const issues = issuesOf(boundIssues(make()), value);
    expect(issues.length).toBeGreaterThan(0);
    // Two sides of an intersection report apart.
    expect(issues.length).toBeLessThanOrEqual(maxIssues * 2);
    expect(plain.slice(0, issues.length)).toEqual(issues);
  });
});

describe('a schema with a full list of issues', () => {
  test('runs no more of its parts, lazy ones included', () => {
    let runs = 0;
    const counted = (): z.ZodType =>
      z.unknown().refine(() => {
        runs++;
        return false;
      });
    const rows = list([1]);
    boundIssues(z.object({ a: z.array(z.array(counted())) })).safeParse({ a: rows });
    expect(runs).toBe(maxIssues);
    boundIssues(z.lazy(() => z.array(z.lazy(() => z.array(counted()))))).safeParse(rows);
    expect(runs).toBe(2 * maxIssues);
  });

  test('runs none of its own checks, which would see values that were not parsed', () => {
    const dates = z.array(
      z
        .string()
        .min(3)
        .transform((text) => new Date(text)),
    );
    const schema = boundIssues(dates.refine((all) => all.every((date) => date.getTime() > 0)));
    expect(schema.safeParse(list('')).success).toBe(false);
  });

  test('is no reason to run less of another one', () => {
    const schema = boundIssues(z.object({ a: z.array(z.string()), b: z.array(z.string()), c: z.string() }));
    const places = issuesOf(schema, { a: list(1).slice(0, maxIssues - 1), b: ['b', 1], c: 1 });
    expect(places).toContain('b.1: invalid_type');
  });
});

describe('a value that fits is never refused', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['a later option of a union', z.union([z.array(z.string().min(3)), z.array(z.string())]), list('')],
    ['a value in place of what does not fit', z.array(z.array(z.string()).catch(['a'])), [list(1), ['b'], list(1)]],
    [
      'members that each side of an intersection knows half of',
      z.record(z.string().regex(/^member/), z.number()).and(z.record(z.string().regex(/^other/), z.string())),
      { ...members(1), ...Object.fromEntries(list('x').map((one, i) => [`other-${i}`, one])) },
    ],
    [
      'strict objects that are intersected',
      z.array(z.strictObject({ a: z.number() }).and(z.strictObject({ b: z.number() }))),
      list({ a: 1, b: 2 }),
    ],
    [
      'what a check of the author finds out by another schema',
      z.array(z.unknown()).refine((all) => !boundIssues(z.array(z.string())).safeParse(all).success),
      list(1),
    ],
  ])('by %s', (_, schema, value) => {
    expect(boundIssues(schema).safeParse(value)).toMatchObject({ success: true });
  });
});

test('a value that does not fit is not accepted, though most of what is wrong with it could be taken back', () => {
  const knows = (name: RegExp) => z.record(z.string().regex(name), z.number());
  const schema = () => knows(/^member/).and(knows(/^other/));
  const value = { ...members(1), 'other-1': 'not a number' };
  expect(schema().safeParse(value).success).toBe(false);
  expect(boundIssues(schema()).safeParse(value).success).toBe(false);
});

test('a schema says the same when it is parsed asynchronously', async () => {
  const schema = boundIssues(z.array(z.string().refine(async (text) => Promise.resolve(text.length > 1))));
  expect((await schema.safeParseAsync(['ab', 'cd'])).success).toBe(true);
  expect((await schema.safeParseAsync(['ab', 'c'])).success).toBe(false);
});

/** Makes a schema: each time another instance, since one that was bounded stays so. */
type Make = () => z.ZodType;

const { schema } = fc.letrec<{ schema: Make; leaf: Make }>((tie) => {
  const leaf: fc.Arbitrary<Make> = fc.constantFrom<Make[]>(
    () => z.string(),
    () => z.string().min(2),
    () => z.string().max(1),
    () => z.number(),
    () => z.number().min(1),
    () => z.int(),
    () => z.null(),
    () => z.literal('a'),
    () => z.unknown(),
    () => z.unknown().refine((value) => value !== 1),
  );
  const of = tie('schema');
  return {
    leaf,
    schema: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      of.map((make) => () => z.array(make())),
      of.map((make) => () => z.array(make()).max(20)),
      of.map((make) => () => z.array(make()).refine((all) => all.length !== 1)),
      of.map((make) => () => z.record(z.string(), make())),
      of.map((make) => () => z.record(z.string().regex(/^a/), make())),
      fc.tuple(of, of).map(
        ([a, b]) =>
          () =>
            z.object({ a: a(), b: b().optional() }),
      ),
      fc.tuple(of, of).map(
        ([a, b]) =>
          () =>
            z.strictObject({ a: a(), c: b().optional() }),
      ),
      fc.tuple(of, of).map(
        ([a, b]) =>
          () =>
            z.object({ a: a() }).catchall(b()),
      ),
      fc.tuple(of, of).map(
        ([a, b]) =>
          () =>
            z.union([a(), b()]),
      ),
      fc.tuple(of, of).map(
        ([a, b]) =>
          () =>
            z.intersection(a(), b()),
      ),
      fc.tuple(of, of).map(
        ([a, b]) =>
          () =>
            z.tuple([a()]).rest(b()),
      ),
      of.map((make) => () => make().nullable()),
      of.map((make) => () => make().catch('caught')),
      of.map((make) => () => z.lazy(make)),
      of.map((make) => () => make().transform((value) => [value])),
    ),
  };
});

/** Values in which the same is wrong many times. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown[]>('', 'a', 'aaa', 0, 1, 1.5, null, true),
    fc.tuple(tie('value'), fc.constantFrom(1, 2, 18, 40)).map(([one, n]) => new Array<unknown>(n).fill(one)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'ab'), tie('value'), { maxKeys: 3 }),
    fc
      .tuple(tie('value'), fc.constantFrom('a', 'x'))
      .map(([one, name]) => Object.fromEntries(Array.from({ length: 20 }, (_, i) => [name + String(i), one]))),
  ),
}));

test('whether a value fits is the same with all issues and with the first, and these are the first', () => {
  const met = { fits: 0, few: 0, many: 0 };
  fc.assert(
    fc.property(schema, value, (make, one) => {
      const plain = outcomeOf(make(), one);
      const first = outcomeOf(boundIssues(make()), one);
      expect(first.success).toBe(plain.success);
      if (plain.issues.length <= maxIssues) expect(first).toEqual(plain);
      met[plain.issues.length === 0 ? 'fits' : plain.issues.length <= maxIssues ? 'few' : 'many']++;
    }),
    { numRuns: 600 },
  );
  expect(Math.min(met.fits, met.few, met.many)).toBeGreaterThan(20);
});

/** Parses a value with a schema. zod throws if the sides of an intersection transform it into different values. */
function outcomeOf(one: z.ZodType, held: unknown): { success: boolean | 'thrown'; issues: string[] } {
  try {
    const { success } = one.safeParse(held);
    return { success, issues: issuesOf(one, held) };
  } catch {
    return { success: 'thrown', issues: [] };
  }
}
