import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { ConfigError } from '../../shared/errors.ts';
import type { ListSettings } from '../../shared/reconciliation/list-settings.ts';
import type { SourceDefinition } from '../../shared/sources/source.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { hubspot, segment, stripe, twilio } from '../../shared/sources/presets.ts';

const list: ListSettings = { system: 'stripe', types: ['charge.succeeded'] };
/** A source of HubSpot's records, as a producer of one's own publishes them. */
const records: SourceDefinition['fields'] = {
  uuid: { joined: ['/id', '/updatedAt'] },
  timestamp: '/updatedAt',
  type: '/properties/hs_pipeline',
};

function problemsOf(
  changed: Partial<ListSettings> | object,
  {
    fields = stripe(),
    settings = {},
  }: { fields?: SourceDefinition['fields']; settings?: Partial<StreamSettings> } = {},
): readonly string[] {
  const own = { list: { ...list, ...changed }, ...settings } as Partial<StreamSettings>;
  return problemsOfCatalog({ sources: { 'pay-hooks': { stream: 'pay', fields } }, streams: { pay: own } });
}

function problemsOfCatalog(definition: CatalogDefinition): readonly string[] {
  try {
    makeCatalog(definition);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('a list is accepted', () => {
  test.each([
    ['of Stripe, in the format of its webhooks', {}, stripe()],
    ['of connected accounts of Stripe, and its own', { accounts: ['own', 'acct_1'] }, stripe()],
    ['of Twilio, in the format of its callbacks', { system: 'twilio', types: ['delivered', 'failed'] }, twilio()],
    ['of HubSpot, of records whose uuid is made of id and time', { system: 'hubspot', types: ['deal'] }, records],
  ])('%s', (_, changed, fields) => {
    const settings = 'preset' in fields ? {} : ({ numbering: 'none' } as const);
    expect(problemsOf(changed, { fields, settings })).toEqual([]);
  });

  test('with its own defaults by system, and one list for each account', () => {
    const sources = { 'pay-hooks': { stream: 'pay', fields: stripe() } };
    const { lists } = makeCatalog({ sources, streams: { pay: { list: { ...list, accounts: ['own', 'acct_1'] } } } });
    const own = { stream: 'pay', system: 'stripe', lagMs: 300_000, overlapMs: 600_000, reachMs: 2_592_000_000 };
    expect(lists).toMatchObject([
      { ...own, name: 'stripe', account: undefined },
      { ...own, name: 'stripe.acct_1', account: 'acct_1' },
    ]);
  });
});

describe('a list whose items cannot have the key of their messages is refused', () => {
  const at = 'streams.pay.list: sources.pay-hooks.fields';
  test.each([
    ['HubSpot’s webhooks, which have ids of their own', { system: 'hubspot', types: ['deal'] }, hubspot()],
    ['callbacks in the place of events', {}, segment()],
    ['Stripe’s events in the place of callbacks', { system: 'twilio', types: ['delivered'] }, stripe()],
  ] as const)('%s', (_, changed, fields) => {
    expect(problemsOf(changed, { fields }).join()).toContain(`${at}.uuid: it must be`);
  });

  test('because a Sid alone is not the key of a status', () => {
    const fields = { uuid: '/MessageSid', timestamp: 'publish-time', type: '/MessageStatus' } as const;
    const settings = { numbering: 'none', uuid: 'global' } as const;
    const [problem] = problemsOf({ system: 'twilio', types: ['delivered'] }, { fields, settings });
    expect(problem).toMatch(/uuid: it must be \{ joined: \['\/MessageSid', '\/MessageStatus'\] \}/);
  });

  test('because its timestamp would be another', () => {
    const fields = { uuid: '/id', timestamp: '/received', type: '/type' } as const;
    expect(problemsOf({}, { fields, settings: { numbering: 'none' } })).toEqual([
      `${at}.timestamp: it must be { at: '/created', in: 's' }, as in stripe(), or a recovered event and its late message would be two events`,
    ]);
  });
});

describe('a list is refused', () => {
  test('in a stream with numbers', () => {
    expect(problemsOf({}, { settings: { numbering: 'consecutive' } }).join()).toContain(
      "streams.pay.list is for streams without numbers; set streams.pay.numbering: 'none'",
    );
  });

  test('for every stream at once', () => {
    expect(problemsOfCatalog({ streams: { default: { list } } })).toEqual([
      'streams.default.list would be that of every stream; set it under the name of one stream',
    ]);
  });

  test('in a stream that no source has to itself', () => {
    const wanted = "streams.pay.list needs a source that writes into this stream alone: sources.NAME.stream: 'pay'";
    expect(problemsOfCatalog({ streams: { pay: { list, numbering: 'none' } } })).toEqual([wanted]);
    const sources = { pay: { stream: ['/account'], fields: stripe() } } as const;
    expect(problemsOfCatalog({ sources, streams: { pay: { list } } })).toEqual([wanted]);
  });

  test.each([
    ['types has "delivered"; it must be a type of event', { types: ['delivered'] }],
    ['types is of type object; it must be a list of at least one type', { types: [] }],
    ['types has 21 types; stripe takes at most 20', { types: Array.from({ length: 21 }, (_, i) => `charge.t${i}`) }],
    ['properties is for HubSpot only', { properties: ['amount'] }],
    ['accounts.0 is "acct"', { accounts: ['acct'] }],
    ['since is "yesterday"', { since: 'yesterday' }],
    ['lagMs + overlapMs is 1036800000', { lagMs: 1_036_200_000 }],
    ['must be an object { system, types } and nothing else', { typos: 1 }],
  ])('that names what the system does not have: %s', (problem, changed) => {
    expect(problemsOf(changed).join()).toContain(problem);
  });

  test('with statuses that a message passes through, which Twilio’s list does not tell', () => {
    expect(problemsOf({ system: 'twilio', types: ['sent'] }, { fields: twilio() })).toEqual([
      `streams.pay.list.types has "sent"; it must be a last status: 'delivered', 'undelivered', 'failed', 'canceled', 'read'`,
    ]);
  });
});
