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
  return new DeployedPubSub(projectId, namePrefix);
}

class DeployedPubSub extends PubSub {
  private readonly namePrefix: string;

  constructor(projectId: string, namePrefix: string) {
    super({ projectId });
    this.namePrefix = namePrefix;
  }

  override topic(name: string, options?: PublishOptions): Topic {
    const topic = super.topic(this.fullNameOf(name), options);
    const libraryRequest = topic.request;
    // The library looks for `{{projectId}}` in every value of a request, and writes the project in its place. A message is
    // published as it is.
    topic.request = (config, callback) => {
      if (config.method !== 'publish' || !this.isOpen) libraryRequest(config, callback);
      else
        void this.getClientAsync_(config).then((client) => {
          void client.publish?.(config.reqOpts, config.gaxOpts, callback);
        }, callback);
    };
    return topic;
  }

  override subscription(name: string, options?: SubscriptionOptions): Subscription {
    return super.subscription(this.fullNameOf(name), options);
  }

  private fullNameOf(name: string): string {
    return name.includes('/') ? name : `${this.namePrefix}${name}`;
  }
}
