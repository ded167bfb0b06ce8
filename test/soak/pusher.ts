import { setTimeout } from 'node:timers/promises';
import type { Message as PulledMessage, PubSub, Subscription } from '@google-cloud/pubsub';
import type { Random } from '../../shared/ports.ts';
import { concurrencyOf, subscriptions, type FunctionName, type SubscriptionName } from '../../shared/topology.ts';
import { subscriptionOptions } from '../../cli/local/resources.ts';
import type { Journal } from '../simulation/journal.ts';

export interface PusherDeps {
  readonly pubsub: PubSub;
  readonly journal: Journal;
  readonly random: Random;
  /** Returns the address of a random instance of a function. */
  readonly urlOf: (name: FunctionName) => string;
}

/** The most messages of one subscription that are pushed at the same time. The function's concurrency may be a lower bound. */
const mostInFlight = 40;
/** The backoff after a nack, in milliseconds. It doubles with each nack of the same message. */
const backoffMs = { first: 500, longest: 8_000 };
/** The share of acks that are lost. */
const lostAckShare = 0.02;

/**
 * Pushes the messages of a subscription to the function that serves it, as Pub/Sub does. The emulator pushes only two messages at a
 * time, so that claims would never be grouped. A message is pushed again if the function does not answer with success in time.
 * Sometimes it is pushed again after a success, as if the ack had been lost.
 */
export class Pusher {
  private readonly deps: PusherDeps;
  private readonly name: SubscriptionName;
  private readonly listener: Subscription;
  private readonly path: string;
  /** The number of nacks of each message. */
  private readonly nacks = new Map<string, number>();

  private constructor(deps: PusherDeps, name: SubscriptionName, listener: Subscription) {
    this.deps = deps;
    this.name = name;
    this.listener = listener;
    this.path = `projects/${deps.pubsub.projectId}/subscriptions/${name}`;
    const maxMessages = Math.min(mostInFlight, concurrencyOf(subscriptions[name].function));
    listener.setOptions({ flowControl: { maxMessages } });
    listener.on('message', (message) => void this.deliver(message));
  }

  static async start(deps: PusherDeps, name: SubscriptionName): Promise<Pusher> {
    const topic = deps.pubsub.topic(subscriptions[name].topic);
    const [listener] = await topic.createSubscription(name, subscriptionOptions(name, deps.pubsub.projectId));
    return new Pusher(deps, name, listener);
  }

  async close(): Promise<void> {
    await this.listener.close();
  }

  private async deliver(message: PulledMessage): Promise<void> {
    const { journal, random } = this.deps;
    const isServed = await this.push(message);
    const isLost = isServed && random() < lostAckShare;
    if (isServed && !isLost) {
      this.nacks.delete(message.id);
      message.ack();
      return;
    }
    journal.count(isLost ? 'lost acks' : 'nacks');
    const nacks = this.nacks.get(message.id) ?? 0;
    this.nacks.set(message.id, nacks + 1);
    await setTimeout(Math.min(backoffMs.longest, backoffMs.first * 2 ** nacks));
    message.nack();
  }

  /** @returns Whether the function answered with success. */
  private async push({ id, data, attributes, publishTime, deliveryAttempt }: PulledMessage): Promise<boolean> {
    const { topic, function: target, ackDeadlineSeconds } = subscriptions[this.name];
    const body = {
      message: {
        data: data.toString('base64'),
        attributes,
        messageId: id,
        publishTime: publishTime.toISOString(),
      },
      subscription: this.path,
      ...(deliveryAttempt > 0 && { deliveryAttempt }),
    };
    try {
      const response = await fetch(`${this.deps.urlOf(target)}/${topic}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ackDeadlineSeconds * 1_000),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      // The function does not listen, or was killed while it served. Pub/Sub counts that as a nack too.
      return false;
    }
  }
}
