import {
  isGrantedToPubSub,
  settingsProblems,
  sourceSettingsProblems,
  type SubscriptionState,
} from '../../../cli/probe/subscription-problems.ts';
import { subscriptionNames, subscriptions } from '../../../shared/topology.ts';

/** The answer of Pub/Sub for a subscription that is deployed as topology.json says. */
function deployed(over: Partial<SubscriptionState> = {}): SubscriptionState {
  return {
    topic: 'projects/shop/topics/events',
    pushConfig: {
      pushEndpoint: 'https://validate-x.run.app/events',
      oidcToken: { audience: 'https://validate-x.run.app' },
    },
    ackDeadlineSeconds: 60,
    filter: '',
    retryPolicy: { minimumBackoff: { seconds: '10' }, maximumBackoff: { seconds: '600' } },
    deadLetterPolicy: { deadLetterTopic: 'projects/shop/topics/dead-letter-queue', maxDeliveryAttempts: 100 },
    expirationPolicy: { ttl: null },
    ...over,
  };
}

describe('the settings of a subscription', () => {
  it('are as topology.json says', () => {
    expect(settingsProblems('validate-events', deployed(), false)).toEqual([]);
  });

  it.each<[string, Partial<SubscriptionState>, string]>([
    ['topic', { topic: '_deleted-topic_' }, 'topic is "_deleted-topic_", not "events"'],
    [
      'path',
      { pushConfig: { pushEndpoint: 'https://x.run.app/', oidcToken: { audience: 'x' } } },
      'path is "/", not "/events"',
    ],
    ['deadline', { ackDeadlineSeconds: 10 }, 'ackDeadlineSeconds is 10, not 60'],
    ['filter', { filter: 'attributes:a' }, 'filter is "attributes:a", not ""'],
    ['backoff', { retryPolicy: null }, 'backoffSeconds is null, not {"min":10,"max":600}'],
    [
      'attempts',
      { deadLetterPolicy: null },
      'deadLetter is null, not {"topic":"dead-letter-queue","maxDeliveryAttempts":100}',
    ],
    ['expiry', { expirationPolicy: { ttl: { seconds: '2678400' } } }, 'expires is "after a time", not "never"'],
    ['expiry by default', { expirationPolicy: null }, 'expires is "after a time", not "never"'],
    ['identity', { pushConfig: { pushEndpoint: 'https://x.run.app/events' } }, 'authenticates is false, not true'],
  ])('name a wrong %s with both values', (_, over, problem) => {
    expect(settingsProblems('validate-events', deployed(over), false)).toEqual([`validate-events: ${problem}`]);
  });

  it('of a source are those of the one to events, with any topic, and the source in the path', () => {
    const pushTo = (path: string) =>
      deployed({
        topic: 'projects/payments/topics/webhooks',
        pushConfig: { pushEndpoint: `https://x.run.app${path}`, oidcToken: { audience: 'https://x.run.app' } },
      });
    expect(sourceSettingsProblems('shop', pushTo('/sources/shop'), false)).toEqual([]);
    expect(sourceSettingsProblems('shop', pushTo('/events'), false)).toEqual([
      'validate-source-shop: path is "/events", not "/sources/shop"',
    ]);
  });

  it('are those of a push only where Pub/Sub pushes, and not where a worker pulls', () => {
    expect(settingsProblems('validate-events', deployed({ pushConfig: {} }), false)).toEqual([]);
    expect(settingsProblems('validate-events', deployed({ pushConfig: {}, filter: 'attributes:a' }), false)).toEqual([
      'validate-events: filter is "attributes:a", not ""',
    ]);
  });

  it('are compared on the emulator as far as it is given them', () => {
    const local = {
      pushConfig: { pushEndpoint: 'http://127.0.0.1:4711/events' },
      retryPolicy: null,
      expirationPolicy: null,
    };
    expect(settingsProblems('validate-events', deployed(local), true)).toEqual([]);
    expect(settingsProblems('validate-events', deployed({ ...local, ackDeadlineSeconds: 10 }), true)).toHaveLength(1);
  });

  it.each(subscriptionNames)('can be told for %s', (name) => {
    const { topic, ackDeadlineSeconds, filter = '', backoffSeconds, maxDeliveryAttempts } = subscriptions[name];
    const state: SubscriptionState = {
      topic: `projects/shop/topics/${topic}`,
      pushConfig: { pushEndpoint: `https://f.run.app/${topic}`, oidcToken: { audience: 'https://f.run.app' } },
      ackDeadlineSeconds,
      filter,
      retryPolicy: { minimumBackoff: { seconds: backoffSeconds.min }, maximumBackoff: { seconds: backoffSeconds.max } },
      deadLetterPolicy: maxDeliveryAttempts
        ? { deadLetterTopic: 'projects/shop/topics/dead-letter-queue', maxDeliveryAttempts }
        : null,
      expirationPolicy: { ttl: null },
    };
    expect(settingsProblems(name, state, false)).toEqual([]);
  });
});

describe('a grant to Pub/Sub', () => {
  const agent = 'serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com';
  const role = 'roles/pubsub.publisher';

  it('is one of the role to its own service agent', () => {
    expect(isGrantedToPubSub({ bindings: [{ role, members: ['user:a@b.c', agent] }] }, role)).toBe(true);
  });

  it.each([
    ['nobody', {}],
    ['another', { bindings: [{ role, members: ['serviceAccount:validate@shop.iam.gserviceaccount.com'] }] }],
    ['another role', { bindings: [{ role: 'roles/pubsub.viewer', members: [agent] }] }],
    ['a name that only looks like it', { bindings: [{ role, members: [`${agent}.example.com`] }] }],
  ])('is none where %s has it', (_, grants) => {
    expect(isGrantedToPubSub(grants, role)).toBe(false);
  });
});
