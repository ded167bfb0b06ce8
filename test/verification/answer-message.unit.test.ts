import { answerMessage } from '../../shared/verification/answer-message.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import type { Answer } from '../../shared/verification/answer.ts';
import { aRouting, aRoutedDelivery, textOf } from '../support/builders.ts';

/** The bytes 0 to 11, which an attribute holds as `AAECAwQFBgcICQoL`. */
const hash = Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]).toString('latin1');
const routing = aRouting({ root: 'events/17', key: '7/1739102400000', hash, eventId: 7, toBeChecked: true });
const original = '{"event_id":7, "valid" : false,"amount":9007199254740993,"data":{"valid":false,"rate":1.0}}';

function answered(answer: Answer, text = original) {
  const attributes = { trace: 'abc', 'possible-duplicate': 'true' };
  return answerMessage(aRoutedDelivery(routing, { content: text, attributes }), routing, answer, true);
}

const identity = {
  'eventmend-root': 'events/17',
  'eventmend-key': '7/1739102400000',
  'eventmend-hash': 'AAECAwQFBgcICQoL',
  'eventmend-answer': expect.stringMatching(/^[1-9][0-9]*$/) as unknown,
};

const digestOf = (answer: Answer) => answered(answer).attributes['eventmend-answer'];

test('an answer has a digest that tells it from every other answer about the event, and is the same when it is given again', () => {
  const answers: readonly Answer[] = [
    { says: 'verified' },
    { says: 'corrected', corrections: [{ at: '/amount', before: '1', after: '5' }] },
    { says: 'corrected', corrections: [{ at: '/amount', before: '1', after: '6' }] },
    { says: 'unverified', why: 'no such customer' },
    { says: 'refused', why: 'no such customer' },
    { says: 'refused', why: 'no such order' },
  ];
  expect(new Set(answers.map(digestOf)).size).toBe(answers.length);
  expect(answers.map(digestOf)).toEqual(answers.map(digestOf));
});

describe('a verified event', () => {
  test('is valid, and keeps every other byte', () => {
    expect(textOf(answered({ says: 'verified' }))).toBe(
      '{"event_id":7, "valid" : true,"amount":9007199254740993,"data":{"valid":false,"rate":1.0}}',
    );
  });

  test('goes round again under the root, key and hash of the producer’s message, with its attributes', () => {
    expect(answered({ says: 'verified' }).attributes).toEqual({
      trace: 'abc',
      'possible-duplicate': 'true',
      stream: 'orders',
      origin: 'verified',
      verification: 'verified',
      ...identity,
    });
  });

  test('keeps its place, the number of its replay, and its identity under other rules', () => {
    const formerly = { key: '7/id', hash };
    const replayed = aRouting({ formerly, place: 1_802, replay: 2 });
    const { attributes } = answerMessage(aRoutedDelivery(replayed), replayed, { says: 'verified' }, true);
    expect(decodeRouting({ ...attributes, 'eventmend-kind': 'event' })).toMatchObject({
      formerly,
      place: 1_802,
      replay: 2,
    });
  });

  test('that did not say whether it was valid says so now', () => {
    expect(textOf(answered({ says: 'verified' }, '{"event_id":7}'))).toBe('{"event_id":7,"valid":true}');
  });
});

describe('a corrected event', () => {
  const corrections = [
    { at: '/amount', before: '9007199254740993', after: '9007199254740995' },
    { at: '/data/note', before: undefined, after: '"x"' },
  ];
  const corrected = answered({ says: 'corrected', corrections });

  test('differs from the producer’s bytes only in what was corrected, in `valid` and in the list of corrections', () => {
    expect(textOf(corrected)).toBe(
      '{"event_id":7, "valid" : true,"amount":9007199254740995,"data":{"valid":false,"rate":1.0,"note":"x"},' +
        '"_eventmend":{"corrections":[{"at":"/amount","before":9007199254740993,"after":9007199254740995},' +
        '{"at":"/data/note","after":"x"}]}}',
    );
  });

  test('keeps root, key and hash of what the producer sent, so that a copy of that is still known', () => {
    expect(corrected.attributes).toEqual({
      trace: 'abc',
      'possible-duplicate': 'true',
      stream: 'orders',
      origin: 'corrected',
      verification: 'corrected',
      ...identity,
    });
  });

  test('keeps a member of any name', () => {
    const one = [{ at: '/amount', before: '6', after: '5' }];
    const { data } = answered({ says: 'corrected', corrections: one }, '{"__proto__":{"a":1},"amount":6}');
    expect(textOf({ data })).toContain('{"__proto__":{"a":1},"amount":5,');
  });
});

test('an event whose text may not be edited keeps its bytes when it is verified', () => {
  const form = 'MessageSid=SM1&MessageStatus=sent';
  const { data, attributes } = answerMessage(
    aRoutedDelivery(routing, { content: form }),
    routing,
    { says: 'verified' },
    false,
  );
  expect(textOf({ data })).toBe(form);
  expect(attributes).toMatchObject({ origin: 'verified', ...identity });
});

describe('an unverified event', () => {
  test('keeps all its bytes, and says that nobody could tell', () => {
    const { data, attributes } = answered({ says: 'unverified', why: 'no such customer' });
    expect(textOf({ data })).toBe(original);
    expect(attributes).toMatchObject({ origin: 'unverified', verification: 'unverified', ...identity });
  });
});

describe('a refused event', () => {
  const refused = answered({ says: 'refused', why: 'no such customer' });

  test('keeps all its bytes', () => {
    expect(textOf(refused)).toBe(original);
  });

  test('goes round as a refusal with its reason: the entry decides what becomes of it', () => {
    expect(refused.attributes).toEqual({
      trace: 'abc',
      'possible-duplicate': 'true',
      stream: 'orders',
      origin: 'producer',
      ...identity,
      'eventmend-kind': 'refusal',
      'eventmend-code': 'ERR_INCORRECT',
      'eventmend-stage': 'verify',
      'eventmend-detail': 'no such customer',
    });
  });
});
