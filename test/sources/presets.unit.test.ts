import { makeCatalog } from '../../shared/catalog-definition.ts';
import { cloudEvents, debezium, hubspot, segment, stripe, twilio } from '../../shared/sources/presets.ts';
import { read, readOnly } from '../support/readings.ts';

const noonText = '2025-02-09T12:00:00.000Z';

describe('stripe', () => {
  const source = { fields: stripe() };
  const event = {
    id: 'evt_test_1',
    object: 'event',
    created: 1_739_102_400,
    data: { object: { id: 'ch_1', amount: 1_999 } },
    pending_webhooks: 1,
    type: 'charge.succeeded',
  };

  it('reads an event of the API v1', () => {
    expect(readOnly(source, event)).toMatchObject({
      stream: 'shop',
      members: {
        uuid: 'evt_test_1',
        timestamp: noonText,
        type: 'charge.succeeded',
        data: { id: 'ch_1', amount: 1_999 },
      },
      problems: [],
    });
  });

  it('reads a thin event of the API v2, whose time is a text', () => {
    const thin = {
      id: 'evt_test_2',
      object: 'v2.core.event',
      created: noonText,
      type: 'v1.billing.meter.no_meter_found',
    };
    expect(readOnly(source, thin)).toMatchObject({
      members: { uuid: 'evt_test_2', timestamp: noonText },
      problems: [],
    });
  });

  it('says what an event of another provider lacks', () => {
    expect(readOnly(source, { event_id: 1, timestamp: noonText }).problems).toEqual([
      'type at /type: missing; a text of at most 128 characters that is not blank is accepted',
      'timestamp at /created: missing; a number of seconds since 1970, or a date and time of ISO 8601, is accepted; /timestamp looks like it',
    ]);
  });
});

describe('hubspot', () => {
  const source = { fields: hubspot() };
  const creation = {
    eventId: 381,
    subscriptionId: 25,
    portalId: 33,
    occurredAt: 1_739_102_400_123,
    subscriptionType: 'contact.creation',
    attemptNumber: 0,
    objectId: 124,
  };

  it('reads each event of an array; its uuid is made of all that tells it from others', () => {
    const change = { ...creation, propertyName: 'lead stage', propertyValue: 'x' };
    expect(read(source, [creation, change])).toMatchObject([
      {
        position: 0,
        members: {
          uuid: '33~.25~.381~.124~.1739102400123~.',
          type: 'contact.creation',
          timestamp: '2025-02-09T12:00:00.123Z',
          data: creation,
        },
      },
      { position: 1, members: { uuid: '33~.25~.381~.124~.1739102400123~.lead~20stage' } },
    ]);
  });
});

describe('segment', () => {
  const source = { fields: segment() };
  const track = {
    type: 'track',
    event: 'Order Completed',
    messageId: 'ajs-next-1-a',
    timestamp: '2025-02-09T12:00:07Z',
    originalTimestamp: '2025-02-09T12:00:00Z',
    properties: { total: 12.5 },
  };

  it('reads a single call, at the time that its sender wrote', () => {
    expect(readOnly(source, track).members).toEqual({
      type: 'track',
      uuid: 'ajs-next-1-a',
      timestamp: noonText,
      data: { total: 12.5 },
    });
  });

  it('reads each call of a batch, and the traits of a user as its data', () => {
    const identify = { type: 'identify', messageId: 'm2', timestamp: '2025-02-09T12:00:00Z', traits: { plan: 'pro' } };
    expect(read(source, { batch: [track, identify], sentAt: noonText })).toMatchObject([
      { position: 0, members: { uuid: 'ajs-next-1-a' } },
      { position: 1, members: { uuid: 'm2', timestamp: noonText, data: { plan: 'pro' } } },
    ]);
  });
});

describe('twilio', () => {
  const source = { fields: twilio() };

  it('reads the callback of a message: its state is part of its uuid, and its time that of publishing', () => {
    expect(readOnly(source, 'MessageSid=SM01&MessageStatus=sent&To=%2B15550100001&SourceBody=a+b')).toMatchObject({
      members: {
        uuid: 'SM01~.sent',
        type: 'sent',
        timestamp: noonText,
        data: { MessageSid: 'SM01', MessageStatus: 'sent', To: '+15550100001', SourceBody: 'a b' },
      },
      problems: [],
    });
  });

  it('reads the callback of a call, which has a number and a time', () => {
    const form = 'CallSid=CA01&CallStatus=ringing&SequenceNumber=1&Timestamp=Sun%2C+09+Feb+2025+12%3A00%3A05+%2B0000';
    expect(readOnly(source, form).members).toMatchObject({
      uuid: 'CA01~.ringing~.1',
      type: 'ringing',
      timestamp: '2025-02-09T12:00:05.000Z',
    });
  });

  it('reads the callbacks of recordings and conferences, which name a call too', () => {
    const recording = (sid: string, status: string) =>
      readOnly(
        source,
        `CallSid=CA01&RecordingSid=${sid}&RecordingStatus=${status}&RecordingUrl=https%3A%2F%2Fa.example`,
      );
    expect(recording('RE01', 'completed')).toMatchObject({
      members: { uuid: 'completed~.RE01', type: 'completed', timestamp: noonText },
      problems: [],
    });
    const uuids = [
      recording('RE01', 'in-progress'),
      recording('RE01', 'completed'),
      recording('RE02', 'completed'),
    ].map(({ members }) => members?.uuid);
    expect(new Set(uuids).size).toBe(3);
    const time = 'Timestamp=Sun%2C+09+Feb+2025+12%3A00%3A05+%2B0000';
    const joined = `ConferenceSid=CF01&CallSid=CA01&StatusCallbackEvent=participant-join&SequenceNumber=2&${time}`;
    expect(readOnly(source, joined)).toMatchObject({
      members: {
        uuid: 'participant-join~.CF01~.2',
        type: 'participant-join',
        timestamp: '2025-02-09T12:00:05.000Z',
      },
      problems: [],
    });
  });

  it('reads the same members from JSON', () => {
    const message = { MessageSid: 'SM01', MessageStatus: 'sent' };
    expect(readOnly(source, message).members).toMatchObject({ uuid: 'SM01~.sent', data: message });
  });

  it.each(['', 'hello', '&&', 'a=%ff', '=x'])('refuses %j, which is no form', (text) => {
    expect(readOnly(source, text).unread?.code).toBe('ERR_UNDECODABLE');
  });
});

describe('cloudEvents', () => {
  const source = { fields: cloudEvents() };
  const structured = {
    specversion: '1.0',
    id: 'a-1',
    source: '/orders/1',
    type: 'order.created',
    time: '2025-02-09T12:00:00Z',
    data: { order: 1 },
  };
  const attributes = {
    'CE-SpecVersion': '1.0',
    'ce-id': 'a-1',
    'ce-source': '/orders/1',
    'Ce-Type': 'order.created',
    'ce-time': '2025-02-09T12:00:00Z',
    'content-type': 'application/json',
  };

  it('reads the structured mode', () => {
    expect(readOnly(source, structured)).toMatchObject({
      stream: 'shop',
      members: { uuid: '~2forders~2f1~.a-1', type: 'order.created', timestamp: noonText, data: { order: 1 } },
      problems: [],
    });
  });

  it('reads the binary mode: attributes in any case, and a body of any kind', () => {
    const binary = readOnly(source, { order: 1, type: 'not this' }, { attributes });
    expect(binary.members).toEqual({
      uuid: '~2forders~2f1~.a-1',
      type: 'order.created',
      timestamp: noonText,
      data: { order: 1, type: 'not this' },
    });
    const image = Buffer.from([0xff, 0xd8, 0x00]);
    expect(readOnly(source, image, { attributes })).toMatchObject({ members: { type: 'order.created' }, problems: [] });
    expect(readOnly(source, [1, 2], { attributes }).members?.data).toEqual([1, 2]);
  });

  it('reads a batch', () => {
    expect(read(source, [structured, { ...structured, id: 'a-2' }])).toMatchObject([
      { position: 0, members: { uuid: '~2forders~2f1~.a-1' } },
      { position: 1, members: { uuid: '~2forders~2f1~.a-2' } },
    ]);
  });

  it('has a uuid without the source where the stream is made of it', () => {
    const made = { stream: ['/source', '/partition'], fields: cloudEvents() };
    const event = { ...structured, partition: 7 };
    expect(readOnly(made, event)).toMatchObject({ stream: 'shop~.~2forders~2f1~.7', members: { uuid: 'a-1' } });
    const binary = { attributes: { ...attributes, 'ce-partition': '7' } };
    expect(readOnly(made, 'any', binary)).toMatchObject({ stream: 'shop~.~2forders~2f1~.7', members: { uuid: 'a-1' } });
  });

  it('reads a sequence, which is text by its specification, as the number of the event', () => {
    const numbered = { stream: ['/source'], fields: cloudEvents({ sequence: true }) };
    expect(readOnly(numbered, { ...structured, sequence: '0041' }).members?.event_id).toBe(41);
    expect(readOnly(source, { ...structured, sequence: '41' }).members).not.toHaveProperty('event_id');
  });

  it('refuses a sequence where the stream is not made of the source', () => {
    const problem =
      "sources.shop.fields: sequence numbers the events of each source: stream must be a list with '/source'";
    const fields = cloudEvents({ sequence: true });
    expect(() => makeCatalog({ sources: { shop: { fields } } })).toThrow(problem);
    expect(() => makeCatalog({ sources: { shop: { fields, stream: ['/type'] } } })).toThrow(problem);
  });

  it('says so if a message is no CloudEvent', () => {
    expect(readOnly(source, { ...structured, specversion: undefined }).problems).toEqual([
      'specversion: missing: no CloudEvent of the structured or binary mode',
    ]);
  });
});

describe('debezium', () => {
  const source = { fields: debezium() };
  const change = {
    before: null,
    after: { id: 1_001, status: 'new' },
    source: { version: '2.5.0.Final', ts_ms: 1_739_102_400_123, table: 'orders', lsn: 24 },
    op: 'c',
    ts_ms: 1_739_102_400_456,
    transaction: null,
  };
  const members = {
    type: 'orders~.c',
    timestamp: '2025-02-09T12:00:00.123Z',
    data: { id: 1_001, status: 'new' },
  };

  it('reads a change, with and without the envelope of Kafka Connect', () => {
    expect(readOnly(source, change)).toMatchObject({ members, problems: [] });
    expect(readOnly(source, { schema: { type: 'struct' }, payload: change })).toMatchObject({ members, problems: [] });
  });

  it('takes a tombstone for no event', () => {
    expect(read(source, '')).toEqual([]);
  });

  it.each([
    ['a heartbeat', { ts_ms: 1_739_102_400_456 }],
    ['a heartbeat in the envelope', { schema: { type: 'struct' }, payload: { ts_ms: 1, ts_us: 2, ts_ns: 3 } }],
    ['the beginning of a transaction', { status: 'BEGIN', id: '571', ts_ms: 1, event_count: null }],
    ['the end of a transaction', { status: 'END', id: '571', ts_ms: 1, event_count: 2, data_collections: [] }],
  ])('takes %s for no event', (_, notice) => {
    expect(read(source, notice)).toEqual([]);
  });

  it('takes a row with a status, and an empty object, for what they are', () => {
    expect(readOnly(source, { ...change, status: 'BEGIN', id: '571' }).problems).toEqual([]);
    expect(readOnly(source, {}).problems?.[0]).toBe('op: missing: no change of a row');
  });

  it('says of a change of the schema that it is one', () => {
    const created = { ...change, op: undefined, after: undefined, ddl: 'CREATE TABLE orders (id INT)' };
    expect(readOnly(source, created).problems).toEqual(['op: missing: a change of the schema, and not of a row']);
  });
});
