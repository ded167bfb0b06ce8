import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedPubSub, type EmbeddedPubSubDeps, type PublishedMessage } from '../../shared/embedded/pubsub.ts';
import { turn } from '../../shared/embedded/steps.ts';
import type { Delivery, Handler } from '../../shared/messages/message.ts';
import { aMessage, noon, textOf } from '../support/builders.ts';

function aPubSub(deps: Partial<EmbeddedPubSubDeps> = {}) {
  const clock = new VirtualClock(noon);
  return { clock, pubsub: new EmbeddedPubSub({ clock, ...deps }) };
}

/** A handler that notes what it is given, as text, and how many seconds after noon. */
function aListener(clock: VirtualClock, fails: (delivery: Delivery) => boolean = () => false) {
  const heard: string[] = [];
  const seconds: number[] = [];
  const handler: Handler = async (delivery) => {
    heard.push(textOf(delivery));
    seconds.push((clock.now() - noon) / 1_000);
    if (fails(delivery)) throw new Error('not now');
  };
  return { heard, seconds, handler };
}

describe('a message', () => {
  test('is delivered to each subscription of its topic, and to no other', async () => {
    const { pubsub, clock } = aPubSub();
    const [one, another, other] = [aListener(clock), aListener(clock), aListener(clock)];
    pubsub.subscribe('validate-events', one.handler);
    pubsub.listen('events', 'another', another.handler);
    pubsub.subscribe('track-validated-events', other.handler);
    await pubsub.publish('events', aMessage('a'));
    await turn();
    expect([one.heard, another.heard, other.heard]).toEqual([['a'], ['a'], []]);
  });

  test('comes with its topic, an id of its own in the topic, and the time of its publication', async () => {
    const { pubsub, clock } = aPubSub();
    const deliveries: Delivery[] = [];
    pubsub.subscribe('validate-events', async (delivery) => void deliveries.push(delivery));
    await pubsub.publish('events', aMessage('a', { stream: 'orders' }));
    clock.advance(5);
    await pubsub.publish('events', aMessage('b'));
    await turn();
    expect(deliveries).toMatchObject([
      { ...aMessage('a', { stream: 'orders' }), topic: 'events', messageId: '1', publishedAtMs: noon },
      { ...aMessage('b'), topic: 'events', messageId: '2', publishedAtMs: noon + 5 },
    ]);
  });

  test('has a deadline in each delivery, 5 s before the ack deadline of the subscription', async () => {
    const { pubsub, clock } = aPubSub();
    const deadlines: number[] = [];
    pubsub.subscribe('validate-events', async ({ deadlineMs }) => {
      deadlines.push(deadlineMs);
      if (deadlines.length === 1) throw new Error('not now');
    });
    await pubsub.publish('events', aMessage('a'));
    await turn();
    clock.advance(10_000);
    await turn();
    expect(deadlines).toEqual([noon + 55_000, noon + 65_000]);
  });

  test('has no deadline for a listener that has no subscription', async () => {
    const { pubsub } = aPubSub();
    const deadlines: number[] = [];
    pubsub.listen('events', 'another', async ({ deadlineMs }) => void deadlines.push(deadlineMs));
    await pubsub.publish('events', aMessage('a'));
    await turn();
    expect(deadlines).toEqual([Number.POSITIVE_INFINITY]);
  });

  test('is delivered after its publish has returned, never inside of it', async () => {
    const { pubsub, clock } = aPubSub();
    const { heard, handler } = aListener(clock);
    pubsub.subscribe('validate-events', handler);
    void pubsub.publish('events', aMessage('a'));
    expect(heard).toEqual([]);
    await turn();
    expect(heard).toEqual(['a']);
  });

  test('of a topic that nobody listens to is gone, and nothing is pending', async () => {
    const { pubsub } = aPubSub();
    await pubsub.publish('events', aMessage('a'));
    expect(pubsub.pending()).toBe(0);
  });

  test('that the filter of a subscription excludes is not delivered, and not pending', async () => {
    const { pubsub, clock } = aPubSub();
    const { heard, handler } = aListener(clock);
    pubsub.subscribe('reconstruct-reprocess-requests', handler);
    void pubsub.publish('reprocess-requests', aMessage('a', { phase: 'resend' }));
    expect(pubsub.pending()).toBe(0);
    void pubsub.publish('reprocess-requests', aMessage('b', { phase: 'infer' }));
    expect(pubsub.pending()).toBe(1);
    await turn();
    expect(heard).toEqual(['b']);
    expect(pubsub.pending()).toBe(0);
  });

  test('is pending until its handler is through', async () => {
    const { pubsub } = aPubSub();
    let ack: () => void = () => undefined;
    pubsub.subscribe('validate-events', () => new Promise((resolve) => (ack = resolve)));
    await pubsub.publish('events', aMessage('a'));
    await turn();
    expect(pubsub.pending()).toBe(1);
    ack();
    await turn();
    expect(pubsub.pending()).toBe(0);
  });
});

describe('messages', () => {
  test('are delivered in the order of their publication, where nothing goes wrong', async () => {
    const { pubsub, clock } = aPubSub();
    const { heard, handler } = aListener(clock);
    pubsub.subscribe('validate-events', handler);
    const sent = Array.from({ length: 12_000 }, (_, i) => String(i));
    for (const text of sent) await pubsub.publish('events', aMessage(text));
    await turn();
    await turn();
    expect(heard).toEqual(sent);
  });

  test('are given to a function no more at a time than topology.json says', async () => {
    const { pubsub } = aPubSub();
    const acks: (() => void)[] = [];
    pubsub.subscribe('sweep-sweeps', () => new Promise((resolve) => void acks.push(resolve)));
    for (let i = 0; i < 50; i++) await pubsub.publish('sweeps', aMessage('a'));
    await turn();
    expect(acks).toHaveLength(10);
    for (const ack of acks.splice(0, 5)) ack();
    await turn();
    expect(acks).toHaveLength(10);
    expect(pubsub.pending()).toBe(45);
  });
});

describe('a message that is nacked', () => {
  test('is delivered again with the same id after ten seconds, then twice as long each time, up to ten minutes', async () => {
    const { pubsub, clock } = aPubSub();
    const ids = new Set<string>();
    const { seconds, handler } = aListener(clock, ({ messageId }) => ids.add(messageId).size > 0);
    pubsub.subscribe('sweep-sweeps', handler);
    await pubsub.publish('sweeps', aMessage(''));
    for (let i = 0; i < 9; i++) {
      await turn();
      clock.runNext();
    }
    await turn();
    const waits = seconds.map((second, i) => second - (seconds[i - 1] ?? 0));
    expect(waits).toEqual([0, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
    expect(ids).toEqual(new Set(['1']));
  });

  test('is not delivered again once it is acked', async () => {
    const { pubsub, clock } = aPubSub();
    let attempts = 0;
    const { heard, handler } = aListener(clock, () => ++attempts < 3);
    pubsub.subscribe('sweep-sweeps', handler);
    await pubsub.publish('sweeps', aMessage('a'));
    for (let i = 0; i < 5; i++) {
      await turn();
      clock.runNext();
    }
    expect(heard).toEqual(['a', 'a', 'a']);
    expect(pubsub.pending()).toBe(0);
  });

  test('by one subscription is delivered again to that one alone', async () => {
    const { pubsub, clock } = aPubSub();
    const failing = aListener(clock, () => true);
    const other = aListener(clock);
    pubsub.subscribe('validate-events', failing.handler);
    pubsub.listen('events', 'other', other.handler);
    await pubsub.publish('events', aMessage('a'));
    await turn();
    clock.runNext();
    await turn();
    expect([failing.heard.length, other.heard.length]).toEqual([2, 1]);
  });

  test('is told of, with the subscription and the error', async () => {
    const nacks: unknown[] = [];
    const { pubsub } = aPubSub({ onNack: (subscription, error) => nacks.push([subscription, error]) });
    const error = new Error('not now');
    pubsub.subscribe('validate-events', () => Promise.reject(error));
    await pubsub.publish('events', aMessage('a'));
    await turn();
    expect(nacks).toEqual([['validate-events', error]]);
  });

  test('holds up no other', async () => {
    const { pubsub, clock } = aPubSub();
    const { heard, handler } = aListener(clock, (delivery) => textOf(delivery) === 'a');
    pubsub.subscribe('validate-events', handler);
    for (const text of ['a', 'b', 'c']) await pubsub.publish('events', aMessage(text));
    await turn();
    expect(heard).toEqual(['a', 'b', 'c']);
    expect(pubsub.pending()).toBe(1);
  });
});

describe('past the allowed attempts', () => {
  async function giveUp(clock: VirtualClock, attempts: number) {
    for (let i = 0; i < attempts; i++) {
      await turn();
      clock.runNext();
    }
    await turn();
  }

  test('a message is moved to the dead-letter queue as Pub/Sub does it, and is not delivered again', async () => {
    const { pubsub, clock } = aPubSub();
    const { heard, handler } = aListener(clock, () => true);
    const letters: Delivery[] = [];
    pubsub.subscribe('validate-events', handler);
    pubsub.listen('dead-letter-queue', 'letters', async (letter) => void letters.push(letter));
    await pubsub.publish('events', aMessage('a', { stream: 'orders' }));
    await giveUp(clock, 120);
    expect(heard).toHaveLength(100);
    expect(pubsub.pending()).toBe(0);
    expect(letters.map(({ attributes, topic, data }) => [topic, textOf({ data }), attributes])).toEqual([
      [
        'dead-letter-queue',
        'a',
        {
          stream: 'orders',
          CloudPubSubDeadLetterSourceSubscription: 'validate-events',
          CloudPubSubDeadLetterSourceSubscriptionProject: 'embedded',
          CloudPubSubDeadLetterSourceDeliveryCount: '100',
          CloudPubSubDeadLetterSourceTopicPublishTime: '2025-02-09T12:00:00.000Z',
        },
      ],
    ]);
  });

  test('of a subscription that names none, a message is delivered again for ever', async () => {
    const { pubsub, clock } = aPubSub();
    const { heard, handler } = aListener(clock, () => true);
    pubsub.subscribe('sweep-sweeps', handler);
    await pubsub.publish('sweeps', aMessage('a'));
    await giveUp(clock, 300);
    expect(heard).toHaveLength(301);
  });
});

describe('a delivery plan', () => {
  async function deliveredBy(plan: readonly number[]) {
    const { pubsub, clock } = aPubSub({ plan: () => plan });
    const { seconds, handler } = aListener(clock);
    pubsub.subscribe('validate-events', handler);
    void pubsub.publish('events', aMessage('a'));
    const pending = pubsub.pending();
    await turn();
    while (clock.runNext()) await turn();
    return { seconds, pending, left: pubsub.pending() };
  }

  test('may deliver a message twice, late, or never', async () => {
    expect(await deliveredBy([0])).toEqual({ seconds: [0], pending: 1, left: 0 });
    expect(await deliveredBy([0, 0])).toEqual({ seconds: [0, 0], pending: 2, left: 0 });
    expect(await deliveredBy([7_000])).toEqual({ seconds: [7], pending: 1, left: 0 });
    expect(await deliveredBy([])).toEqual({ seconds: [], pending: 0, left: 0 });
  });

  test('may put messages out of order, and knows message and subscription', async () => {
    const planned: string[] = [];
    const plan = (message: PublishedMessage, subscription: string) => {
      planned.push(`${subscription} ${textOf(message)}`);
      return [textOf(message) === 'a' ? 20 : 10];
    };
    const { pubsub, clock } = aPubSub({ plan });
    const { heard, handler } = aListener(clock);
    pubsub.subscribe('validate-events', handler);
    for (const text of ['a', 'b']) await pubsub.publish('events', aMessage(text));
    clock.advance(20);
    await turn();
    expect(heard).toEqual(['b', 'a']);
    expect(planned).toEqual(['validate-events a', 'validate-events b']);
  });
});
