import { decodePush, EnvelopeError } from '../../shared/messages/push.ts';

/** As Pub/Sub posts it (https://cloud.google.com/pubsub/docs/push#receive_push). */
const push = {
  deliveryAttempt: 5,
  message: {
    attributes: { stream: 'shop' },
    data: 'eyJldmVudF9pZCI6IDF9',
    messageId: '2070443601311540',
    message_id: '2070443601311540',
    publishTime: '2025-02-09T12:00:00.123Z',
    publish_time: '2025-02-09T12:00:00.123Z',
    orderingKey: 'shop',
  },
  subscription: 'projects/my-project/subscriptions/validate-events',
};

const deadlineMs = Date.UTC(2025, 1, 9, 12, 1);
const withMessage = (message: object) => ({ ...push, message: { ...push.message, ...message } });
const problemOf = (body: unknown): string => {
  try {
    decodePush(body, 'events', deadlineMs);
  } catch (error) {
    if (error instanceof EnvelopeError) return error.message;
  }
  throw new Error('the body was taken for a push');
};

describe('decodePush', () => {
  it('reads a message, and takes its topic and its deadline from the caller', () => {
    expect(decodePush(push, 'events', deadlineMs)).toEqual({
      topic: 'events',
      data: Buffer.from('{"event_id": 1}'),
      attributes: { stream: 'shop' },
      orderingKey: 'shop',
      messageId: '2070443601311540',
      publishedAtMs: Date.UTC(2025, 1, 9, 12, 0, 0, 123),
      deadlineMs,
      subscription: 'projects/my-project/subscriptions/validate-events',
      deliveryAttempt: 5,
    });
  });

  it('reads a message without data as one of no bytes', () => {
    expect(decodePush(withMessage({ data: undefined }), 'events', deadlineMs).data).toEqual(Buffer.alloc(0));
    expect(decodePush(withMessage({ data: '' }), 'events', deadlineMs).data).toEqual(Buffer.alloc(0));
  });

  it.each([undefined, null])('reads a message whose attributes are %p as one of none', (attributes) => {
    expect(decodePush(withMessage({ attributes }), 'events', deadlineMs).attributes).toEqual({});
  });

  it('reads a push that does not count its deliveries', () => {
    const { message, subscription } = push;
    expect(decodePush({ message, subscription }, 'events', deadlineMs).deliveryAttempt).toBeUndefined();
  });

  it('keeps attributes whose names every object has', () => {
    const text = JSON.stringify(push).replace('"stream":"shop"', '"__proto__":"p","constructor":"c","":"none"');
    const { attributes } = decodePush(JSON.parse(text), 'events', deadlineMs);
    expect(Object.entries(attributes)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['', 'none'],
    ]);
  });

  it('keeps bytes that are no text', () => {
    const data = Buffer.from([0, 255, 128, 10]).toString('base64');
    expect(decodePush(withMessage({ data }), 'events', deadlineMs).data).toEqual(Buffer.from([0, 255, 128, 10]));
  });

  it.each(['', 'A', 'AB', 'ABC', 'ABCD'])('reads base64 of %j, padded or not', (text) => {
    const data = Buffer.from(text).toString('base64');
    expect(String(decodePush(withMessage({ data }), 'events', deadlineMs).data)).toBe(text);
    expect(String(decodePush(withMessage({ data: data.replaceAll('=', '') }), 'events', deadlineMs).data)).toBe(text);
  });

  it.each([
    ['no object', 'a text', 'body:'],
    ['nothing', undefined, 'body:'],
    ['a list', [push], 'body:'],
    ['a bare event', { event_id: 1 }, 'message:'],
    ['data that is no base64', withMessage({ data: 'not base64!' }), 'message.data:'],
    ['data that is no text', withMessage({ data: 7 }), 'message.data:'],
    ['an attribute that is no text', withMessage({ attributes: { stream: 7 } }), 'message.attributes:'],
    ['attributes in a list', withMessage({ attributes: ['stream'] }), 'message.attributes:'],
    ['no message id', withMessage({ messageId: undefined }), 'message.messageId:'],
    ['a publish time that is none', withMessage({ publishTime: 'soon' }), 'message.publishTime:'],
    ['no subscription', { message: push.message }, 'subscription:'],
  ])('says what is wrong with %s', (_, body, problem) => {
    expect(problemOf(body)).toContain(problem);
  });

  it('names all problems of an envelope at once, and no value in it', () => {
    const problem = problemOf({ message: { data: 'secret', attributes: { name: 7, more: 'secret' } } });
    expect(problem).toMatch(/message\.attributes:.*message\.messageId:.*message\.publishTime:.*subscription:/);
    expect(problem).not.toContain('secret');
  });
});
