import { z } from 'zod';
import { assessed, attributesFor, fails, passes } from '../support/assessments.ts';
import { aCrmSync } from '../support/builders.ts';

describe('an event whose data does not fit its type', () => {
  it('names the first of thousands of places that do not fit', () => {
    let checks = 0;
    const b = z.unknown().refine(() => ++checks < 0);
    const catalog = { types: { CRM_Sync: { payload: z.array(z.object({ a: z.string(), b })) } } };
    const data = aCrmSync({ data: new Array<unknown>(5_000).fill({ b: 1 }) });
    const detail = attributesFor({ data }, catalog)['eventmend-detail' as never] as string;
    expect(detail).toHaveLength(240);
    expect(detail).toMatch(/^data\.0\.a: missing; data\.0\.b: custom; data\.1\.a: missing; /);
    expect(checks).toBeLessThan(20);
  });

  it('is told of names that are long without their ends, and of half a surrogate pair by another character', () => {
    const catalog = { types: { CRM_Sync: { payload: z.record(z.string(), z.array(z.string())) } } };
    const data = aCrmSync({ data: { ['x'.repeat(100_000)]: [1, 2] } });
    const detail = `data.${'x'.repeat(235)}`;
    expect(attributesFor({ data }, catalog)).toMatchObject(fails('ERR_INVALID_PAYLOAD', detail));
    const half = aCrmSync({ data: { ['\ud83d']: [1] } });
    expect(attributesFor({ data: half }, catalog)).toMatchObject(
      fails('ERR_INVALID_PAYLOAD', 'data.\ufffd.0: invalid_type'),
    );
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
