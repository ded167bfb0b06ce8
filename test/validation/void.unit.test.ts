import { attributesFor, isLetter } from '../support/assessments.ts';

const anId = 'an integer from 0 to 2^53-1 is accepted';

describe('a void', () => {
  const attributes = { void: 'true' };

  it('claims the ids that it names', () => {
    expect(attributesFor({ attributes, data: { stream: 's', from: 3, to: 5 } })).toMatchObject({
      topic: 'validated-events',
      stream: 's',
      'eventmend-kind': 'void',
      'eventmend-key': '/void',
      'eventmend-id': '3',
      'eventmend-last-id': '5',
    });
  });

  it.each([
    ['ends before it begins', { from: 5, to: 3 }, 'void.to: below from'],
    ['names more than maxGap ids', { from: 0, to: 1000 }, 'void.to: more than maxGap ids'],
    ['names 2^53 ids', { from: 0, to: 2 ** 53 - 1 }, 'void.to: more than maxGap ids'],
    ['lacks an end', { from: 5 }, `void.to: missing; ${anId}`],
    ['names part of an id', { from: 1.5, to: 3 }, `void.from: a number with a fraction; ${anId}`],
    ['names an id that is a text', { from: '1', to: 3 }, `void.from: a text of digits; ${anId}`],
    ['names an id below zero', { from: -1, to: 3 }, `void.from: a number below 0; ${anId}`],
    [
      'names an id above 2^53 − 1',
      '{"from":9007199254740992,"to":9007199254740993}',
      `void.from: a number above 2^53-1; ${anId}. void.to: a number above 2^53-1; ${anId}`,
    ],
    [
      'names an id that a parse rounds',
      '{"from":1.00000000000000001,"to":3}',
      `void.from: a number with a fraction; ${anId}`,
    ],
    [
      'ends with an id that a parse rounds',
      '{"from":1,"to":3.0000000000000000001}',
      `void.to: a number with a fraction; ${anId}`,
    ],
    ['is a list of ids', '[1,2]', 'not an object'],
    [
      'names another stream than its attribute',
      { stream: 't', from: 1, to: 1 },
      'void.stream: other than the attribute',
    ],
  ])('is a dead letter where it %s', (_, data, detail) => {
    const withStream = { ...attributes, stream: 's' };
    expect(attributesFor({ attributes: withStream, data })).toMatchObject(isLetter('ERR_INVALID_EVENT', detail));
  });
});
