import { makeCatalog, withStreamSettings, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { ConfigError } from '../../shared/errors.ts';
import { hubspot, stripe, twilio } from '../../shared/sources/presets.ts';
import type { SourceDefinition } from '../../shared/sources/source.ts';

function problemsOf(catalog: CatalogDefinition): readonly string[] {
  try {
    makeCatalog(catalog);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** The problems of sources that a user wrote without types. */
function problemsOfSources(sources: Readonly<Record<string, unknown>>): readonly string[] {
  return problemsOf({ sources: sources as Readonly<Record<string, SourceDefinition>> });
}

describe('the sources of a catalog', () => {
  it('always have events, whose messages name their stream', () => {
    expect(makeCatalog({}).sources.all).toMatchObject([{ name: 'events', stream: 'attribute', answers: true }]);
    expect(problemsOf({ sources: { events: {} } })).toEqual([]);
  });

  it('own their streams: a fixed name, by default their own, or all names that are made of values', () => {
    const { sources } = makeCatalog({
      sources: {
        crm: { stream: ['/portalId'], fields: hubspot() },
        payments: { stream: 'money', fields: stripe() },
        refunds: { stream: 'money', fields: stripe() },
        calls: { fields: twilio() },
      },
    });
    const writers = (stream: string) => sources.writersOf(stream).map(({ name }) => name);
    expect(writers('money')).toEqual(['payments', 'refunds']);
    expect(writers('calls')).toEqual(['calls']);
    expect(writers('crm~.33')).toEqual(['crm']);
    expect(writers('crm')).toEqual(['crm']);
    expect(writers('orders')).toEqual(['events']);
    expect(writers('__proto__')).toEqual(['events']);
  });

  it('give their streams the settings of their format, under those of the catalog', () => {
    const catalog = makeCatalog({
      sources: { crm: { stream: ['/portalId'], fields: hubspot() }, calls: { fields: twilio() } },
      streams: {
        default: { graceMs: 1 },
        crm: { maxGap: 7 },
        'crm~.33': { maxGap: 8 },
        calls: { duplicates: 'letter' },
      },
    });
    expect(catalog.stream('crm~.34')).toMatchObject({ graceMs: 1, maxGap: 7, duplicates: 'count' });
    expect(catalog.stream('crm~.33')).toMatchObject({ graceMs: 1, maxGap: 8, duplicates: 'count' });
    expect(catalog.stream('calls')).toMatchObject({ duplicates: 'letter', uuid: 'global' });
    expect(catalog.stream('orders')).toMatchObject({ graceMs: 1, duplicates: 'letter' });
  });

  it('keep their settings where some are replaced for every stream', () => {
    const catalog = makeCatalog(withStreamSettings({ sources: { crm: { fields: hubspot() } } }, { graceMs: 5 }));
    expect(catalog.stream('crm')).toMatchObject({ graceMs: 5, duplicates: 'count' });
  });
});

describe('a source that makes no sense', () => {
  it.each<[unknown, string]>([
    [
      'x',
      'sources.shop is "x"; it must be an object with stream, fields, split, answers, template, next, formerly and closed, and nothing else',
    ],
    [{ feilds: {} }, 'sources.shop is of type object; it must be an object with stream, fields'],
    [{ stream: 'a b' }, 'sources.shop.stream is "a b"; it must be the name of a stream, or a list of the places'],
    [{ stream: [] }, 'sources.shop.stream is of type object; it must be the name of a stream, or a list'],
    [{ stream: ['source'] }, 'sources.shop.stream.0 is "source"; it must be a JSON Pointer such as /data/id'],
    [{ stream: 'default' }, 'sources.shop.stream is "default", which is not free'],
    [{ stream: 'eventmend-probe' }, 'sources.shop.stream is "eventmend-probe", which is not free'],
    [{ fields: { preset: 'strype' } }, 'sources.shop.fields is of type object; it must be a preset such as stripe()'],
    [{ fields: { type: 'type' } }, 'sources.shop.fields.type is "type"; it must be a JSON Pointer such as /data/id'],
    [{ split: 'rows' }, `sources.shop.split is "rows"; it must be 'array', 'lines', or a JSON Pointer to an array`],
    [{ answers: 'yes' }, 'sources.shop.answers is "yes"; it must be true or false'],
    [{ template: 'x' }, 'sources.shop.template is "x"; it must be an object with members of an inferred event'],
    [
      { fields: { preset: 'stripe', sequence: true } },
      'sources.shop.fields: sequence is an option of cloudEvents() only',
    ],
  ])('%j is refused, and the problem says what is accepted', (source, problem) => {
    expect(problemsOfSources({ shop: source })).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['cleaned-events', 'sources.cleaned-events is the name of a topic or stream of Eventmend; take another name'],
    ['default', 'sources.default is the name of a topic or stream of Eventmend; take another name'],
    [
      'a/b',
      'sources.a/b: a source\'s name has 3 to 60 letters, digits, ".", "_" and "-", the first a letter, and does not begin with goog',
    ],
    ['google', "sources.google: a source's name has 3 to 60 letters"],
    ['ab', "sources.ab: a source's name has 3 to 60 letters"],
  ])('is refused by the name of %s', (name, problem) => {
    expect(problemsOfSources({ [name]: {} })).toEqual([expect.stringContaining(problem)]);
  });

  it('is refused if events is to have another format', () => {
    expect(problemsOfSources({ events: { fields: stripe() } })).toEqual([
      'sources.events: it always has the default format; give events of another format a source of their own',
    ]);
  });

  it('is refused if its timestamps differ between copies and its uuids are not global', () => {
    const source = { fields: { timestamp: 'publish-time' as const, uuid: '/id' } };
    expect(problemsOf({ sources: { shop: source }, streams: { shop: { uuid: 'global' } } })).toEqual([]);
    expect(problemsOf({ sources: { shop: source } })).toEqual([
      "sources.shop.fields.timestamp is 'publish-time': two copies of an event then have different timestamps, so streams.shop.uuid must be 'global'",
    ]);
  });

  it('is refused if another source reads the same stream otherwise', () => {
    expect(problemsOfSources({ one: { stream: 'money', fields: stripe() }, two: { stream: 'money' } })).toEqual([
      'sources.two and sources.one write into the stream money; they must have the same fields',
    ]);
    expect(problemsOfSources({ one: { stream: ['/a'] }, two: { stream: 'one' } })).toEqual([
      'sources.two and sources.one both take the name one; give one of them another name',
    ]);
  });

  it('is reported with all other problems of the catalog', () => {
    const catalog = { sources: { shop: { split: 'rows' }, events: { answers: true } }, streams: { a: { maxGap: 0 } } };
    expect(problemsOf(catalog)).toHaveLength(3);
  });
});
