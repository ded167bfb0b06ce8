import { recogniseFormat, type EventSample } from '../../../cli/init/recognise-format.ts';

/** Events as their providers document them, with invented values. */
const samples = {
  stripe: {
    id: 'evt_9',
    object: 'event',
    type: 'invoice.paid',
    created: 1_750_000_000,
    data: { object: { total: 5 } },
  },
  'thin stripe': {
    id: 'evt_9',
    object: 'v2.core.event',
    type: 'v1.billing.meter.error',
    created: '2025-06-15T14:00:00Z',
  },
  hubspot: { eventId: 5, portalId: 7, subscriptionType: 'deal.creation', occurredAt: 1_750_000_000_000, objectId: 3 },
  segment: { messageId: 'm-1', type: 'identify', traits: { plan: 'x' }, timestamp: '2025-06-15T14:00:00Z' },
  'a batch of segment': { batch: [{ messageId: 'm-1', type: 'page' }], sentAt: '2025-06-15T14:00:00Z' },
  cloudEvents: { specversion: '1.0', id: '1', source: '/a', type: 'b', data: {} },
  debezium: { op: 'u', source: { table: 'orders', ts_ms: 1 }, after: { id: 1 }, before: null },
  'debezium in its envelope': { schema: {}, payload: { op: 'c', source: { table: 'orders', ts_ms: 1 }, after: {} } },
};

const samplesOf = (...events: readonly unknown[]): EventSample[] =>
  events.map((event) => ({ data: Buffer.from(JSON.stringify(event)) }));

describe('the format of sample events', () => {
  test.each(Object.entries(samples))('is recognised: %s', (name, event) => {
    const preset = ['cloudEvents', 'stripe', 'hubspot', 'segment', 'debezium'].find((one) => name.includes(one));
    expect(recogniseFormat(samplesOf(event))?.preset).toBe(preset);
  });

  test('is recognised in forms too', () => {
    const forms = [
      'MessageSid=SM1&MessageStatus=sent&To=%2B1',
      'CallSid=CA1&CallStatus=ringing&SequenceNumber=0',
      'CallSid=CA1&RecordingSid=RE1&RecordingStatus=completed',
      'ConferenceSid=CF1&StatusCallbackEvent=conference-start&SequenceNumber=1',
    ];
    expect(recogniseFormat(forms.map((form) => ({ data: Buffer.from(form) })))?.preset).toBe('twilio');
  });

  test('is recognised in the attributes of a CloudEvent in the binary mode', () => {
    const attributes = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/a', 'ce-type': 'b', 'ce-sequence': '7' };
    expect(recogniseFormat([{ data: Buffer.from('{"order":1}'), attributes }])).toMatchObject({
      preset: 'cloudEvents',
      isNumbered: true,
    });
  });

  test.each([
    ['the default format', { event_id: 1, type: 'A', timestamp: '2025-06-15T14:00:00Z' }],
    ['an event of its own kind with a type that Segment also has', { id: 1, type: 'track', time: 5 }],
    ['a change with an op of another product', { op: 'insert', source: { ts_ms: 1 } }],
    ['an array', [1]],
  ])('is none for %s', (_, event) => {
    expect(recogniseFormat(samplesOf(event))).toBeUndefined();
  });

  test('is that of at least four fifths of them, and none of no sample', () => {
    const { stripe } = samples;
    expect(recogniseFormat([...samplesOf(stripe, stripe, stripe, stripe), { data: Buffer.from('junk') }])?.preset).toBe(
      'stripe',
    );
    expect(recogniseFormat([...samplesOf(stripe, stripe), { data: Buffer.from('junk') }])).toBeUndefined();
    expect(recogniseFormat([])).toBeUndefined();
  });

  test('says whether CloudEvents are numbered: all of them have a sequence of digits', () => {
    const { cloudEvents } = samples;
    const numbered = { ...cloudEvents, sequence: '0017' };
    expect(recogniseFormat(samplesOf(numbered, numbered))?.isNumbered).toBe(true);
    expect(recogniseFormat(samplesOf(numbered, cloudEvents))?.isNumbered).toBe(false);
    expect(recogniseFormat(samplesOf({ ...cloudEvents, sequence: 'b3f2' }))?.isNumbered).toBe(false);
  });
});
