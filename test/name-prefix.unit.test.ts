import { makeArchive } from '../functions/archive/handler.ts';
import { withShortNames } from '../functions/short-names.ts';
import { readConnection } from '../shared/config.ts';
import { EmbeddedBlockStore } from '../shared/embedded/block-store.ts';
import { VirtualClock } from '../shared/embedded/clock.ts';
import { EmbeddedDeadLetterStore } from '../shared/embedded/dead-letter-store.ts';
import { openPubSub } from '../shared/gcp/pubsub.ts';
import { withoutNamePrefix } from '../shared/name-prefix.ts';
import { aDelivery, atOnce, noon } from './support/builders.ts';
import { portsInMemory } from './support/ports.ts';

describe('a client of a deployment with a prefix', () => {
  const connection = readConnection({ GOOGLE_CLOUD_PROJECT: 'shop', NAME_PREFIX: 'staging-' });

  it('finds topics and subscriptions under their prefixed names', async () => {
    const pubsub = openPubSub(connection);
    expect(pubsub.topic('events').name).toBe('projects/shop/topics/staging-events');
    expect(pubsub.subscription('validate-events').name).toBe('projects/shop/subscriptions/staging-validate-events');
    await pubsub.close();
  });

  it('takes a full name as it is', async () => {
    const pubsub = openPubSub(connection);
    expect(pubsub.topic('projects/payments/topics/stripe').name).toBe('projects/payments/topics/stripe');
    await pubsub.close();
  });

  it('has the plain names without a prefix', async () => {
    const pubsub = openPubSub(readConnection({ GOOGLE_CLOUD_PROJECT: 'shop' }));
    expect(pubsub.topic('events').name).toBe('projects/shop/topics/events');
    await pubsub.close();
  });
});

test.each([
  ['projects/shop/topics/staging-events', 'projects/shop/topics/events'],
  ['staging-track-validated-events', 'track-validated-events'],
  ['projects/staging-shop/topics/events', 'projects/staging-shop/topics/events'],
  ['_deleted-topic_', '_deleted-topic_'],
])('the prefix staging- is taken off %s', (name, short) => {
  expect(withoutNamePrefix(name, 'staging-')).toBe(short);
});

test.each([
  ['staging-', 'staging-track-validated-events'],
  ['', 'track-validated-events'],
])(
  'a message that Pub/Sub gave up is filed with what Eventmend wrote into it, with the prefix "%s"',
  async (prefix, subscription) => {
    const letters = new EmbeddedDeadLetterStore(atOnce);
    const ports = portsInMemory({ letters, blocks: new EmbeddedBlockStore(atOnce), clock: new VirtualClock(noon) });
    const archive = withShortNames(makeArchive(ports), prefix);
    const attributes = {
      stream: 'orders',
      'eventmend-root': 'events/17',
      CloudPubSubDeadLetterSourceSubscription: subscription,
      CloudPubSubDeadLetterSourceDeliveryCount: '20',
    };
    await archive.handler(aDelivery({ topic: 'dead-letter-queue', messageId: '40', attributes }));
    expect(await letters.list(5)).toMatchObject([
      {
        root: 'events/17',
        failure: { code: 'ERR_DELIVERY', detail: 'subscription track-validated-events gave up after 20 deliveries' },
      },
    ]);
  },
);
