import { Firestore, type Query } from '@google-cloud/firestore';
import type { LetterFilter } from '../../shared/dead-letter/letter-filter.ts';
import { dueQuery, letterQuery, oldestQuery } from '../../shared/gcp/letter-query.ts';
import { readTerraform } from './terraform.ts';

/*
 * The emulator answers every query, whatever indexes there are. So the shape of each query is compared with the indexes
 * that Terraform makes.
 */

const firestore = new Firestore({ projectId: 'eventmend-test' });
const letters = firestore.collection('dead-letters');

const allFilters: Required<Omit<LetterFilter, 'id' | 'fromMs' | 'toMs'>> = {
  state: 'open',
  code: 'ERR_STALE',
  reason: 'r',
  source: 's',
  stream: 'orders',
  type: 'Paid',
  stage: 'track',
};

let indexes: readonly string[];
let collections: Readonly<Record<string, { readonly indexes: object }>>;
beforeAll(async () => {
  const { text, locals } = await readTerraform();
  collections = (locals.collections as { readonly letters: typeof collections }).letters;
  const made = text.matchAll(
    /for field in local\.letter_filters : \S+ => \{ field = field, order = "(ASCENDING|DESCENDING)" \}/g,
  );
  const fields = locals.letter_filters as readonly string[];
  indexes = [...made].flatMap(([, order = '']) => fields.map((field) => `${field} ASCENDING, filedAt ${order}`));
});
afterAll(() => firestore.terminate());

interface Shape {
  readonly equal: readonly string[];
  /** The fields that are compared otherwise, each once. */
  readonly compared: readonly string[];
  readonly order: readonly string[];
}

/** The shape of a query as it is sent. */
function shapeOf(query: Query): Shape {
  const { structuredQuery } = (query as unknown as { toProto(): { structuredQuery: StructuredQuery } }).toProto();
  const { where, orderBy } = structuredQuery;
  const filters = where?.compositeFilter?.filters ?? (where ? [where] : []);
  const named = filters.map(
    ({ fieldFilter }) => [fieldFilter?.field.fieldPath ?? '?', fieldFilter?.op ?? '?'] as const,
  );
  return {
    equal: named.filter(([, op]) => op === 'EQUAL').map(([field]) => field),
    compared: [...new Set(named.filter(([, op]) => op !== 'EQUAL').map(([field]) => field))],
    order: orderBy.map(({ field, direction }) => `${field.fieldPath} ${direction}`),
  };
}

interface Filtered {
  readonly fieldFilter?: { readonly field: { readonly fieldPath: string }; readonly op: string };
}
interface StructuredQuery {
  readonly where?: Filtered & { readonly compositeFilter?: { readonly filters: readonly Filtered[] } };
  readonly orderBy: readonly { readonly field: { readonly fieldPath: string }; readonly direction: string }[];
}

const names = Object.keys(allFilters) as readonly (keyof typeof allFilters)[];
/** Every combination of the filters, each also with a time and with an id. */
const combinations: readonly LetterFilter[] = Array.from({ length: 2 ** names.length }, (_, bits) =>
  Object.fromEntries(names.filter((_, i) => (bits >> i) % 2 === 1).map((name) => [name, allFilters[name]])),
).flatMap((filter) => [filter, { ...filter, fromMs: 1, toMs: 2 }, { ...filter, stream: 'orders', id: 7 }]);

test.each([
  ['newest', 'DESCENDING'],
  ['oldest', 'ASCENDING'],
] as const)(
  'a search of the %s compares indexed fields for equality and the time, and is ordered by it',
  (sort, way) => {
    expect(combinations).toHaveLength(3 * 128);
    for (const filter of combinations) {
      const { equal, compared, order } = shapeOf(letterQuery(letters, filter, sort));
      expect(order).toEqual([`filedAt ${way}`, `__name__ ${way}`]);
      expect(compared).toEqual(filter.fromMs === undefined ? [] : ['filedAt']);
      const needed = equal.map((field) => `${field} ASCENDING, filedAt ${way}`);
      expect(indexes).toEqual(expect.arrayContaining(needed));
      expect(collections['dead-letters']?.indexes).toMatchObject({ filedAt: expect.arrayContaining([way]) as unknown });
    }
  },
);

test('a search for one id names the digest of stream and id in place of the stream', () => {
  expect(shapeOf(letterQuery(letters, { stream: 'orders', id: 7 })).equal).toEqual(['about']);
});

test('the search for the oldest letter of a state has an index too', () => {
  const { equal, compared, order } = shapeOf(oldestQuery(letters, 'open'));
  expect([equal, compared, order]).toEqual([['state'], [], ['filedAt ASCENDING']]);
  expect(indexes).toContain('state ASCENDING, filedAt ASCENDING');
});

test('the search for records that are due compares and orders one indexed field', () => {
  const { equal, compared, order } = shapeOf(dueQuery(letters, 1));
  expect([equal, compared, order]).toEqual([[], ['dueAt'], ['dueAt ASCENDING']]);
  const { indexes: single } = collections['dead-letters']!;
  expect(single).toMatchObject({ dueAt: ['ASCENDING'] });
});
