import type { FunctionInstance, Ports } from '../../shared/function-instance.ts';
import type { DeliveredTo } from '../../functions/builders.ts';
import { readRoutedIds } from './routed-ids.ts';
import type { Delivery } from '../../shared/messages/message.ts';
import type { Random } from '../../shared/ports.ts';
import { subscriptions, type SubscriptionName } from '../../shared/topology.ts';
import { Instance, type Surroundings } from './instance.ts';

export interface FleetDeps {
  readonly name: DeliveredTo;
  readonly build: (ports: Ports) => FunctionInstance;
  readonly surroundings: Surroundings;
  readonly random: Random;
  readonly size: number;
}

/** The most that the clock of an instance is ahead or behind, in milliseconds. */
export const mostSkewMs = 250;

/** The reasons for a redelivery. They are created once, since a run nacks thousands of deliveries. */
const deadlineExceeded = new Error('the ack deadline is over');
const nacked = new Error('nacked');

/** The instances of one function. A delivery goes to a random one. An instance that crashed is replaced. */
export class Fleet {
  private readonly deps: FleetDeps;
  private instances: Instance[];
  private started = 0;

  constructor(deps: FleetDeps) {
    this.deps = deps;
    this.instances = Array.from({ length: deps.size }, () => this.start());
  }

  /**
   * Delivers a message as Pub/Sub pushes it. If no answer comes by the ack deadline, because the instance crashed or is too slow or
   * because its ack was lost, the message is delivered again while the handler of the first delivery still runs.
   */
  deliver(subscription: SubscriptionName, delivery: Delivery): Promise<void> {
    const { faults, clock, journal, coverage } = this.deps.surroundings;
    const instance = this.pick();
    journal.trace(instance.name, () => `gets ${delivery.topic}/${delivery.messageId}`);
    return new Promise((resolve, reject) => {
      const callOff = clock.schedule(subscriptions[subscription].ackDeadlineSeconds * 1_000, () => {
        reject(deadlineExceeded);
      });
      const answer = (how: () => string, settle: () => void): void => {
        if (!instance.isAlive) return;
        if (faults.losesAck(subscription)) {
          journal.count('lost acks');
          coverage.delivery('lost ack', subscription);
          return;
        }
        journal.trace(instance.name, () => `${how()} ${delivery.topic}/${delivery.messageId}`);
        callOff();
        settle();
      };
      this.observe(instance, delivery).then(
        () => {
          answer(() => 'acks', resolve);
        },
        (error: unknown) => {
          answer(
            () => `nacks (${String(error)})`,
            () => {
              reject(nacked);
            },
          );
        },
      );
    });
  }

  /** Simulates a deployment: every instance gets SIGTERM, and new instances take over at once. */
  replaceAll(): void {
    this.deps.surroundings.coverage.instance('deployment', this.deps.name);
    for (const instance of this.instances) instance.stop();
    this.instances = this.instances.map(() => this.start());
  }

  /** Counts the handlers that have not returned, in instances that are alive. */
  handlersUnderWay(): number {
    return this.instances.reduce((sum, { handlersUnderWay }) => sum + handlersUnderWay, 0);
  }

  private async observe(instance: Instance, delivery: Delivery): Promise<void> {
    const { journal, clock } = this.deps.surroundings;
    if (this.deps.name !== 'track') return instance.serve(delivery);
    const { attributes } = delivery;
    const n = journal.numberOf(attributes);
    const seen = { ...journal.stamp(), n, ...readRoutedIds(attributes), by: instance.name };
    const recorded: typeof seen & { endedAtMs?: number } = seen;
    journal.deliveries.push(recorded);
    try {
      await instance.serve(delivery);
    } finally {
      recorded.endedAtMs = clock.now();
    }
  }

  private pick(): Instance {
    this.instances = this.instances.map((instance) => (instance.isAlive ? instance : this.start()));
    const at = Math.floor(this.deps.random() * this.instances.length);
    return this.instances[at] ?? this.start();
  }

  private start(): Instance {
    const { name, build, surroundings, random } = this.deps;
    const skewMs = Math.round((random() * 2 - 1) * mostSkewMs);
    return new Instance(surroundings, { of: name, name: `${name}#${++this.started}`, build, skewMs });
  }
}
