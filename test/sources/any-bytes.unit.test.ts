import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { cloudEvents, debezium, hubspot, segment, stripe, twilio } from '../../shared/sources/presets.ts';
import { assess } from '../../shared/validation/assess.ts';
import { aDelivery, noon } from '../support/builders.ts';

const catalog = makeCatalog({
  sources: {
    events1: { stream: 'one' },
    lines: { split: 'lines', fields: { event_id: '/n', uuid: 'content', timestamp: { at: '/t', in: 'us' } } },
    nested: { stream: ['/a/b', 'attribute:origin', 'ordering-key'], split: '/batch/0/events', answers: true },
    numbered: { stream: ['/source'], fields: cloudEvents({ sequence: true }) },
    cloud: { fields: cloudEvents() },
    payments: { fields: stripe() },
    crm: { stream: ['/portalId'], fields: hubspot() },
    tracks: { fields: segment() },
    calls: { fields: twilio() },
    changes: { fields: debezium() },
  },
});
const sources = catalog.sources.all.map(({ name }) => name);

const words = [
  'id',
  'type',
  'time',
  'source',
  'sequence',
  'batch',
  'payload',
  'n',
  't',
  'a',
  'b',
  'created',
  '__proto__',
];
const aKey = fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 4 }));
const aValue = fc.oneof(
  fc.constantFrom('1', '2025-02-09T12:00:00Z', Number.MAX_VALUE, -0, 1_739_102_400),
  fc.jsonValue(),
);
const anObject = fc.dictionary(aKey, aValue, { noNullPrototype: true });
const aBody = fc.oneof(
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.string().map((text) => Buffer.from(text)),
  anObject.map((object) => Buffer.from(JSON.stringify(object))),
  fc.array(anObject, { maxLength: 4 }).map((list) => Buffer.from(JSON.stringify(list))),
  anObject.map((object) =>
    Buffer.from(new URLSearchParams(Object.entries(object).map(([k, v]) => [k, JSON.stringify(v)])).toString()),
  ),
);
const anAttribute = fc.constantFrom(
  'ce-specversion',
  'ce-id',
  'ce-type',
  'origin',
  'void',
  'stream',
  'content-type',
  'eventmend-source',
);
const attributesOfAny = fc.dictionary(
  anAttribute,
  fc.oneof(fc.constantFrom('true', '1.0', 'one', 'x/y'), fc.string()),
  {
    noNullPrototype: true,
  },
);

test('whatever comes to a source, each of its events goes on or becomes a letter, with its bytes and under a root of its own', () => {
  const anyOf = fc.record({
    source: fc.constantFrom(...sources),
    body: aBody,
    attributes: attributesOfAny,
    isCompressed: fc.boolean(),
    isReplayed: fc.boolean(),
  });
  fc.assert(
    fc.property(anyOf, ({ source, body, attributes, isCompressed, isReplayed }) => {
      const data = isCompressed ? gzipSync(body) : body;
      const topic = isReplayed ? 'mended-events' : source === 'events' ? source : `sources/${source}`;
      const from = isReplayed ? { 'eventmend-source': source } : {};
      const delivery = aDelivery({ topic, data, orderingKey: 'k', attributes: { ...attributes, ...from } });
      const events = [...assess(delivery, catalog, noon).events];
      const roots = events.map(({ message }) => message.attributes['eventmend-root']);
      expect(new Set(roots).size).toBe(events.length);
      if (events.length === 1 && roots[0] === `${topic}/1`) expect(events[0]!.message.data).toEqual(data);
      for (const { topic: to, message, failure } of events) {
        expect(to === 'dead-letter-queue').toBe(failure !== undefined);
        expect(Object.values(message.attributes).every((value) => typeof value === 'string')).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});
