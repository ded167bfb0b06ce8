import { PullEndpoint } from '../../functions/pull-endpoint.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { turn } from '../../shared/embedded/steps.ts';
import { InvariantError, RetryableError } from '../../shared/errors.ts';
import type { Delivery, Handler } from '../../shared/messages/message.ts';
import type { PulledMessage } from '../../shared/pull-source.ts';
import { findSubscription } from '../../shared/sources/source-topic.ts';
import type { SubscriptionName } from '../../shared/topology.ts';

const noon = Date.UTC(2025, 1, 9, 12);

/** An endpoint, what reached its handler, what it answered, and what it logged. */
function anEndpoint(handler?: Handler, subscription: SubscriptionName | 'validate-source-shop' = 'validate-events') {
  const handled: Delivery[] = [];
  const answers: string[] = [];
  const errors: string[] = [];
  const counts: string[] = [];
  const clock = new VirtualClock(noon);
  const endpoint = new PullEndpoint({
    subscription: findSubscription(subscription)!,
    handler: async (delivery) => {
      handled.push(delivery);
      await handler?.(delivery);
    },
    log: { count: (counter) => counts.push(counter), error: (message) => errors.push(message) },
    clock,
  });
  const take = (more: Partial<PulledMessage> = {}): void => {
    endpoint.take({
      data: Buffer.from('{}'),
      attributes: {},
      messageId: '1',
      publishedAtMs: noon - 1_000,
      arrivedAtMs: noon,
      ack: () => answers.push('ack'),
      nack: () => answers.push('nack'),
      ...more,
    });
  };
  return { endpoint, take, handled, answers, errors, counts, clock };
}

describe('an endpoint of a subscription that is pulled', () => {
  it('acks a message after its handler returns', async () => {
    let end: () => void = () => undefined;
    const { take, handled, answers, counts } = anEndpoint(
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    take();
    await turn();
    expect([answers, handled.length]).toEqual([[], 1]);
    end();
    await turn();
    expect([answers, counts]).toEqual([['ack'], ['received']]);
  });

  it('tells the handler the topic of the subscription, and its ack deadline less 5 s', async () => {
    const { take, handled } = anEndpoint(undefined, 'verify-suspect-events');
    take({ attributes: { stream: 'a' } });
    await turn();
    expect(handled).toMatchObject([
      { topic: 'suspect-events', messageId: '1', publishedAtMs: noon - 1_000, deadlineMs: noon + 115_000 },
    ]);
    expect(handled[0]).not.toHaveProperty('ack');
  });

  it('names the source of a subscription to a source', async () => {
    const { take, handled } = anEndpoint(undefined, 'validate-source-shop');
    take();
    await turn();
    expect(handled).toMatchObject([{ topic: 'sources/shop', deadlineMs: noon + 55_000 }]);
  });

  it.each([
    [new RetryableError('no answer'), 'a delivery failed'],
    [new InvariantError('a claim got no verdict'), 'a delivery met a bug'],
  ])('nacks a message if its handler throws %s, so that it comes again', async (error, message) => {
    const { take, answers, errors } = anEndpoint(() => Promise.reject(error));
    take();
    await turn();
    expect([answers, errors]).toEqual([['nack'], [message]]);
  });

  it('nacks a message whose handler does not end by the deadline', async () => {
    const { take, answers, errors, clock } = anEndpoint(() => new Promise(() => undefined));
    take();
    clock.advance(54_999);
    await turn();
    expect(answers).toEqual([]);
    clock.advance(1);
    await turn();
    expect([answers, errors]).toEqual([['nack'], ['a delivery was not handled by its deadline']]);
  });

  it('gives back a message that has waited for more than half of its time, so that those behind it end in time', async () => {
    const { take, handled, answers, counts, clock } = anEndpoint();
    clock.advance(27_500);
    take();
    await turn();
    expect([handled.length, answers]).toEqual([1, ['ack']]);
    clock.advance(1);
    take();
    await turn();
    expect([handled.length, answers, counts]).toEqual([1, ['ack', 'nack'], ['received']]);
  });

  it('acks and drops a message that the filter of the subscription excludes, since the emulator delivers it', async () => {
    const { take, handled, answers, counts } = anEndpoint(undefined, 'reconstruct-reprocess-requests');
    take({ attributes: { phase: 'resend' } });
    await turn();
    expect([handled, answers, counts]).toEqual([[], ['ack'], []]);
    take({ attributes: { phase: 'infer' } });
    await turn();
    expect(handled).toHaveLength(1);
  });

  it('is closed when all messages that it took are answered, and answers none that come later', async () => {
    let end: () => void = () => undefined;
    const { endpoint, take, answers, handled } = anEndpoint(
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    take();
    let isClosed = false;
    const closing = endpoint.close().then(() => {
      isClosed = true;
    });
    take();
    await turn();
    expect([isClosed, handled.length]).toEqual([false, 1]);
    end();
    await closing;
    expect(answers).toEqual(['ack']);
  });
});

describe('a subscription', () => {
  it.each(['events', 'validate-source-', 'nonsense', 'toString'])('is not found by the name %s', (name) => {
    expect(findSubscription(name)).toBeUndefined();
  });
});
