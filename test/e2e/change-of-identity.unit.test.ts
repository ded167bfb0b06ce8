import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { formerContentHash } from '../../shared/former-content-hash.ts';
import { readJsonObject } from '../../shared/json.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import { segment, stripe } from '../../shared/sources/presets.ts';
import type { SourceDefinition } from '../../shared/sources/source.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { applyClaims, applyMarks } from '../../shared/tracking/apply-claims.ts';
import { blockIndex, emptyBlock, type Block } from '../../shared/tracking/block.ts';
import { cleanMessage } from '../../shared/tracking/clean-message.ts';
import { claimsOf, makeClaim, type Claim } from '../../shared/tracking/claim.ts';
import { parseIso8601 } from '../../shared/timestamps/iso8601.ts';
import { assessed } from '../support/assessments.ts';

/*
 * An event is delivered several times, while the settings that identify it are changed. Each deployment reads it with its
 * own catalog, and all claim the same block.
 */

const withSettings = (settings: Partial<StreamSettings>): CatalogDefinition => ({ streams: { default: settings } });

/** An event of a producer that sends it again with another timestamp and a count of its tries. */
const sent = (attempt: number): string =>
  `{"event_id":6,"type":"T","timestamp":"2025-02-09T12:00:0${attempt}Z","uuid":"A/B","attempt":${attempt}}`;

interface DeliveryOf {
  readonly topic?: string;
  readonly catalog: CatalogDefinition;
  readonly messageId: string;
  readonly data: string;
}

/** The result of each delivery to track: the key of a clean event, or the verdict. */
function outcomesOf(
  deliveries: readonly DeliveryOf[],
  before: readonly Claim[] = [],
  areMarked = false,
): readonly string[] {
  let block: Block | undefined;
  return deliveries.map(({ catalog, ...delivery }) => {
    const { message } = assessed(delivery, catalog);
    const routing = decodeRouting(message.attributes);
    const claims = claimsOf(routing);
    block ??= applyClaims(emptyBlock(blockIndex(routing.eventId)), before).block;
    const applied = applyClaims(block, claims);
    const marks = areMarked ? claims.map((claim) => ({ ...claim, as: 'published' as const })) : [];
    block = applyMarks(applied.block, marks);
    const verdict = applied.verdicts[0]!;
    if (verdict.act !== 'publish') return verdict.act;
    return cleanMessage(message, routing, verdict).attributes.idempotency_key!;
  });
}

const byUuid = withSettings({});
const byId = { key: 'event_id', ignore: ['/timestamp', '/attempt'] } as const;
const next = withSettings({ next: byId });
const formerly = withSettings({ ...byId, formerly: {} });
const after = withSettings(byId);

describe('the key of a running stream is changed in two deployments:', () => {
  const first = { messageId: '1', data: sent(0) };
  const copy = { messageId: '2', data: sent(0) };
  const resent = { messageId: '3', data: sent(1) };

  it('an event that came before keeps its key, and its copies are duplicates in each deployment', () => {
    const [key, ...others] = outcomesOf([
      { ...first, catalog: byUuid },
      { ...copy, catalog: next },
      { ...copy, messageId: '4', catalog: formerly },
    ]);
    expect(key).toMatch(/^default\/~/);
    expect(others).toEqual(['duplicate', 'duplicate']);
  });

  it('a message that each deployment reads again is published under one key, also if a publish is not known', () => {
    const keys = outcomesOf([byUuid, next, formerly].map((catalog) => ({ ...first, catalog })));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^default\/~/);
  });

  it('instances of both deployments may take turns', () => {
    const turns = [formerly, next, formerly, next];
    const outcomes = outcomesOf(turns.map((catalog, i) => ({ ...first, messageId: String(i), catalog })));
    expect(outcomes).toEqual(['default/6/id', 'duplicate', 'duplicate', 'duplicate']);
  });

  it('what the new settings alone take for a copy is one, once the event came under them', () => {
    const outcomes = outcomesOf([
      { ...first, catalog: formerly },
      { ...resent, catalog: formerly },
      { ...resent, messageId: '4', catalog: after },
    ]);
    expect(outcomes).toEqual(['default/6/id', 'duplicate', 'duplicate']);
  });

  it('in one deployment the event would be published twice', () => {
    const outcomes = outcomesOf([
      { ...first, catalog: byUuid },
      { ...copy, catalog: after },
    ]);
    expect(outcomes[1]).toBe('default/6/id');
  });
});

describe('the uuid of a source is changed in two deployments:', () => {
  const withSource = (given: SourceDefinition): CatalogDefinition => ({ sources: { outbox: given } });
  const fields = { event_id: '/seq', type: '/kind', timestamp: '/at' };
  const [byRow, byMessage] = [{ uuid: '/row' }, { uuid: { joined: ['/message', '/part'] } }];
  const deployments = [
    withSource({ fields: { ...fields, ...byRow } }),
    withSource({ fields: { ...fields, ...byRow }, next: { fields: byMessage } }),
    withSource({ fields: { ...fields, ...byMessage }, formerly: { fields: byRow } }),
  ];
  const data = '{"seq":6,"kind":"T","at":"2025-02-09T12:00:00Z","row":"r-1","message":"m-1","part":2}';
  const sentTo = (catalog: CatalogDefinition, n: number) => ({
    catalog,
    messageId: `${n}`,
    data,
    topic: 'sources/outbox',
  });

  it('an event that came before keeps its key, and its copies are duplicates', () => {
    expect(outcomesOf(deployments.map(sentTo))).toEqual(['outbox/r-1', 'duplicate', 'duplicate']);
  });

  it('instances of both deployments may take turns', () => {
    const [, next, formerly] = deployments as [CatalogDefinition, CatalogDefinition, CatalogDefinition];
    expect(outcomesOf([formerly, next, formerly].map(sentTo))).toEqual(['outbox/m-1~.2', 'duplicate', 'duplicate']);
  });

  describe('in a stream without numbers, where the key decides the cell,', () => {
    const unnumbered = deployments.map((catalog) => ({
      ...catalog,
      streams: { outbox: { numbering: 'none' } as const },
    }));

    it('an event that came before keeps its key, and its copies are duplicates', () => {
      expect(outcomesOf(unnumbered.map(sentTo))).toEqual(['outbox/r-1', 'duplicate', 'duplicate']);
    });

    it('instances of both deployments may take turns', () => {
      const turns = [2, 1, 2].map((deployment) => unnumbered[deployment]!);
      expect(outcomesOf(turns.map(sentTo))).toEqual(['outbox/m-1~.2', 'duplicate', 'duplicate']);
    });

    it('a message that each deployment reads again is published under one key, and is marked', () => {
      const again = unnumbered.map((catalog) => ({ ...sentTo(catalog, 1) }));
      expect(outcomesOf(again)).toEqual(['outbox/r-1', 'outbox/r-1', 'outbox/r-1']);
      expect(outcomesOf(again, [], true)).toEqual(['outbox/r-1', 'drop', 'drop']);
    });
  });

  describe('or the whole format, from fields to a preset,', () => {
    const before = { type: '/type', timestamp: { at: '/created', in: 's' }, uuid: 'content', data: '/data' } as const;
    const byFields = { sources: { outbox: { fields: before } }, streams: { outbox: { numbering: 'none' } } } as const;
    const ofEach: readonly CatalogDefinition[] = [
      byFields,
      { ...byFields, sources: { outbox: { fields: before, next: { fields: stripe() } } } },
      { ...byFields, sources: { outbox: { fields: stripe(), formerly: { fields: before } } } },
      { ...byFields, sources: { outbox: { fields: stripe() } } },
    ];
    const charge = '{"id":"evt_1","type":"charge","created":1767200000,"data":{"object":{}},"pending_webhooks":2}';
    const chargeTo = (deployment: number, n: number) => ({ ...sentTo(ofEach[deployment]!, n), data: charge });

    it('an event that came before keeps its key, and its copies are duplicates', () => {
      const [key, ...others] = outcomesOf([0, 1, 2].map(chargeTo));
      expect(key).not.toBe('outbox/evt_1');
      expect(others).toEqual(['duplicate', 'duplicate']);
    });

    it('instances of both deployments may take turns', () => {
      expect(outcomesOf([2, 1, 2, 3].map(chargeTo))).toEqual(['outbox/evt_1', 'duplicate', 'duplicate', 'duplicate']);
    });

    it('in one deployment the event would be published twice', () => {
      expect(outcomesOf([0, 3].map(chargeTo))[1]).toBe('outbox/evt_1');
    });

    it('a format that reads another timestamp is a problem of the catalog', () => {
      const other = { ...byFields, sources: { outbox: { fields: before, next: { fields: segment() } } } };
      expect(() => makeCatalog(other)).toThrow(
        'sources.outbox: next and formerly must read the timestamp as fields does',
      );
    });
  });

  it('a catalog has one such change at a time', () => {
    const both = withSource({ fields: { ...fields }, next: { fields: byRow }, formerly: { fields: byMessage } });
    expect(() => makeCatalog(both)).toThrow('sources.outbox: next and formerly are both set');
    expect(() => makeCatalog(withSource({ next: { fields: byRow } }))).toThrow(
      'sources.outbox: next and formerly need fields',
    );
    expect(() => makeCatalog(withSource({ fields, next: { uuid: '/row' } as never }))).toThrow('sources.outbox.next');
  });
});

describe('an event of an earlier release, whose blocks have format 2,', () => {
  /** The claim of the earlier release for an event: it knew the uuid as it is spelt, and numbers by their text. */
  function claimedBefore(data: string, key: string): Claim {
    const object = readJsonObject(Buffer.from(data));
    if (typeof object === 'string') throw new Error(object);
    const { message } = assessed({ data, messageId: '1' });
    const routing = decodeRouting(message.attributes);
    const hash = formerContentHash(object, parseIso8601('2025-02-09T12:00:00Z'), false);
    return makeClaim({ root: 'events/1', key, formerly: undefined }, { ...claimsOf(routing)[0]!, hash });
  }

  const text = (members: string) => `{"event_id":6,"type":"T","timestamp":"2025-02-09T12:00:00Z",${members}}`;

  it.each([
    ['a number with zeros at its end', text('"n":1.0'), '6/1739102400000'],
    [
      'a UUID in upper case',
      text('"uuid":"0F8B1C1E-1111-4A4A-8B8B-00000000ABCD"'),
      '0F8B1C1E-1111-4A4A-8B8B-00000000ABCD',
    ],
    ['data that is null', text('"data":null'), '6/1739102400000'],
    ['nothing unusual', text('"data":{"a":[1,0.5,"x"]}'), '6/1739102400000'],
  ])('is known again where it has %s, and keeps its key', (_, data, key) => {
    const before = [claimedBefore(data, key)];
    const [redelivered, copy] = outcomesOf(
      ['1', '2'].map((messageId) => ({ catalog: byUuid, messageId, data })),
      before,
    );
    expect([redelivered, copy]).toEqual([`default/${key}`, 'duplicate']);
  });
});
