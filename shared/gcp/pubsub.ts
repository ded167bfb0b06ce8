import {
  PubSub,
  type PublishOptions,
  type Subscription,
  type SubscriptionOptions,
  type Topic,
} from '@google-cloud/pubsub';
import type { Connection } from '../config.ts';

/**
 * Makes a Pub/Sub client. It finds its emulator by `PUBSUB_EMULATOR_HOST`. clients.ts says why the project is passed.
 * The names of topics and subscriptions are those of topology.json: the client adds the prefix of the deployment. A full
 * name, `projects/...`, stays as it is.
 */
export function openPubSub({ projectId, namePrefix }: Connection): PubSub {
  return namePrefix === '' ? new PubSub({ projectId }) : new PrefixedPubSub(projectId, namePrefix);
}

class PrefixedPubSub extends PubSub {
  private readonly namePrefix: string;

  constructor(projectId: string, namePrefix: string) {
    super({ projectId });
    this.namePrefix = namePrefix;
  }

  override topic(name: string, options?: PublishOptions): Topic {
    return super.topic(this.fullNameOf(name), options);
  }

  override subscription(name: string, options?: SubscriptionOptions): Subscription {
    return super.subscription(this.fullNameOf(name), options);
  }

  private fullNameOf(name: string): string {
    return name.includes('/') ? name : `${this.namePrefix}${name}`;
  }
}
