import { z } from 'zod';
import { assessed, attributesFor, fails, passes } from '../support/assessments.ts';
import { aCrmSync } from '../support/builders.ts';

describe('an event whose data does not fit its type', () => {
  it('has one content in two deliveries that differ only in what its type ignores', () => {
    const catalog = { types: { CRM_Sync: { payload: z.array(z.string()), ignore: ['/attempt'] } } };
    const hashOf = (members: object): unknown =>
      attributesFor({ data: aCrmSync({ data: [1], ...members }) }, catalog)['eventmend-hash' as never];
    expect(hashOf({ attempt: 1 })).toBe(hashOf({ attempt: 2 }));
    expect(hashOf({ attempt: 1 })).not.toBe(hashOf({ attempt: 1, other: 1 }));
  });

  it('names the first of thousands of places that do not fit', () => {
    let checks = 0;
    const b = z.unknown().refine(() => ++checks < 0);
    const catalog = { types: { CRM_Sync: { payload: z.array(z.object({ a: z.string(), b })) } } };
    const data = aCrmSync({ data: new Array<unknown>(5_000).fill({ b: 1 }) });
    const detail = attributesFor({ data }, catalog)['eventmend-detail' as never] as string;
    expect(detail.split('. ')).toHaveLength(16);
    expect(detail.length).toBeLessThanOrEqual(1_000);
    expect(detail).toMatch(
      /^data\.0\.a: missing; a text is accepted\. data\.0\.b: a number; a check of its schema fails\. data\.1\.a: missing; /,
    );
    expect(checks).toBeLessThan(20);
  });

  it.each(['x'.repeat(100_000), '\ud83d', 'anna@example.com', 'Anna Example', '555-0100'])(
    'does not show a name of its own: %.20s',
    (name) => {
      const catalog = { types: { CRM_Sync: { payload: z.record(z.string(), z.array(z.string())) } } };
      const detail = 'data.*.0: a number; a text is accepted';
      expect(attributesFor({ data: aCrmSync({ data: { [name]: [1] } }) }, catalog)).toMatchObject(
        fails('ERR_INVALID_PAYLOAD', detail),
      );
    },
  );

  it.each<[string, z.ZodType, unknown, string]>([
    ['a shorter text', z.string().max(3), 'secret', 'data: a text; at most 3 characters is accepted'],
    ['a higher number', z.number().gt(7), 7, 'data: a number; more than 7 is accepted'],
    ['more elements', z.array(z.number()).min(2), [1], 'data: an array; at least 2 elements is accepted'],
    ['an e-mail address', z.email(), 'secret', 'data: a text; a text of the form email is accepted'],
    ['a multiple', z.number().multipleOf(5), 7, 'data: a number; a multiple of 5 is accepted'],
    ['one of a few', z.enum(['a', 'b']), 'secret', 'data: a text; one of a, b is accepted'],
    [
      'one of many',
      z.enum(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']),
      7,
      'data: a number; one of a, b, c, d, e, f, g, h, … is accepted',
    ],
    ['no other members', z.strictObject({}), { secret: 1 }, 'data: it has members that its schema does not know'],
    ['one of two forms', z.string().or(z.object({ a: z.number() })), 7, 'data: a number; no form of its schema fits'],
    ['an object', z.object({}), null, 'data: missing; an object is accepted'],
  ])('says that %s is accepted', (_, payload, data, detail) => {
    const catalog = { types: { CRM_Sync: { payload } } };
    expect(attributesFor({ data: aCrmSync({ data }) }, catalog)).toMatchObject(fails('ERR_INVALID_PAYLOAD', detail));
  });

  it('does not fit a schema that contains itself where it is deeper than can be checked', () => {
    const tree: z.ZodType = z.lazy(() => z.array(tree));
    const catalog = { types: { CRM_Sync: { payload: tree } } };
    const nested = (levels: number) =>
      `{"event_id":6,"type":"CRM_Sync","timestamp":"2025-02-09T12:00:00","data":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(attributesFor({ data: nested(100) }, catalog)).toMatchObject(passes);
    expect(attributesFor({ data: nested(50_000) }, catalog)).toMatchObject(
      fails('ERR_INVALID_PAYLOAD', 'data: too_deep'),
    );
  });

  it('is not refused because the schema itself throws', () => {
    const payload = z.unknown().refine(() => {
      throw new RangeError('a mistake in the catalog');
    });
    expect(() => assessed({}, { types: { CRM_Sync: { payload } } })).toThrow('a mistake in the catalog');
  });
});
