import { cloudEvents, debezium, hubspot, segment, stripe, twilio } from '../../shared/sources/presets.ts';
import type { SourceDefinition } from '../../shared/sources/source.ts';
import { Pipeline } from '../support/pipeline.ts';

/** A provider without numbers: an event, another try to send it, and another event. Each is a body, or its text. */
interface Provider {
  readonly name: string;
  readonly fields: NonNullable<SourceDefinition['fields']>;
  readonly event: object | string;
  readonly retry: object | string;
  readonly other: object | string;
  readonly type: string;
  readonly uuid: string;
}

const charge = {
  id: 'evt_1',
  object: 'event',
  created: 1_767_200_000,
  data: { object: { id: 'ch_1', amount: 1_999 } },
  pending_webhooks: 2,
  type: 'charge.succeeded',
};
const change = {
  eventId: 381,
  subscriptionId: 25,
  portalId: 33,
  occurredAt: 1_767_200_000_123,
  subscriptionType: 'deal.propertyChange',
  attemptNumber: 0,
  objectId: 124,
  propertyName: 'amount',
  propertyValue: '7',
};
const call = {
  type: 'track',
  event: 'Order Completed',
  messageId: 'ajs-1',
  originalTimestamp: '2025-12-31T12:00:00.000Z',
  timestamp: '2025-12-31T12:00:01.000Z',
  sentAt: '2025-12-31T12:00:02.000Z',
  receivedAt: '2025-12-31T12:00:03.000Z',
  properties: { total: 12.5 },
};
const order = {
  specversion: '1.0',
  id: 'a-1',
  source: '/orders/1',
  type: 'order.paid',
  time: '2025-12-31T12:00:00Z',
  traceparent: '00-1',
  data: { order: 1 },
};
const row = {
  before: null,
  after: { id: 1_001, status: 'new' },
  source: { version: '2.5.0.Final', ts_ms: 1_767_200_000_123, table: 'orders', lsn: 24, sequence: '["1","2"]' },
  op: 'c',
  ts_ms: 1_767_200_000_456,
  ts_us: 1_767_200_000_456_001,
  ts_ns: 1_767_200_000_456_001_000,
  transaction: null,
};
const ringing =
  'CallSid=CA01&CallStatus=ringing&SequenceNumber=1&Timestamp=Wed%2C+31+Dec+2025+12%3A00%3A05+%2B0000&To=%2B15550100001';

const providers: readonly Provider[] = [
  {
    name: 'Stripe',
    fields: stripe(),
    event: charge,
    retry: { ...charge, pending_webhooks: 1 },
    other: { ...charge, id: 'evt_2' },
    type: 'charge.succeeded',
    uuid: 'evt_1',
  },
  {
    name: 'HubSpot',
    fields: hubspot(),
    event: change,
    retry: { ...change, attemptNumber: 1 },
    other: { ...change, propertyName: 'stage' },
    type: 'deal.propertyChange',
    uuid: '33~.25~.381~.124~.1767200000123~.amount',
  },
  {
    name: 'Segment',
    fields: segment(),
    event: call,
    retry: {
      ...call,
      timestamp: '2025-12-31T12:09:01.000Z',
      sentAt: '2025-12-31T12:09:02.000Z',
      receivedAt: '2025-12-31T12:09:03.000Z',
    },
    other: { ...call, messageId: 'ajs-2' },
    type: 'track',
    uuid: 'ajs-1',
  },
  {
    name: 'Twilio, for calls',
    fields: twilio(),
    event: ringing,
    retry: ringing,
    other: ringing.replace('=ringing', '=completed').replace('SequenceNumber=1', 'SequenceNumber=2'),
    type: 'ringing',
    uuid: 'CA01~.ringing~.1',
  },
  {
    name: 'Twilio, for messages, which have no time',
    fields: twilio(),
    event: 'MessageSid=SM01&MessageStatus=sent&To=%2B15550100001',
    retry: 'MessageSid=SM01&MessageStatus=sent&To=%2B15550100001',
    other: 'MessageSid=SM01&MessageStatus=delivered&To=%2B15550100001',
    type: 'sent',
    uuid: 'SM01~.sent',
  },
  {
    name: 'Twilio, for messages that a user sent',
    fields: twilio(),
    event: 'ToCountry=US&SmsMessageSid=SM09&SmsStatus=received&Body=hi&NumMedia=0&MessageSid=SM09&From=%2B15550100001',
    retry: 'ToCountry=US&SmsMessageSid=SM09&SmsStatus=received&Body=hi&NumMedia=0&MessageSid=SM09&From=%2B15550100001',
    other: 'ToCountry=US&SmsMessageSid=SM10&SmsStatus=received&Body=hi&NumMedia=0&MessageSid=SM10&From=%2B15550100001',
    type: 'received',
    uuid: 'SM09~.',
  },
  {
    name: 'CloudEvents without a sequence',
    fields: cloudEvents(),
    event: order,
    retry: { ...order, traceparent: '00-2' },
    other: { ...order, id: 'a-2' },
    type: 'order.paid',
    uuid: '~2forders~2f1~.a-1',
  },
];

const changes: Provider = {
  name: 'Debezium',
  fields: debezium(),
  event: row,
  retry: {
    ...row,
    source: { ...row.source, version: '3.0.0.Final', sequence: '["1","3"]' },
    ts_ms: 1_767_200_009_456,
    ts_us: 1_767_200_009_456_001,
    ts_ns: 1_767_200_009_456_001_000,
    transaction: { id: '571', total_order: 1, data_collection_order: 1 },
  },
  other: { ...row, after: { id: 1_001, status: 'paid' } },
  type: 'orders~.c',
  uuid: '',
};

const documentSource = { connector: 'mongodb', ts_ms: 1_767_200_000_123, db: 'shop', collection: 'orders', ord: 31 };
const ofDocuments: Provider = {
  name: 'Debezium, for MongoDB',
  fields: debezium(),
  event: { before: null, after: '{"_id": 1}', source: documentSource, op: 'c', ts_ms: 1_767_200_000_456 },
  retry: { before: null, after: '{"_id": 1}', source: documentSource, op: 'c', ts_ms: 1_767_200_000_999 },
  other: { before: null, after: null, source: documentSource, op: 'd', ts_ms: 1_767_200_000_456 },
  type: 'orders~.c',
  uuid: '',
};

const textOfBody = (body: object | string): string => (typeof body === 'string' ? body : JSON.stringify(body));

function aPipelineFor({ fields }: Pick<Provider, 'fields'>): Pipeline {
  return new Pipeline({ catalog: { sources: { shop: { fields } } } });
}

/** Publishes bodies an hour apart. */
async function sendInTurn(pipeline: Pipeline, ...bodies: readonly (object | string)[]): Promise<void> {
  for (const body of bodies) {
    const data = Buffer.from(textOfBody(body));
    await pipeline.runtime.publish({ data, attributes: { region: 'eu' } }, undefined, 'shop');
    await pipeline.runtime.drain();
    pipeline.runtime.clock.advance(3_600_000);
  }
}

test('duplicates of a provider become dead letters where the stream says so, also if their copies have other times', async () => {
  const catalog = { sources: { shop: { fields: twilio() } }, streams: { shop: { duplicates: 'letter' } } } as const;
  const pipeline = new Pipeline({ catalog });
  const form = 'MessageSid=SM01&MessageStatus=sent';
  await sendInTurn(pipeline, form, form);
  expect([pipeline.cleanTexts, pipeline.codes]).toEqual([[form], ['ERR_DUPLICATE']]);
});

describe.each([...providers, changes, ofDocuments])('the events of $name', (provider) => {
  const { event, retry, other, type, uuid } = provider;

  it('are published under their uuid and without an id, byte for byte', async () => {
    const pipeline = aPipelineFor(provider);
    await sendInTurn(pipeline, event);
    expect(pipeline.cleanTexts).toEqual([textOfBody(event)]);
    const [{ attributes }] = pipeline.clean as [Pipeline['clean'][number]];
    expect(attributes).toEqual({
      region: 'eu',
      stream: 'shop',
      type,
      event_time: expect.stringMatching(/^2025-12-31T\d\d:\d\d:\d\d\.\d{3}Z$|^2026-01-01T/) as string,
      origin: 'producer',
      idempotency_key: (uuid === '' ? expect.stringMatching(/^shop\/.{16,}$/) : `shop/${uuid}`) as string,
    });
  });

  it('are counted, and not published, if the provider tries again', async () => {
    const pipeline = aPipelineFor(provider);
    await sendInTurn(pipeline, event, retry, retry);
    expect([pipeline.cleanTexts, pipeline.codes]).toEqual([[textOfBody(event)], []]);
    expect(pipeline.runtime.log.counts.get('duplicate')).toBe(2);
  });

  it('are all published if they differ', async () => {
    const pipeline = aPipelineFor(provider);
    await sendInTurn(pipeline, event, other);
    expect([pipeline.cleanTexts, pipeline.codes]).toEqual([[textOfBody(event), textOfBody(other)], []]);
    expect(new Set(pipeline.cleanKeys).size).toBe(2);
  });
});

describe('several events without numbers', () => {
  it('of one array are an event each, also where a later array repeats one of them', async () => {
    const pipeline = aPipelineFor({ fields: hubspot() });
    const other = { ...change, eventId: 382 };
    await sendInTurn(
      pipeline,
      [change, other],
      [
        { ...other, attemptNumber: 3 },
        { ...change, eventId: 383 },
      ],
    );
    expect(pipeline.cleanTexts.map((text) => (JSON.parse(text) as typeof change).eventId)).toEqual([381, 382, 383]);
    expect([pipeline.codes, pipeline.runtime.log.counts.get('duplicate')]).toEqual([[], 1]);
  });

  it('of the binary mode of CloudEvents are known by their attributes, and tracing is no difference', async () => {
    const pipeline = aPipelineFor({ fields: cloudEvents() });
    const binary = { 'ce-specversion': '1.0', 'ce-source': '/a', 'ce-type': 't', 'ce-time': '2025-12-31T12:00:00Z' };
    for (const [id, traceparent] of [
      ['1', '00-1'],
      ['1', '00-2'],
      ['2', '00-3'],
    ] as const) {
      const attributes = { ...binary, 'ce-id': id, 'ce-traceparent': traceparent };
      await pipeline.runtime.publish({ data: Buffer.from('any text'), attributes }, undefined, 'shop');
      await pipeline.runtime.drain();
    }
    expect([pipeline.cleanKeys, pipeline.codes]).toEqual([['shop/~2fa~.1', 'shop/~2fa~.2'], []]);
  });

  it('with one uuid and other contents are a conflict', async () => {
    const pipeline = aPipelineFor({ fields: stripe() });
    await sendInTurn(pipeline, charge, { ...charge, livemode: true });
    expect([pipeline.cleanTexts, pipeline.codes]).toEqual([[textOfBody(charge)], ['ERR_CONFLICT']]);
  });
});
