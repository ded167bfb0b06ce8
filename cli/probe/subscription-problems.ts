import { isDeepStrictEqual } from 'node:util';
import { eventsSubscription, subscriptionOfSource, topicOfSource } from '../../shared/sources/source-topic.ts';
import { subscriptions, type SubscriptionName } from '../../shared/topology.ts';

/** The settings of a subscription that are compared, as Pub/Sub reports them. */
export interface SubscriptionState {
  readonly topic?: string | null;
  readonly pushConfig?: {
    readonly pushEndpoint?: string | null;
    readonly oidcToken?: { readonly audience?: string | null } | null;
  } | null;
  readonly ackDeadlineSeconds?: number | null;
  readonly filter?: string | null;
  readonly retryPolicy?: {
    readonly minimumBackoff?: Duration | null;
    readonly maximumBackoff?: Duration | null;
  } | null;
  readonly deadLetterPolicy?: {
    readonly deadLetterTopic?: string | null;
    readonly maxDeliveryAttempts?: number | null;
  } | null;
  readonly expirationPolicy?: { readonly ttl?: Duration | null } | null;
}

interface Duration {
  readonly seconds?: string | number | { toString(): string } | null;
}

/** The IAM policy of a topic or a subscription. */
export interface Grants {
  readonly bindings?: readonly { readonly role?: string | null; readonly members?: readonly string[] | null }[] | null;
}

/**
 * The settings that are compared on an emulator. It has no identities, and its subscriptions have no backoff
 * (cli/local/resources.ts).
 */
const comparedOnEmulator: readonly string[] = ['topic', 'path', 'ackDeadlineSeconds', 'filter', 'deadLetter'];
/** The settings of a push. A worker pulls without them. */
const settingsOfPush: readonly string[] = ['path', 'authenticates'];

/** Lists the settings of a subscription that differ from topology.json, with both values. */
export function settingsProblems(name: SubscriptionName, state: SubscriptionState, isEmulated: boolean): string[] {
  return differences(name, expectedOf(name), state, isEmulated);
}

/** Lists the settings of a source's subscription that differ from those of the one to `events`. Its topic may have any name. */
export function sourceSettingsProblems(source: string, state: SubscriptionState, isEmulated: boolean): string[] {
  const expected = {
    ...expectedOf(eventsSubscription),
    topic: actualOf(state).topic,
    path: `/${topicOfSource(source)}`,
  };
  return differences(subscriptionOfSource(source), expected, state, isEmulated);
}

/** Whether a subscription does not push: a worker pulls it, or nobody does. */
function isPulled({ pushConfig }: SubscriptionState): boolean {
  return (pushConfig?.pushEndpoint ?? '') === '';
}

function differences(name: string, expected: Settings, state: SubscriptionState, isEmulated: boolean): string[] {
  const actual = actualOf(state);
  return Object.entries(expected)
    .filter(([setting]) => !isEmulated || comparedOnEmulator.includes(setting))
    .filter(([setting]) => !isPulled(state) || !settingsOfPush.includes(setting))
    .filter(([setting, value]) => !isDeepStrictEqual(actual[setting], value))
    .map(
      ([setting, value]) => `${name}: ${setting} is ${JSON.stringify(actual[setting])}, not ${JSON.stringify(value)}`,
    );
}

type Settings = Readonly<Record<string, unknown>>;

function expectedOf(name: SubscriptionName): Settings {
  const { topic, ackDeadlineSeconds, filter, backoffSeconds, maxDeliveryAttempts } = subscriptions[name];
  return {
    topic,
    path: `/${topic}`,
    ackDeadlineSeconds,
    filter: filter ?? '',
    backoffSeconds,
    deadLetter: maxDeliveryAttempts === undefined ? null : { topic: 'dead-letter-queue', maxDeliveryAttempts },
    expires: 'never',
    authenticates: true,
  };
}

function actualOf(state: SubscriptionState): Settings {
  const { pushConfig, retryPolicy, deadLetterPolicy, expirationPolicy } = state;
  const endpoint = pushConfig?.pushEndpoint ?? '';
  return {
    topic: lastPart(state.topic),
    path: URL.canParse(endpoint) ? new URL(endpoint).pathname : endpoint,
    ackDeadlineSeconds: state.ackDeadlineSeconds,
    filter: state.filter ?? '',
    backoffSeconds: retryPolicy
      ? { min: secondsOf(retryPolicy.minimumBackoff), max: secondsOf(retryPolicy.maximumBackoff) }
      : null,
    deadLetter: deadLetterPolicy
      ? { topic: lastPart(deadLetterPolicy.deadLetterTopic), maxDeliveryAttempts: deadLetterPolicy.maxDeliveryAttempts }
      : null,
    // Without a policy a subscription expires after 31 days without traffic. With a policy that has no time it never
    // expires.
    expires: expirationPolicy && secondsOf(expirationPolicy.ttl) === 0 ? 'never' : 'after a time',
    authenticates: (pushConfig?.oidcToken?.audience ?? '') !== '',
  };
}

/** Pub/Sub's service agent, which moves undeliverable messages to the dead-letter topic. */
const serviceAgent = /^serviceAccount:service-\d+@gcp-sa-pubsub\.iam\.gserviceaccount\.com$/;

/** Whether Pub/Sub's service agent has a role. */
export function isGrantedToPubSub({ bindings }: Grants, role: string): boolean {
  return (bindings ?? []).some(
    (binding) => binding.role === role && (binding.members ?? []).some((member) => serviceAgent.test(member)),
  );
}

function lastPart(name: string | null | undefined): string | undefined {
  return name?.split('/').at(-1);
}

function secondsOf(duration: Duration | null | undefined): number {
  return Number(duration?.seconds ?? 0);
}
