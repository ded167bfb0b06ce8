import { maxAttributes } from '../../shared/messages/size.ts';
import {
  attributeNames,
  encodeAttributes,
  namesFor,
  readAttribute,
  requireAttribute,
} from '../../shared/messages/attributes.ts';
import { isReserved, stripInternal } from '../../shared/messages/provenance.ts';

const names = Object.values(attributeNames);
const all = Object.fromEntries(names.map((name) => [name, 'x']));

/** Pub/Sub takes no message with more. */
const maxOfPubSub = 100;
/** When it gives up, Pub/Sub adds the subscription, its project, the count of deliveries, and when the message was published. */
const addedByDeadLettering = 4;

test('no two attributes have the same name', () => {
  expect(new Set(names).size).toBe(names.length);
});

test('no consumer sees an attribute that is for Eventmend itself', () => {
  expect(Object.keys(stripInternal(all)).toSorted()).toEqual([
    'confidence',
    'event_id',
    'event_time',
    'eventmend',
    'idempotency_key',
    'method',
    'origin',
    'possible-duplicate',
    'recheck',
    'repaired',
    'stream',
    'supersedes',
    'type',
    'verification',
    'void',
  ]);
});

test.each(['eventmend-mine', 'CloudPubSubDeadLetterSourceSubscription', 'root'])(
  'a producer may not set %s, which is in no table',
  (name) => {
    expect(isReserved(name)).toBe(true);
  },
);

describe('of the 100 attributes that Pub/Sub takes', () => {
  it('there is room for those that validate adds to a producer’s, and for those of dead-lettering', () => {
    const notOfProducers = [
      // The message then travels without the producer's attributes.
      'eventmend-body',
      'eventmend-kept-bytes',
      // Only where the producer has set it.
      'possible-duplicate',
      // Only of a void, which has no type, no instant, no entity and no failure.
      'eventmend-last-id',
      // Only of what Eventmend itself recovers or infers.
      'method',
      // In unnumbered streams, in place of the id.
      'eventmend-place',
      // Counts as an attribute of the producer.
      'eventmend-ordering-key',
      // Only of an edit that moves to another place, which has no former identity.
      'eventmend-left',
      // Only of a published event that is checked again. It replaces nothing.
      'recheck',
      // Only of formats in which nothing is repaired.
      'eventmend-published',
      // In place of the number of a replay, which no event has that a producer's message has just brought.
      'eventmend-received',
    ];
    const reasons = ['eventmend-code', 'eventmend-stage', 'eventmend-detail'];
    const ofChecked = ['eventmend-check', 'eventmend-repair'];
    const neverAdded = {
      // An event with an answer is not checked, and replaces nothing.
      event: [...reasons, 'eventmend-answer'],
      failure: [...ofChecked, 'eventmend-answer', 'eventmend-entity'],
      refusal: [...ofChecked, 'eventmend-replace', 'eventmend-entity'],
    };
    for (const never of Object.values(neverAdded)) {
      const added = namesFor('validated-events').filter((name) => ![...notOfProducers, ...never].includes(name));
      expect(maxAttributes + added.length + addedByDeadLettering).toBeLessThanOrEqual(maxOfPubSub);
    }
  });

  it.each(['cleaned-events', 'dead-letter-queue'] as const)('there is room for those that are added on %s', (topic) => {
    const passedOn = ['origin', 'confidence', 'method', 'verification'];
    // A message that is kept apart travels without the producer's attributes, and an id stands for a place.
    const never = ['eventmend-body', 'eventmend-kept-bytes', 'eventmend-place'];
    const added = new Set([...namesFor(topic), ...passedOn].filter((name) => !never.includes(name)));
    expect(maxAttributes + added.size).toBeLessThanOrEqual(maxOfPubSub);
  });
});

describe('a value', () => {
  it('is read as it was written', () => {
    const values = {
      kind: 'void',
      origin: 'corrected',
      root: 'events/1',
      hash: '\u0000\u00ff0123456789',
      formerly: { key: 'a key with spaces', hash: ' \u00ff0123456789' },
      eventId: 7,
      place: 33_000_000_000_000,
      lastId: 9,
      instantMs: 1_739_102_400_123,
      entity: 4,
      toBeChecked: true,
      answer: 4_294_967_295,
      replay: 255,
      code: 'ERR_STALE',
      stage: 'track',
      detail: '',
    } as const;
    const attributes = encodeAttributes<'validated-events'>(values);
    const fields = Object.keys(values) as (keyof typeof values)[];
    const read: [string, unknown][] = fields.map((field) => [field, readAttribute(attributes, field)]);
    expect(Object.fromEntries(read)).toEqual(values);
  });

  it('is left out where leaving it out says the same', () => {
    const attributes = encodeAttributes<'validated-events'>({
      type: '',
      entity: 0,
      replay: 0,
      replace: false,
      lastId: undefined,
    });
    expect(attributes).toEqual({});
    expect(requireAttribute(attributes, 'type')).toBe('');
    expect(requireAttribute(attributes, 'entity')).toBe(0);
    expect(requireAttribute(attributes, 'replay')).toBe(0);
    expect(requireAttribute(attributes, 'replace')).toBe(false);
    expect(readAttribute(attributes, 'lastId')).toBeUndefined();
  });

  it('that no function writes is none', () => {
    expect(readAttribute({ origin: 'mine' }, 'origin')).toBeUndefined();
    expect(readAttribute({ 'eventmend-formerly': 'mine' }, 'formerly')).toBeUndefined();
    expect(readAttribute({ 'eventmend-code': 'ERR_MINE' }, 'code')).toBeUndefined();
    expect(readAttribute({ 'eventmend-check': 'yes' }, 'toBeChecked')).toBe(false);
  });

  it('that is missing where it must be is an error, which names the attribute and holds no value', () => {
    expect(() => requireAttribute({}, 'root')).toThrow('lacks the attribute eventmend-root');
    expect(() => requireAttribute({ 'eventmend-kind': 'mine' }, 'kind')).toThrow(
      'has an unknown value in the attribute eventmend-kind',
    );
  });
});
