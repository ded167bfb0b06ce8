import { setTimeout } from 'node:timers/promises';
import type { Message as PulledMessage, PubSub, Subscription } from '@google-cloud/pubsub';
import type { Random } from '../../shared/ports.ts';
import { concurrencyOf, subscriptions, type FunctionName, type SubscriptionName } from '../../shared/topology.ts';
import { subscriptionOptions } from '../dev/resources.ts';
import type { Journal } from '../simulate/journal.ts';

export interface PusherDeps {
  readonly pubsub: PubSub;
  readonly journal: Journal;
  readonly random: Random;
  /** An instance of a function, any of them. */
  readonly urlOf: (name: FunctionName) => string;
}

/** How many messages of one subscription are pushed at the same time, at most: fewer where a function takes fewer. */
const mostInFlight = 40;
/** How long after a nack a message is pushed again, in milliseconds: the first time, twice as long each time, and the longest. */
const backoffMs = { first: 500, longest: 8_000 };
/** The share of acks that never arrive. */
const lostAckShare = 0.02;

/**
 * Pushes the messages of a subscription to the function that serves it, as Pub/Sub does: the emulator pushes only two at a time,
 * in which nothing is ever grouped. What is not answered in time, or by another status than success, is pushed again; and so is
 * some of the rest, as if the ack had been lost.
 */
export class Pusher {
  private readonly deps: PusherDeps;
  private readonly name: SubscriptionName;
  private readonly listener: Subscription;
  private readonly path: string;
  /** How often each message was not acked. */
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

  /** @returns Whether the function has answered that it is done with it. */
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
      // Nobody listens there, or was killed while it served: as with Pub/Sub, that is no ack.
      return false;
    }
  }
}
