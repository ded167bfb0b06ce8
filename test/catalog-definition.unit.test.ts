import { sampleCatalog } from '../cli/start/sample-catalog.ts';
import { catalog as shipped } from '../shared/catalog.ts';
import { makeCatalog, withStreamSettings, type CatalogDefinition } from '../shared/catalog-definition.ts';
import type { StreamSettings, TypeDefinition } from '../shared/stream-settings.ts';
import { ConfigError } from '../shared/errors.ts';

/** The defaults that the documentation names. */
const defaults: StreamSettings = {
  graceMs: 60_000,
  resendTimeoutMs: 300_000,
  maxGap: 1_000,
  maxJump: 1_000_000,
  minConfidence: 0.8,
  assumedOriginals: 10,
  assumedVoids: 0.1,
  windowMs: 1_209_600_000,
  duplicates: 'letter',
  uuid: 'sequence',
  recover: true,
  numbering: 'consecutive',
  bucketMs: 1_000,
  maxStreams: 1_000,
  backfill: false,
  doubt: { near: 0.2, far: 0.125, pairs: 16 },
};

/** As long as messages are kept: retentionDays of topology.json. */
const weekMs = 604_800_000;

/** The problems that are reported of the settings of a stream, or with a catalog. */
function problemsOf(settings: Partial<StreamSettings>): readonly string[] {
  return problemsOfAll({ streams: { orders: settings } });
}

function problemsOfAll(definition: CatalogDefinition): readonly string[] {
  try {
    makeCatalog(definition);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the settings of a stream', () => {
  test('are the defaults where the catalog says nothing', () => {
    expect(makeCatalog({}).stream('orders')).toEqual(defaults);
  });

  test('are its own before those of every stream before the defaults', () => {
    const catalog = makeCatalog({
      streams: { default: { graceMs: 1, maxGap: 2 }, orders: { graceMs: 3, start: 7 } },
    });
    expect(catalog.stream('orders')).toEqual({ ...defaults, graceMs: 3, maxGap: 2, start: 7 });
    expect(catalog.stream('audit')).toEqual({ ...defaults, graceMs: 1, maxGap: 2 });
  });

  test.each(['toString', '__proto__', 'constructor'])('of a stream by the name of %s are like others', (name) => {
    expect(makeCatalog({ streams: { orders: { graceMs: 1 } } }).stream(name)).toEqual(defaults);
  });
});

describe('settings that make no sense', () => {
  test.each<[string, Partial<StreamSettings>]>([
    ['graceMs', { graceMs: -1 }],
    ['graceMs', { graceMs: Number.NaN }],
    ['resendTimeoutMs', { resendTimeoutMs: -1 }],
    ['maxGap', { maxGap: 0 }],
    ['maxJump', { maxJump: 0 }],
    ['windowMs', { windowMs: weekMs - 1 }],
    ['windowMs', { windowMs: Number.NaN }],
    ['minConfidence', { minConfidence: 1.01 }],
    ['minConfidence', { minConfidence: -0.1 }],
    ['minConfidence', { minConfidence: Number.NaN }],
    ['start', { start: 1.5 }],
    ['start', { start: -1 }],
    ['start', { start: 2 ** 53 }],
    ['numbering.step', { numbering: { step: 1 } }],
    ['numbering.step', { numbering: { step: 2.5 } }],
    ['numbering', { numbering: { step: Infinity } }],
    ['key', { key: 'id' as 'uuid' }],
    ['ignore.0', { ignore: ['attempt'] }],
    ['ignore', { ignore: '/attempt' as unknown as string[] }],
    ['next.ignore.1', { next: { ignore: ['/a', '/b~2'] } }],
    ['formerly', { formerly: { graceMs: 1 } as object }],
    ['doubt.near', { doubt: { near: 1.01, far: 0, pairs: 0 } }],
    ['doubt.far', { doubt: { near: 0, far: -0.1, pairs: 0 } }],
    ['doubt.pairs', { doubt: { near: 0, far: 0, pairs: Number.NaN } }],
  ])('are refused, and named: %s in %j', (name, settings) => {
    expect(problemsOf(settings).join()).toContain(`streams.orders.${name}`);
  });

  test('are a grace and a resend time-out of half the window or more, by which ids would be forgotten', () => {
    const half = { windowMs: weekMs, graceMs: weekMs / 2 - 100 };
    expect(problemsOf({ ...half, resendTimeoutMs: 99 })).toEqual([]);
    expect(problemsOf({ ...half, resendTimeoutMs: 100 })).toHaveLength(1);
  });

  test('are a window in which a message that comes again would no longer be recognised: messages are kept for a week', () => {
    expect(problemsOf({ windowMs: weekMs })).toEqual([]);
    expect(problemsOf({ windowMs: weekMs - 1 })).toEqual([
      'streams.orders.windowMs is 604799999; it must be a number of milliseconds, 604800000 or more, because Pub/Sub keeps messages that long (retentionDays of topology.json), and redelivered messages must be recognised',
    ]);
  });

  test('are two changes of identity at once, or a key without a uuid where uuids are unique in the stream', () => {
    expect(problemsOf({ next: {}, formerly: {} })).toEqual([
      'streams.orders: next and formerly are both set; finish one change of identity before the next one begins',
    ]);
    expect(problemsOf({ uuid: 'global', key: 'event_id' })).toEqual([
      "streams.orders: uuid is 'global', but by its key 'event_id' no uuid counts; remove one of them",
    ]);
    expect(problemsOfAll({ types: { Call: { next: {}, formerly: { ignore: ['/a'] } } } })).toHaveLength(1);
    expect(problemsOf({ uuid: 'global', key: 'uuid', ignore: ['/a/b~1c'], formerly: { key: 'event_id' } })).toEqual([]);
  });

  test('are refused for every stream, too', () => {
    expect(() => makeCatalog({ streams: { default: { maxGap: 0 } } })).toThrow('streams.default.maxGap');
  });

  test('are all reported together', () => {
    const definition = {
      streams: { orders: { maxGap: 0, maxJump: 0 }, audit: { minConfidence: 2 } },
      types: { Call: { consult: { share: 2 } } },
    };
    expect(problemsOfAll(definition).map((problem) => problem.split(' ')[0])).toEqual([
      'types.Call.consult.share',
      'streams.orders.maxGap',
      'streams.orders.maxJump',
      'streams.audit.minConfidence',
    ]);
  });

  test('are named once, where they are written, and not again for each stream that inherits them', () => {
    const streams = { default: { maxGap: 0, graceMs: weekMs }, orders: { maxJump: 0 }, audit: { resendTimeoutMs: 1 } };
    expect(problemsOfAll({ streams })).toEqual([
      'streams.default.maxGap is 0; it must be a number, 1 or more',
      'streams.orders.maxJump is 0; it must be a number, 1 or more',
      'streams.default: graceMs + resendTimeoutMs is 605100000; it must be less than half of windowMs (1209600000), or ids are forgotten before they are asked for',
      'streams.audit: graceMs + resendTimeoutMs is 604800001; it must be less than half of windowMs (1209600000), or ids are forgotten before they are asked for',
    ]);
  });

  test('are of the wrong type, which a build does not check', () => {
    const definition = {
      types: { Call: { payload: {}, system: 'salesforce', consult: 'often', inferable: 1, entity: ['data'] }, Lead: 1 },
      unknownTypes: 'refuse',
      streams: { orders: { graceMs: '5', maxGap: undefined, duplicates: 'drop', recover: 'no', start: '1' }, audit: 1 },
    };
    expect(problemsOfAll(definition as unknown as CatalogDefinition)).toEqual([
      'types.Call.payload is of type object; it must be a zod schema',
      `types.Call.system is "salesforce"; it must be one of 'hubspot', 'stripe', 'twilio'`,
      `types.Call.consult is "often"; it must be one of 'invalid', 'never', 'always', { share: a number from 0 to 1 }`,
      'types.Call.inferable is 1; it must be true or false',
      'types.Call.entity is of type object; it must be a path such as data.case',
      'types.Lead is 1; it must be an object with settings of the type',
      `unknownTypes is "refuse"; it must be one of 'pass', 'strict'`,
      'streams.orders.graceMs is "5"; it must be a number of milliseconds, 0 or more',
      'streams.orders.maxGap is not set; it must be a number, 1 or more',
      `streams.orders.duplicates is "drop"; it must be one of 'letter', 'count'`,
      'streams.orders.recover is "no"; it must be true or false',
      'streams.orders.start is "1"; it must be an id: a whole number from 0 to 9007199254740991',
      'streams.audit is 1; it must be an object with settings of the stream',
    ]);
  });

  it('are a key that needs ids, in a stream that has none, and too short a bucket', () => {
    expect(problemsOf({ numbering: 'none', key: 'event_id' })).toEqual([
      "streams.orders: numbering is 'none', but its key 'event_id' needs ids; remove the key",
    ]);
    expect(problemsOf({ numbering: 'none', key: 'uuid' })).toEqual([]);
    expect(problemsOf({ bucketMs: 9 })).toHaveLength(1);
  });

  test('are a numbering that is none of those that there are', () => {
    const takes = "it must be one of 'consecutive', 'none', { step: a whole number, 2 or more }, { holes: 'normal' }";
    const given = ['random', {}, { holes: 'odd' }, { step: 2, holes: 'normal' }, { step: '2' }, undefined, { step: 1 }];
    expect(given.map((numbering) => problemsOf({ numbering } as unknown as Partial<StreamSettings>))).toEqual([
      [`streams.orders.numbering is "random"; ${takes}`],
      [`streams.orders.numbering is of type object; ${takes}`],
      [`streams.orders.numbering is of type object; ${takes}`],
      [`streams.orders.numbering is of type object; ${takes}`],
      [`streams.orders.numbering is of type object; ${takes}`],
      [`streams.orders.numbering is not set; ${takes}`],
      ['streams.orders.numbering.step is 1; it must be a whole number, 2 or more'],
    ]);
  });

  test('are a doubt without one of its numbers, or with several wrong ones', () => {
    const given = [{ near: 0.5, pairs: 16 }, { near: 2, far: 2, pairs: -1 }, 0.2];
    expect(given.map((doubt) => problemsOf({ doubt } as unknown as Partial<StreamSettings>))).toEqual([
      ['streams.orders.doubt.far is not set; it must be a number from 0 to 1'],
      [
        'streams.orders.doubt.near is 2; it must be a number from 0 to 1',
        'streams.orders.doubt.far is 2; it must be a number from 0 to 1',
        'streams.orders.doubt.pairs is -1; it must be a number, 0 or more',
      ],
      [
        'streams.orders.doubt is 0.2; it must be an object { near: a number from 0 to 1, far: a number from 0 to 1, pairs: a number, 0 or more }',
      ],
    ]);
  });

  test.each([-0.1, 1.1, Number.NaN])('include a share of %d for checks', (share) => {
    expect(() => makeCatalog({ types: { Call: { consult: { share } } } })).toThrow(ConfigError);
  });

  test.each([0, 0.5, 1])('do not include a share of %d for checks', (share) => {
    expect(() => makeCatalog({ types: { Call: { consult: { share } } } })).not.toThrow();
  });
});

describe('unusual settings of a stream', () => {
  test('may be Infinity: whatever comes is inferred, accepted or remembered', () => {
    const settings = { maxGap: Infinity, maxJump: Infinity, windowMs: Infinity };
    expect(makeCatalog({ streams: { orders: settings } }).stream('orders')).toMatchObject(settings);
  });

  test.each<StreamSettings['numbering']>([{ step: 2 }, { step: 2 ** 53 - 1 }, { holes: 'normal' }, 'consecutive'])(
    'may be the numbering %j',
    (numbering) => {
      expect(makeCatalog({ streams: { orders: { numbering } } }).stream('orders').numbering).toEqual(numbering);
    },
  );

  test('may switch doubt off, or inference', () => {
    for (const pairs of [0, Infinity]) {
      const doubt = { near: 1, far: 1, pairs };
      expect(makeCatalog({ streams: { default: { doubt } } }).stream('orders').doubt).toEqual(doubt);
    }
  });

  test.each(['__proto__', 'toString'])('are checked for a stream by the name of %s, too', (name) => {
    const streams = Object.fromEntries([[name, { maxGap: 0 }]]);
    expect(problemsOfAll({ streams })).toEqual([`streams.${name}.maxGap is 0; it must be a number, 1 or more`]);
  });

  test('may not have names that are not settings: they may be misspelt', () => {
    const settings = { graceMs: 1, maxgap: 5 };
    expect(problemsOfAll({ streams: { orders: settings } })).toEqual([
      expect.stringMatching(/^streams\.orders\.maxgap is not known; known are graceMs, resendTimeoutMs, maxGap, /),
    ]);
  });
});

describe('a type', () => {
  test('is known if the catalog lists it, by its own name alone', () => {
    const call: TypeDefinition = { system: 'twilio' };
    const catalog = makeCatalog({ types: { Call: call } });
    expect(catalog.type('Call')).toBe(call);
    expect([catalog.type('call'), catalog.type('toString'), catalog.type('__proto__')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each<[boolean, string, TypeDefinition]>([
    [true, 'of which nothing is said', {}],
    [true, 'that is checked where it is invalid', { consult: 'invalid' }],
    [true, 'of which a share is checked', { consult: { share: 0.9 } }],
    [false, 'that is always checked', { consult: 'always' }],
    [true, 'that is always checked, and may be inferred all the same', { consult: 'always', inferable: true }],
    [false, 'that is said not to be inferable', { inferable: false }],
  ])('may be inferred (%s): one %s', (expected, _, type) => {
    expect(makeCatalog({ types: { Call: type } }).mayBeInferred('Call')).toBe(expected);
  });

  test('may be inferred where the catalog does not list it', () => {
    expect(makeCatalog({}).mayBeInferred('Call')).toBe(true);
  });
});

test('the catalog is strict only where it says so', () => {
  expect(
    [{}, { unknownTypes: 'pass' }, { unknownTypes: 'strict' }].map((it) => makeCatalog(it as object).strict),
  ).toEqual([false, false, true]);
});

describe('settings that hold for every stream instead of what the catalog says', () => {
  test('leave all else as it is, and the given catalog unchanged', () => {
    const definition = {
      types: { Call: {} },
      unknownTypes: 'strict',
      streams: { default: { maxGap: 5, graceMs: 9 }, orders: { graceMs: 1_000, start: 7 } },
    } as const;
    const catalog = makeCatalog(withStreamSettings(definition, { graceMs: 0 }));
    expect(catalog.stream('orders')).toEqual({ ...defaults, maxGap: 5, graceMs: 0, start: 7 });
    expect(catalog.stream('audit')).toEqual({ ...defaults, maxGap: 5, graceMs: 0 });
    expect([catalog.strict, catalog.type('Call')]).toEqual([true, {}]);
    expect(definition.streams.orders.graceMs).toBe(1_000);
  });
});

test('the catalog that is shipped knows no types, lets every type pass, and has the default settings', () => {
  const catalog = makeCatalog(shipped);
  const types = ['LeadCreated', 'Transaction', 'Call'];
  expect(types.map((name) => catalog.type(name))).toEqual([undefined, undefined, undefined]);
  expect(catalog.strict).toBe(false);
  expect(catalog.stream('default')).toEqual(defaults);
});

test('the catalog of the sample infers leads and syncs, and never money', () => {
  const catalog = makeCatalog(sampleCatalog);
  const types = ['LeadCreated', 'CRM_Sync', 'Transaction'];
  expect(types.map((name) => catalog.type(name)?.system)).toEqual(['hubspot', 'hubspot', 'stripe']);
  expect(types.map((name) => catalog.mayBeInferred(name))).toEqual([true, true, false]);
});

describe('what is reserved for eventmend probe', () => {
  const all: CatalogDefinition = {
    unknownTypes: 'strict',
    streams: { default: { graceMs: 3_600_000, resendTimeoutMs: 3_600_000, minConfidence: 1, recover: false } },
  };

  test('its stream is swept at once, whatever the catalog says of every stream', () => {
    const doubt = { near: 1, far: 1, pairs: 0 };
    const expected = { ...defaults, graceMs: 3_000, resendTimeoutMs: 3_000, minConfidence: 0, doubt, start: 1 };
    expect(makeCatalog(all).stream('eventmend-probe')).toEqual(expected);
    expect(makeCatalog(withStreamSettings({}, { graceMs: 9 })).stream('eventmend-probe')).toEqual(expected);
  });

  test('its type is known to a strict catalog, and may be inferred', () => {
    expect(makeCatalog(all).type('EventmendProbe')).toEqual({});
    expect(makeCatalog(all).mayBeInferred('EventmendProbe')).toBe(true);
  });

  test('a catalog may name neither', () => {
    expect(
      problemsOfAll({
        streams: { 'eventmend-probe': { graceMs: 9 } },
        types: { EventmendProbe: { system: 'stripe' } },
      }),
    ).toEqual([
      'streams.eventmend-probe is reserved for eventmend probe; take another name',
      'types.EventmendProbe is reserved for eventmend probe; take another name',
    ]);
  });
});
