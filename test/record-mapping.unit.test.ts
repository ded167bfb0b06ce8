import { makeCatalog } from '../shared/catalog-definition.ts';
import { ConfigError } from '../shared/errors.ts';
import type { StreamSettings, TypeDefinition } from '../shared/stream-settings.ts';

const hourMs = 3_600_000;

type RecordSetting = NonNullable<TypeDefinition['record']>;

const mapped: RecordSetting = { kind: 'charge', id: '/data/id', fields: { '/data/amount': '/amount' } };

/** The problems that are reported of the record of a type. */
function problemsOf(
  record: Partial<Record<keyof RecordSetting, unknown>> | undefined,
  type: Omit<TypeDefinition, 'record'> = { system: 'stripe' },
  streams: Record<string, Partial<StreamSettings>> = {},
): readonly string[] {
  try {
    makeCatalog({
      types: { Paid: { ...type, record: record && { ...mapped, ...record } } as TypeDefinition },
      streams,
    });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('a record is refused', () => {
  test.each(['/event_id', '/uuid', '/timestamp', '/type', '/valid', '/_eventmend/x'])(
    'that is mapped onto %s, since a correction would make another event',
    (pointer) => {
      expect(problemsOf({ fields: { [pointer]: '/amount' } })).toEqual([
        `types.Paid.record.fields.${pointer} may not be mapped: the identity of an event is never corrected`,
      ]);
    },
  );

  test.each(['/data/region', '/data', '/data/region/code'])(
    'that is mapped onto %s, if a value there names the stream',
    (pointer) => {
      const fields = { [pointer]: '/amount' };
      expect(() =>
        makeCatalog({
          types: { Paid: { system: 'stripe', record: { ...mapped, fields } } },
          sources: { shops: { stream: ['/data/region'] } },
        }),
      ).toThrow(`types.Paid.record.fields.${pointer} may not be mapped`);
    },
  );

  test('of a kind that the system does not have', () => {
    expect(problemsOf({ kind: 'contact' })).toEqual([
      `types.Paid.record.kind is "contact"; it must be one of 'event', 'charge', 'refund', 'payment_intent', 'customer'`,
    ]);
  });

  test('without a system', () => {
    expect(problemsOf({}, {})).toEqual(['types.Paid.record needs a system, which says where the record is']);
  });

  test('without a value to compare, or with one inside another', () => {
    expect(problemsOf({ fields: {} })).toEqual(['types.Paid.record.fields is empty; it must name a value to compare']);
    expect(problemsOf({ fields: { '/data/a': '/a', '/data/a/b': '/b' } })).toEqual([
      'types.Paid.record.fields./data/a/b lies within /data/a; map only one of them',
    ]);
  });

  test('with a pointer that is none, or a way to compare that there is not', () => {
    expect(problemsOf({ id: 'data.id' })).toEqual([
      'types.Paid.record.id is "data.id"; it must be a JSON pointer such as /data/amount',
    ]);
    expect(problemsOf({ fields: { '/a': { at: '/a', as: 'money' } } })).toEqual([
      'types.Paid.record.fields./a is of type object; it must be a JSON pointer such as /properties/amount, or { at: a JSON pointer, as: how it is compared, fixed: true or false }',
    ]);
  });

  test('with a patience longer than a quarter of the time for which messages are kept, or ids remembered', () => {
    expect(problemsOf({ patienceMs: 42 * hourMs })).toEqual([]);
    expect(problemsOf({ patienceMs: 42 * hourMs + 1 })[0]).toContain('it must be at most 151200000');
  });
});

describe('what is fixed', () => {
  const fixedOf = (system: 'stripe' | 'hubspot' | 'twilio', kind: string, at: string, fixed?: boolean) => {
    const field = fixed === undefined ? { at } : { at, fixed };
    const T = { system, record: { kind, id: '/id', fields: { '/a': field } } };
    return makeCatalog({ types: { T } }).mapping('T')?.fields[0]?.isFixed;
  };

  test('follows from what the vendor documents', () => {
    expect(fixedOf('stripe', 'charge', '/amount')).toBe(true);
    expect(fixedOf('stripe', 'payment_intent', '/amount')).toBe(false);
    expect(fixedOf('stripe', 'event', '/data/object/amount')).toBe(true);
    expect(fixedOf('stripe', 'event', '/pending_webhooks')).toBe(false);
    expect(fixedOf('hubspot', 'deal', '/properties/createdate')).toBe(true);
    expect(fixedOf('hubspot', 'deal', '/properties/amount')).toBe(false);
    expect(fixedOf('twilio', 'message', '/to')).toBe(true);
    expect(fixedOf('twilio', 'message', '/status')).toBe(false);
  });

  test('or from the catalog, which knows better', () => {
    expect(fixedOf('hubspot', 'deal', '/properties/amount', true)).toBe(true);
    expect(fixedOf('stripe', 'charge', '/amount', false)).toBe(false);
  });
});
