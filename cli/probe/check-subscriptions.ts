import type { PubSub, Subscription } from '@google-cloud/pubsub';
import { Calls } from '../../shared/gcp/calls.ts';
import { isMissing } from '../../shared/gcp/status.ts';
import { withoutNamePrefix } from '../../shared/name-prefix.ts';
import { subscriptionOfSource } from '../../shared/sources/source-topic.ts';
import { isOptional, subscriptionNames, subscriptions } from '../../shared/topology.ts';
import { reasonOf } from '../reason.ts';
import type { Result } from './follow-routes.ts';
import {
  isGrantedToPubSub,
  settingsProblems,
  sourceSettingsProblems,
  type Grants,
  type SubscriptionState,
} from './subscription-problems.ts';

export interface CheckDeps {
  readonly pubsub: PubSub;
  /** The names of the catalog's sources besides `events`. */
  readonly sources: readonly string[];
  readonly isEmulated: boolean;
  readonly namePrefix: string;
  readonly timeoutMs: number;
}

/** Checks that every subscription exists and matches topology.json. */
export async function checkSettings(deps: CheckDeps): Promise<Result> {
  const calls = new Calls(deps.timeoutMs);
  return check('settings', async () => {
    const problems = subscriptionNames.map(async (name) => {
      const state = await calls.run(`reading ${name}`, () => stateOf(deps.pubsub.subscription(name), deps.namePrefix));
      if (state) return settingsProblems(name, state, deps.isEmulated);
      return isOptional(subscriptions[name].function) ? [] : [`${name}: does not exist`];
    });
    const ofSources = deps.sources.map(async (source) => {
      const name = subscriptionOfSource(source);
      const state = await calls.run(`reading ${name}`, () => stateOf(deps.pubsub.subscription(name), deps.namePrefix));
      return state
        ? sourceSettingsProblems(source, state, deps.isEmulated)
        : [`${name}: does not exist, so nothing is read from the source ${source}`];
    });
    const unchecked = deps.isEmulated
      ? '; not checked: backoff, expiry and identity, which are not set on the emulator'
      : '';
    return {
      problems: (await Promise.all([...problems, ...ofSources])).flat(),
      detail: `subscriptions match topology.json${unchecked}`,
    };
  });
}

/**
 * Checks that Pub/Sub has the permissions that a dead-letter policy needs. Without them it delivers an undeliverable
 * message again for ever.
 */
export async function checkGrants({ pubsub, sources: named, isEmulated, timeoutMs }: CheckDeps): Promise<Result> {
  if (isEmulated) return grantsNotChecked('the emulator has no IAM');
  const calls = new Calls(timeoutMs);
  const grantsOf = async (what: string, { iam }: Pick<Subscription, 'iam'>): Promise<Grants> => {
    const [policy] = await calls.run(`reading who may use ${what}`, () => iam.getPolicy());
    return policy;
  };
  return check('grants', async () => {
    const topic = await grantsOf('dead-letter-queue', pubsub.topic('dead-letter-queue'));
    const problems = isGrantedToPubSub(topic, 'roles/pubsub.publisher')
      ? []
      : ['dead-letter-queue: Pub/Sub may not publish to it'];
    const limited = [
      ...subscriptionNames.filter((name) => subscriptions[name].maxDeliveryAttempts !== undefined),
      ...named.map(subscriptionOfSource),
    ];
    const sources = limited.map(async (name) =>
      isGrantedToPubSub(await grantsOf(name, pubsub.subscription(name)), 'roles/pubsub.subscriber')
        ? []
        : [`${name}: Pub/Sub may not take messages from it`],
    );
    problems.push(...(await Promise.all(sources)).flat());
    return { problems, detail: 'Pub/Sub may dead-letter undeliverable messages' };
  });
}

/** The result of a probe that does not check grants. */
export function grantsNotChecked(reason: string): Result {
  return { name: 'grants', outcome: 'not-checked', detail: reason };
}

async function check(
  name: string,
  look: () => Promise<{ readonly problems: readonly string[]; readonly detail: string }>,
): Promise<Result> {
  try {
    const { problems, detail } = await look();
    return problems.length === 0
      ? { name, outcome: 'passed', detail }
      : { name, outcome: 'failed', detail: problems.join('; ') };
  } catch (error) {
    return { name, outcome: 'failed', detail: reasonOf(error) };
  }
}

/** Reads the settings of a subscription, with the names of topology.json. Undefined if it does not exist. */
async function stateOf(subscription: Subscription, namePrefix: string): Promise<SubscriptionState | undefined> {
  try {
    const [state] = await subscription.getMetadata();
    return withShortTopics(state, namePrefix);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function withShortTopics(state: SubscriptionState, namePrefix: string): SubscriptionState {
  const { topic, deadLetterPolicy } = state;
  const short = (name: string | null | undefined) => withoutNamePrefix(name ?? '', namePrefix);
  return {
    ...state,
    topic: short(topic),
    ...(deadLetterPolicy && {
      deadLetterPolicy: { ...deadLetterPolicy, deadLetterTopic: short(deadLetterPolicy.deadLetterTopic) },
    }),
  };
}
