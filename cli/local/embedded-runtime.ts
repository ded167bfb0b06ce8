import type { ApiDeps } from '../../functions/console/handler.ts';
import { localCallers } from '../../shared/access.ts';
import { letterIntervalMs } from '../../shared/gaps/letter-times.ts';
import { makeCatalog, type Catalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { LearnedAhead } from '../../shared/inference/history.ts';
import type { SystemName } from '../../shared/record-kinds.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { makeEmbeddedStores, openEmbeddedPorts, type EmbeddedStores } from '../../shared/embedded/ports.ts';
import { EmbeddedPubSub, type DeliveryPlan } from '../../shared/embedded/pubsub.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { PendingSteps, turn } from '../../shared/embedded/steps.ts';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import type { MethodOf } from '../../shared/port-methods.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { BlockStore, EventList, Publisher, SystemOfRecord, UuidKeys } from '../../shared/ports.ts';
import { sourceSubscription, topicOfSource } from '../../shared/sources/source-topic.ts';
import { eventsName } from '../../shared/sources/source.ts';
import { subscriptionsOf, type FunctionName } from '../../shared/topology.ts';
import type { Ports } from '../../shared/function-instance.ts';
import { deliveredTo, functionBuilders } from '../../functions/builders.ts';

export interface EmbeddedRuntimeOptions {
  readonly catalog: CatalogDefinition;
  /** The time at which the clock starts, in milliseconds since 1970. */
  readonly startMs: number;
  /** Decides every random choice. */
  readonly seed?: number;
  /** Functions that do not run. Messages for them are not delivered. */
  readonly without?: readonly FunctionName[];
  readonly systems?: ReadonlyMap<SystemName, SystemOfRecord>;
  readonly lists?: ReadonlyMap<SystemName, EventList>;
  /** The time between two ticks, in milliseconds. By default a minute, as in the cloud. */
  readonly tickMs?: number;
  readonly plan?: DeliveryPlan;
  /** Chooses the fault of a call to the block store, the publisher or the uuid keys, by the method's name. */
  readonly faults?: (method: MethodOf<BlockStore> | MethodOf<Publisher> | MethodOf<UuidKeys>) => Fault;
  readonly onNack?: (subscription: string, error: unknown) => void;
  /** Models that reconstruct need not learn itself. */
  readonly learnedAhead?: LearnedAhead;
}

const minuteMs = 60_000;
/** The number of ticks for which a gap that is given up can wait for its letter. */
const quietTicks = letterIntervalMs / minuteMs;

/**
 * The whole pipeline in one process: the deployed handlers on adapters in memory. Nothing happens by itself: the clock
 * stands still until {@link drain} or {@link sweep} advances it.
 */
export class EmbeddedRuntime {
  readonly clock: VirtualClock;
  readonly catalog: Catalog;
  readonly pubsub: EmbeddedPubSub;
  readonly blocks: EmbeddedStores['blocks'];
  readonly ledger: EmbeddedStores['ledger'];
  readonly letters: EmbeddedStores['letters'];
  readonly events: EmbeddedStores['events'];
  readonly anomalies: EmbeddedStores['anomalies'];
  readonly keys: EmbeddedStores['keys'];
  readonly reconciliations: EmbeddedStores['reconciliations'];
  readonly letterIndex: EmbeddedStores['letterIndex'];
  readonly auditTrail: EmbeddedStores['auditTrail'];
  readonly jobs: EmbeddedStores['jobs'];
  readonly log = new EmbeddedLog();
  private readonly tickMs: number;
  private readonly turns = new PendingSteps();

  constructor(options: EmbeddedRuntimeOptions) {
    const { step } = this.turns;
    const { plan, onNack, learnedAhead, faults = (): Fault => 'none' } = options;
    this.catalog = makeCatalog(options.catalog);
    this.clock = new VirtualClock(options.startMs);
    this.tickMs = options.tickMs ?? minuteMs;
    this.pubsub = new EmbeddedPubSub({ clock: this.clock, ...(plan && { plan }), ...(onNack && { onNack }) });
    const stores = makeEmbeddedStores(step);
    ({ blocks: this.blocks, ledger: this.ledger, letters: this.letters } = stores);
    ({ events: this.events, keys: this.keys, anomalies: this.anomalies, jobs: this.jobs } = stores);
    ({ reconciliations: this.reconciliations, letterIndex: this.letterIndex, auditTrail: this.auditTrail } = stores);
    const { catalog, clock, log } = this;
    const ports = openEmbeddedPorts({
      ...stores,
      publisher: unreliable('publisher', this.pubsub, faults),
      blocks: unreliable('blocks', stores.blocks, faults),
      keys: unreliable('keys', stores.keys, faults),
      systems: options.systems ?? new Map(),
      lists: options.lists ?? new Map(),
      random: makeRandom(options.seed ?? 1),
      ...{ catalog, clock, log },
      ...(learnedAhead && { learnedAhead }),
    });
    this.deliver(options, ports);
  }

  /**
   * Publishes a producer's message.
   *
   * @param messageId The id of a message that was published before, elsewhere.
   */
  async publish(message: Message, messageId?: string, source: string = eventsName): Promise<void> {
    await this.pubsub.publish(topicOfSource(source), message, messageId);
  }

  /** Runs until at most `underway` messages are pending. If all work waits for a timer, the clock jumps to that timer. */
  async drain(underway = 0): Promise<void> {
    while (this.pubsub.pending() > underway) {
      await turn();
      if (this.turns.waiting() === 0 && this.pubsub.pending() > underway) this.clock.runNext();
    }
  }

  /**
   * Advances the clock by the time of a tick, sweeps every stream, and runs until no message is pending.
   *
   * @returns Whether the sweep changed the ledger.
   */
  async sweep(): Promise<boolean> {
    this.clock.advance(this.tickMs);
    await this.drain();
    const before = this.ledger.changes();
    await this.pubsub.publish('sweeps', { data: Buffer.from('tick'), attributes: {} });
    await this.drain();
    return this.ledger.changes() > before;
  }

  /**
   * Sweeps until nothing changes.
   *
   * @param ticks The number of further sweeps in which nothing changes. By default so many that no gap waits for its
   *   letter.
   */
  async sweepUntilQuiet(ticks = quietTicks): Promise<void> {
    for (let quiet = 0; quiet <= ticks;) quiet = (await this.sweep()) ? 0 : quiet + 1;
  }

  /** Returns the dependencies of a console that looks at this pipeline. */
  consoleDeps(over: Partial<ApiDeps> = {}): ApiDeps {
    const { blocks, ledger, letters, letterIndex, auditTrail, keys, reconciliations, catalog, clock, log } = this;
    const { anomalies, events, jobs } = this;
    const stores = { blocks, ledger, letters, letterIndex, auditTrail, keys, reconciliations, anomalies, events, jobs };
    return { ...stores, catalog, clock, log, publisher: this.pubsub, callers: localCallers('operator'), ...over };
  }

  /** Delivers each subscription to one instance of its function. */
  private deliver({ without = [] }: EmbeddedRuntimeOptions, ports: Ports): void {
    for (const name of deliveredTo.filter((each) => !without.includes(each))) {
      const { handler } = functionBuilders[name](ports);
      for (const subscription of subscriptionsOf(name)) this.pubsub.subscribe(subscription, handler);
      const [, ...sources] = name === sourceSubscription.function ? this.catalog.sources.all : [];
      for (const source of sources) this.pubsub.subscribeToSource(source.name, handler);
    }
  }
}
