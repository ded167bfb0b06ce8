import { makeVerify } from '../../functions/verify/handler.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedPubSub } from '../../shared/embedded/pubsub.ts';
import { AccessError, RetryableError } from '../../shared/errors.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { SystemOfRecord } from '../../shared/ports.ts';
import type { SystemName } from '../../shared/record-kinds.ts';
import type { TypeDefinition } from '../../shared/stream-settings.ts';
import { concurrencyOf, subscriptionsOf } from '../../shared/topology.ts';
import type { Ref, Sighting } from '../../shared/verification/sighting.ts';
import { aRoutedDelivery, minuteMs, noon, RecordingPublisher, textOf } from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';

const lead = {
  system: 'hubspot',
  record: {
    kind: 'contact',
    id: '/data/contact',
    fields: { '/data/name': '/properties/name' },
    patienceMs: 60 * minuteMs,
  },
} as const satisfies TypeDefinition;

/** A system of record that always answers in one way. */
class FakeSystem implements SystemOfRecord {
  readonly asked: Ref[] = [];
  private readonly answer: Sighting | { readonly fails: Error };

  constructor(answer: Sighting | { readonly fails: Error }) {
    this.answer = answer;
  }

  async look(refs: readonly Ref[]): Promise<readonly Sighting[]> {
    this.asked.push(...refs);
    const { answer } = this;
    if ('fails' in answer) throw answer.fails;
    return refs.map(() => answer);
  }
}

/** A contact that was last changed at the time of the event. */
function contactNamed(name: string, changedAtMs = noon): FakeSystem {
  return new FakeSystem({ text: JSON.stringify({ properties: { name } }), changedAtMs, fetchedAtMs: noon });
}

const noContact = new FakeSystem({ absent: true, fetchedAtMs: noon });

function aVerify(
  systems: Partial<Record<SystemName, SystemOfRecord>> = {},
  types: Record<string, TypeDefinition> = {},
  nowMs = noon + 10 * minuteMs,
) {
  const publisher = new RecordingPublisher();
  const catalog = makeCatalog({ types: { LeadCreated: lead, ...types } });
  const configured = new Map(Object.entries(systems) as [SystemName, SystemOfRecord][]);
  const clock = new VirtualClock(nowMs);
  const { handler: verify } = makeVerify(portsInMemory({ publisher, systems: configured, catalog, clock }));
  return { publisher, verify };
}

const text =
  '{"event_id":1, "type":"LeadCreated","timestamp":"2025-02-09T12:00:00","valid":false,"data":{"contact":"17","name":"Ada","sum":1.0}}';
const sound = text.replace('"valid":false', '"valid":true');

function aSuspect({ type = 'LeadCreated', content = text, publishedAtMs = noon + 9 * minuteMs } = {}) {
  const routing = { root: 'events/17', type, toBeChecked: true, instantMs: noon };
  return aRoutedDelivery(routing, { topic: 'suspect-events', content, publishedAtMs });
}

describe('an event that says it is invalid is refused', () => {
  test.each([
    ['whose type has no record in the catalog', 'Call', 'the catalog names no record for its type'],
    ['whose type the catalog does not know', 'Unknown', 'the catalog names no record for its type'],
    ['whose system is not connected', 'LeadCreated', 'no connection to hubspot'],
  ])('%s', async (_, type, why) => {
    const stripe = contactNamed('Ada');
    const { publisher, verify } = aVerify({ stripe }, { Call: { system: 'stripe' } });
    await verify(aSuspect({ type }));
    expect(stripe.asked.length).toBe(0);
    expect(publisher.published).toMatchObject([
      {
        topic: 'mended-events',
        attributes: {
          'eventmend-root': 'events/17',
          'eventmend-kind': 'refusal',
          'eventmend-code': 'ERR_INCORRECT',
          'eventmend-stage': 'verify',
          'eventmend-detail': why,
        },
      },
    ]);
    expect(textOf(publisher.published[0]!)).toBe(text);
  });

  test.each([
    ['no reference', {}],
    ['a reference that is not of the vendor’s form', { contact: '17/../18' }],
    ['a reference that a plain parse rounds', { contact: 1e30 }],
  ])('that has %s, without a call', async (_, data) => {
    const hubspot = contactNamed('Ada');
    const { publisher, verify } = aVerify({ hubspot });
    const content = JSON.stringify({ event_id: 1, type: 'LeadCreated', valid: false, data });
    await verify(aSuspect({ content }));
    expect(hubspot.asked).toEqual([]);
    expect(publisher.published[0]?.attributes['eventmend-detail']).toBe('no reference to a contact: /data/contact');
  });

  test('whose type the catalog says never to ask about, without a call', async () => {
    const hubspot = contactNamed('Ada');
    const { publisher, verify } = aVerify({ hubspot }, { LeadCreated: { ...lead, consult: 'never' } });
    await verify(aSuspect());
    expect(hubspot.asked).toEqual([]);
    expect(publisher.published[0]?.attributes['eventmend-kind']).toBe('refusal');
  });

  test('that has no record, and the letter names no value', async () => {
    const { publisher, verify } = aVerify({ hubspot: noContact });
    await verify(aSuspect());
    expect(publisher.published[0]?.attributes['eventmend-detail']).toBe('the system has no such record');
  });
});

describe('an event that is valid by its own word, and about which no system can tell', () => {
  test('goes on as unverified, with its bytes', async () => {
    const { publisher, verify } = aVerify({ hubspot: noContact });
    await verify(aSuspect({ content: sound }));
    expect(publisher.published[0]).toMatchObject({
      attributes: { origin: 'unverified', verification: 'unverified', 'eventmend-root': 'events/17' },
    });
    expect(textOf(publisher.published[0]!)).toBe(sound);
  });

  test('is refused where the catalog wants that', async () => {
    const { publisher, verify } = aVerify({ hubspot: noContact }, { LeadCreated: { ...lead, undecided: 'refuse' } });
    await verify(aSuspect({ content: sound }));
    expect(publisher.published[0]?.attributes['eventmend-kind']).toBe('refusal');
  });
});

describe('an event that has a record', () => {
  test('is looked up by its reference, with the values that the catalog maps and the time of the event', async () => {
    const hubspot = contactNamed('Ada');
    const { verify } = aVerify({ hubspot });
    await verify(aSuspect());
    expect(hubspot.asked).toEqual([
      {
        kind: 'contact',
        id: '17',
        account: undefined,
        fields: ['/properties/name'],
        former: ['/properties/name'],
        eventMs: noon,
      },
    ]);
  });

  test('goes round again as verified if both agree, and nothing but `valid` is other than it was', async () => {
    const { publisher, verify } = aVerify({ hubspot: contactNamed('Ada') });
    await verify(aSuspect());
    expect(publisher.published).toMatchObject([
      {
        topic: 'mended-events',
        attributes: { origin: 'verified', verification: 'verified', 'eventmend-root': 'events/17' },
      },
    ]);
    expect(textOf(publisher.published[0]!)).toBe(sound);
  });

  test('goes round again as corrected if they differ, with only the corrected value edited', async () => {
    const { publisher, verify } = aVerify({ hubspot: contactNamed('Eve') });
    await verify(aSuspect());
    expect(publisher.published[0]).toMatchObject({ attributes: { origin: 'corrected', verification: 'corrected' } });
    const corrections = '"_eventmend":{"corrections":[{"at":"/data/name","before":"Ada","after":"Eve"}]}}';
    expect(textOf(publisher.published[0]!)).toBe(sound.replace('Ada', 'Eve').replace(/\}$/, `,${corrections}`));
  });
});

describe('an event is delivered again', () => {
  const troubles = [
    ['its system of record does not answer', new FakeSystem({ fails: new RetryableError('503') })],
    ['its system of record refuses the key', new FakeSystem({ fails: new AccessError('403') })],
    ['its record is older than the event', contactNamed('Eve', noon - minuteMs)],
  ] as const;

  test.each(troubles)('while %s', async (_, hubspot) => {
    const { publisher, verify } = aVerify({ hubspot });
    await expect(verify(aSuspect())).rejects.toThrow();
    expect(publisher.published).toEqual([]);
  });

  test.each(troubles)(
    'and no longer than the catalog is patient: then nobody can tell, though %s',
    async (_, hubspot) => {
      const publishedAtMs = noon + 9 * minuteMs;
      const { publisher, verify } = aVerify({ hubspot }, {}, publishedAtMs + 60 * minuteMs);
      await verify(aSuspect({ content: sound, publishedAtMs }));
      expect(publisher.published[0]?.attributes.origin).toBe('unverified');
      await verify(aSuspect({ publishedAtMs }));
      expect(publisher.published[1]?.attributes['eventmend-kind']).toBe('refusal');
    },
  );

  test('while its record may not be visible yet', async () => {
    const { publisher, verify } = aVerify({ hubspot: noContact }, {}, noon + 4 * minuteMs);
    await expect(verify(aSuspect({ publishedAtMs: noon }))).rejects.toThrow(RetryableError);
    expect(publisher.published).toEqual([]);
  });

  test('after a bug, however old it is', async () => {
    const hubspot = new FakeSystem({ fails: new TypeError('a bug') });
    const { publisher, verify } = aVerify({ hubspot }, {}, noon + 600 * minuteMs);
    await expect(verify(aSuspect())).rejects.toThrow(TypeError);
    expect(publisher.published).toEqual([]);
  });

  test('when the answer cannot be published', async () => {
    const { publisher, verify } = aVerify({ hubspot: contactNamed('Ada') });
    publisher.fails = () => true;
    await expect(verify(aSuspect())).rejects.toThrow('mended-events does not answer');
  });
});

describe('a system of record that hangs', () => {
  const paid = {
    system: 'stripe',
    record: { kind: 'charge', id: '/data/contact', fields: { '/data/name': '/name' } },
  } as const satisfies TypeDefinition;
  const hanging: SystemOfRecord = { look: () => new Promise(() => undefined) };
  const stripe = new FakeSystem({ text: '{"name":"Ada"}', changedAtMs: noon, fetchedAtMs: noon });

  /** A suspect of a type of Stripe. */
  function ofStripe() {
    return aSuspect({ type: 'Paid', content: text.replace('"contact":"17"', '"contact":"ch_1"') });
  }

  test('holds a part of the instance only, and further events of it come again at once', async () => {
    const { publisher, verify } = aVerify({ hubspot: hanging, stripe }, { Paid: paid });
    const refused: unknown[] = [];
    for (let i = 0; i < concurrencyOf('verify'); i++)
      void verify(aSuspect()).catch((error: unknown) => refused.push(error));
    await verify(ofStripe());
    expect(publisher.published).toMatchObject([{ attributes: { origin: 'verified' } }]);
    expect(refused.length).toBeGreaterThan(concurrencyOf('verify') / 2);
    expect(refused[0]).toBeInstanceOf(RetryableError);
  });

  test('delays no event of another system, however many of its own wait', async () => {
    const { publisher, verify } = aVerify({ hubspot: hanging, stripe }, { Paid: paid });
    const pubsub = new EmbeddedPubSub({ clock: new VirtualClock(noon) });
    for (const name of subscriptionsOf('verify')) pubsub.subscribe(name, verify);
    const send = ({ data, attributes }: Message, system: SystemName) =>
      pubsub.publish('suspect-events', { data, attributes: { ...attributes, 'eventmend-system': system } });
    for (let i = 0; i < 10 * concurrencyOf('verify'); i++) await send(aSuspect(), 'hubspot');
    await send(ofStripe(), 'stripe');
    for (let i = 0; i < 20; i++) await Promise.resolve();
    expect(publisher.published).toMatchObject([{ attributes: { origin: 'verified' } }]);
  });
});
