import { makeVerify } from '../../functions/verify/handler.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import type { SystemName, TypeDefinition } from '../../shared/stream-settings.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { SystemOfRecord } from '../../shared/ports.ts';
import type { Answer } from '../../shared/verification/answer.ts';
import { aRoutedDelivery, RecordingPublisher, textOf } from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';

/** A system of record that gives one answer, or fails. */
class FakeSystem implements SystemOfRecord {
  readonly asked: Message[] = [];
  private readonly answer: Answer | Error;

  constructor(answer: Answer | Error) {
    this.answer = answer;
  }

  async check(event: Message): Promise<Answer> {
    this.asked.push(event);
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
}

function aVerify(
  systems: Partial<Record<SystemName, SystemOfRecord>> = {},
  types: Record<string, TypeDefinition> = {},
) {
  const publisher = new RecordingPublisher();
  const catalog = makeCatalog({ types: { LeadCreated: { system: 'hubspot' }, ...types } });
  const configured = new Map(Object.entries(systems) as [SystemName, SystemOfRecord][]);
  const { handler: verify } = makeVerify(portsInMemory({ publisher, systems: configured, catalog }));
  return { publisher, verify };
}

const text =
  '{"event_id":1, "type":"LeadCreated","timestamp":"2025-02-09T12:00:00","valid":false,"data":{"name":"Ada"}}';

function aSuspect(type = 'LeadCreated') {
  return aRoutedDelivery({ root: 'events/17', type, toBeChecked: true }, { topic: 'suspect-events', content: text });
}

const noSystem = 'no system of record is configured for its type';

describe('a suspect is refused', () => {
  test.each([
    ['whose system of record is not configured', 'LeadCreated'],
    ['whose type has none', 'Call'],
    ['whose type the catalog does not know', 'Unknown'],
  ])('%s', async (_, type) => {
    const stripe = new FakeSystem({ says: 'verified' });
    const { publisher, verify } = aVerify({ stripe }, { Call: {} });
    await verify(aSuspect(type));
    expect(stripe.asked.length).toBe(0);
    expect(publisher.published).toMatchObject([
      {
        topic: 'mended-events',
        attributes: {
          'eventmend-root': 'events/17',
          'eventmend-kind': 'refusal',
          'eventmend-code': 'ERR_INCORRECT',
          'eventmend-stage': 'verify',
          'eventmend-detail': noSystem,
        },
      },
    ]);
    expect(textOf(publisher.published[0]!)).toBe(text);
  });

  test('that its system of record says is wrong, with the reason', async () => {
    const hubspot = new FakeSystem({ says: 'refused', why: 'no such contact' });
    const { publisher, verify } = aVerify({ hubspot });
    await verify(aSuspect());
    expect(publisher.published[0]?.attributes).toMatchObject({
      'eventmend-kind': 'refusal',
      'eventmend-detail': 'no such contact',
    });
  });

  test('whose type the catalog says never to ask about, without its system being asked', async () => {
    const hubspot = new FakeSystem({ says: 'verified' });
    const { publisher, verify } = aVerify({ hubspot }, { LeadCreated: { system: 'hubspot', consult: 'never' } });
    await verify(aSuspect());
    expect(hubspot.asked.length).toBe(0);
    expect(publisher.published[0]?.attributes['eventmend-kind']).toBe('refusal');
  });
});

describe('a suspect that its system of record knows', () => {
  test('is shown to it with the producer’s bytes', async () => {
    const hubspot = new FakeSystem({ says: 'verified' });
    const { verify } = aVerify({ hubspot });
    await verify(aSuspect());
    expect(hubspot.asked.map(textOf)).toEqual([text]);
  });

  test('goes round again as verified, and nothing but `valid` is other than it was', async () => {
    const { publisher, verify } = aVerify({ hubspot: new FakeSystem({ says: 'verified' }) });
    await verify(aSuspect());
    expect(publisher.published).toHaveLength(1);
    expect(publisher.published[0]).toMatchObject({
      topic: 'mended-events',
      attributes: { origin: 'verified', verification: 'verified', 'eventmend-root': 'events/17' },
    });
    expect(textOf(publisher.published[0]!)).toBe(text.replace('"valid":false', '"valid":true'));
  });

  test('goes round again as corrected, and the body says what was corrected', async () => {
    const members = { timestamp: '2025-02-09T13:00:00', data: { name: 'Ada Lovelace' } };
    const { publisher, verify } = aVerify({ hubspot: new FakeSystem({ says: 'corrected', members }) });
    await verify(aSuspect());
    expect(publisher.published[0]).toMatchObject({ attributes: { origin: 'corrected', verification: 'corrected' } });
    expect(JSON.parse(textOf(publisher.published[0]!))).toEqual({
      event_id: 1,
      type: 'LeadCreated',
      timestamp: '2025-02-09T13:00:00',
      valid: true,
      data: { name: 'Ada Lovelace' },
      _eventmend: { corrected: ['timestamp', 'data'] },
    });
  });
});

describe('a suspect is delivered again', () => {
  test('while its system of record does not answer: an outage refuses nothing', async () => {
    const { publisher, verify } = aVerify({ hubspot: new FakeSystem(new RetryableError('503')) });
    await expect(verify(aSuspect())).rejects.toThrow(RetryableError);
    expect(publisher.published).toEqual([]);
  });

  test('when the answer cannot be published', async () => {
    const { publisher, verify } = aVerify({ hubspot: new FakeSystem({ says: 'verified' }) });
    publisher.fails = () => true;
    await expect(verify(aSuspect())).rejects.toThrow('mended-events does not answer');
  });
});
