import { deliveredTo, type DeliveredTo, type FunctionBuilders } from '../../functions/builders.ts';
import { makeCatalog, type Catalog } from '../../shared/catalog-definition.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { EmbeddedPubSub } from '../../shared/embedded/pubsub.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { PortMethod } from '../../shared/port-methods.ts';
import type { Random } from '../../shared/ports.ts';
import { subscriptionNames, subscriptionsOf, type TopicName } from '../../shared/topology.ts';
import { storeFullBucket } from '../support/full-bucket.ts';
import { CallObserver } from './call-observer.ts';
import { Coverage } from './coverage.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { Fleet } from './fleet.ts';
import type { Surroundings } from './instance.ts';
import { describe, Journal } from './journal.ts';
import { Operator } from './operator.ts';
import type { Planned } from './planned.ts';
import { SimulatedRecords } from './records.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import { catalogDefinition, simulatedFromMs, windowMs } from './setting.ts';
import { makeSimulatedStores } from './simulated-stores.ts';
import { burstInstantMs } from './unnumbered-producer.ts';
import { Workload } from './workload.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** For how long calls and deliveries fail. */
const faultWindowMs = 25 * minuteMs;
/** The time in which the operator works, in milliseconds. It ends before ids may be forgotten, since a replay ignores that. */
const operatedMs = faultWindowMs + 10 * minuteMs;
/** The most ticks until every gap is resolved. */
const mostTicks = 60;
/** The fewest ticks after a sleep: a stream of which all is forgotten is swept every ten minutes. */
const fewestTicksAfterSleep = 12;

/** The time in which the held message cannot be published, in milliseconds. Its hundred delivery attempts take sixteen hours. */
const heldMs = 18 * hourMs;
/** A delivery that takes longer counts as delayed, in milliseconds. */
const lateMs = 1_000;
/** The time at the end of a run after which every call must have returned, in milliseconds. */
const restMs = 5 * minuteMs;

/** The bucket of a burst of events of one timestamp. Four more entries fill it. */
const burstBucket = { instantMs: burstInstantMs, nowMs: simulatedFromMs, room: 4 };

/** The number of instances of each function. */
const sizes: Readonly<Record<DeliveredTo, number>> = {
  validate: 2,
  track: 3,
  verify: 2,
  sweep: 2,
  reconstruct: 2,
  archive: 2,
  store: 1,
  recheck: 1,
};

/** A whole simulated pipeline under one seed: stores, instances, producers, an operator and a scheduler. */
export class World {
  readonly clock = new VirtualClock(simulatedFromMs);
  readonly journal: Journal;
  readonly coverage = new Coverage();
  readonly catalog: Catalog;
  readonly stores = makeSimulatedStores(() => this.clock.now());
  private readonly workload: Workload;
  private readonly scenario: Scenario;
  private readonly observer: CallObserver;
  private readonly random: Random;
  private readonly pubsub: EmbeddedPubSub;
  private readonly faults: FaultSchedule;
  private readonly fleets: readonly Fleet[];
  private readonly operator: Operator;
  /** The number of messages on the topic `events`. */
  private published = 0;
  /** Actions of producers, operator and scheduler that are still to come. */
  private planned = 0;

  constructor(seed: number, builders: FunctionBuilders, onLine: ((line: string) => void) | undefined) {
    const randoms = (concern: number): Random => makeRandom(Math.imul(seed, 0x9e3779b1) + concern);
    this.random = randoms(1);
    this.journal = new Journal(() => this.clock.now(), onLine);
    const { clock, journal, coverage } = this;
    this.scenario = drawScenario(randoms(6));
    this.faults = new FaultSchedule({
      clock,
      random: randoms(2),
      windowMs: faultWindowMs,
      isBursting: this.scenario.hasBurst,
      focus: focusOf(this.scenario),
    });
    this.catalog = makeCatalog({ ...catalogDefinition, unknownTypes: this.scenario.isStrict ? 'strict' : 'pass' });
    this.observer = new CallObserver({
      ...{ journal, coverage },
      onRequest: (request) => {
        this.send(this.workload.answer(request));
      },
      onFiled: this.onFiled.bind(this),
    });
    this.pubsub = new EmbeddedPubSub({
      clock,
      plan: (_, subscription) => this.planDelivery(subscription),
      onGiveUp: (letter, messageId) => {
        const given = { by: 'Pub/Sub', isOverdue: false, isAnswered: true, messageId };
        this.observer.seePublished('dead-letter-queue', letter, given);
      },
    });
    this.workload = new Workload({
      scenario: this.scenario,
      random: randoms(7),
      now: () => this.clock.now(),
      randomOf: (i) => randoms(10 + i),
      onUnused: (stream, id) => journal.unused.add(`${stream}/${id}`),
    });
    if (this.scenario.misnumbering) coverage.situation(this.scenario.misnumbering);
    this.operator = new Operator({
      clock: this.clock,
      stores: this.stores,
      catalog: this.catalog,
      publisher: this.topics(),
      random: randoms(3),
      journal,
      coverage,
    });
    this.fleets = this.startFleets(builders, randoms);
  }

  /** Runs until no message is pending and sweeps change nothing more. */
  async run(): Promise<void> {
    const { unnumbered } = this.scenario;
    if (unnumbered) await storeFullBucket(this.stores.blocks, unnumbered, burstBucket);
    this.planMessages();
    this.planTicks();
    this.planDisturbances();
    await this.runUntil(simulatedFromMs + faultWindowMs);
    await this.drain();
    if (this.scenario.holdsMessage) await this.replayGivenUp();
    if (this.scenario.sleeps) await this.oversleep();
    await this.sweepUntilQuiet();
    if (this.scenario.sleeps) await this.comeBack();
    await this.runUntil(this.clock.now() + restMs);
  }

  /** The number of deliveries that are neither acked nor given up. */
  pending(): number {
    return this.pubsub.pending();
  }

  /** The number of handlers of living instances that have not returned. */
  handlersUnderWay(): number {
    return this.fleets.reduce((sum, fleet) => sum + fleet.handlersUnderWay(), 0);
  }

  /** Stops the scheduler for longer than the deduplication window, and deletes most of the expired blocks and uuids. */
  private async oversleep(): Promise<void> {
    this.journal.trace('scheduler', () => 'sleeps for fifteen days');
    this.journal.slept = this.journal.stamp();
    await this.runUntil(this.clock.now() + windowMs + 24 * hourMs);
    this.stores.deleteExpired(this.clock.now(), this.random);
    this.send(this.workload.planMore());
    this.send(this.workload.planCopies(2));
    await this.drain();
  }

  /** Sends copies of forgotten events, after sweeps have caught up. */
  private async comeBack(): Promise<void> {
    this.journal.awoke = this.journal.stamp();
    this.send(this.workload.planCopies(4));
    await this.drain();
    await this.sweepUntilQuiet();
  }

  private async sweepUntilQuiet(): Promise<void> {
    const fewestTicks = this.scenario.sleeps ? fewestTicksAfterSleep : 2;
    for (let ticks = 0; ticks < mostTicks; ticks++) {
      const before = this.stores.ledger.changes();
      await this.runUntil(this.clock.now() + minuteMs);
      await this.tick();
      await this.drain();
      if (this.stores.ledger.changes() === before && ticks > fewestTicks && !(await this.waits())) return;
    }
  }

  /** Returns whether a gap still waits for an answer or for an inference, or a replay to be published. */
  private async waits(): Promise<boolean> {
    if ((await this.stores.letters.all()).some(({ standing }) => standing.state === 'sending')) return true;
    const pages = await Promise.all(this.workload.streams.map((stream) => this.stores.ledger.list(stream, 10_000)));
    const isWaiting = (gap: Gap): boolean => this.catalog.stream(gap.stream).recover || gap.why !== undefined;
    return pages.flatMap(({ gaps }) => gaps).some((gap) => isUnresolved(gap) && isWaiting(gap));
  }

  private planMessages(): void {
    const planned = this.workload.plan();
    this.send(planned);
    if (!this.scenario.holdsMessage) return;
    const held = planned[Math.floor(this.random() * planned.length)]?.sent;
    const topic = this.random() < 0.5 ? 'validated-events' : 'cleaned-events';
    if (held) this.faults.hold({ n: held.n, topic, untilMs: simulatedFromMs + heldMs });
  }

  /** Waits until Pub/Sub has given up the held message. Then the operator replays it. */
  private async replayGivenUp(): Promise<void> {
    await this.runUntil(simulatedFromMs + heldMs);
    await this.operator.replayGivenUp();
    await this.drain();
  }

  private planTicks(): void {
    const { sleeps, isSweptLate } = this.scenario;
    const untilMs = sleeps ? this.random() * faultWindowMs : faultWindowMs;
    for (let atMs = minuteMs; atMs < untilMs; atMs += minuteMs) {
      if (isSweptLate && atMs < faultWindowMs * 0.6) continue;
      for (let i = this.random() < 0.15 ? 2 : 1; i > 0; i--) this.later(atMs, () => this.tick());
    }
  }

  private planDisturbances(): void {
    for (let i = Math.floor(this.random() * 3); i > 0; i--) {
      this.later(this.random() * faultWindowMs, () => {
        this.journal.count('deployments');
        this.journal.trace('deployment', () => 'replaces every instance');
        for (const fleet of this.fleets) fleet.replaceAll();
        return Promise.resolve();
      });
    }
    const { hasOperator, hasBusyOperator, asksAgain } = this.scenario;
    const sometime = (fromMs = 0): number => fromMs + this.random() * (operatedMs - fromMs);
    for (let i = 0; i < 3; i++) {
      if (hasOperator) this.later(sometime(), () => this.operator.replayAny());
      if (hasBusyOperator) this.later(sometime(faultWindowMs / 3), () => this.operator.replaceOnceMore());
    }
    if (hasBusyOperator) this.later(sometime(), () => this.operator.discardAny());
    for (let i = asksAgain ? 6 : 0; i > 0; i--) this.later(sometime(faultWindowMs / 3), () => this.operator.askAgain());
  }

  private async tick(): Promise<void> {
    await this.topics().publish('sweeps', { data: Buffer.from('tick'), attributes: {} });
  }

  private send(planned: readonly Planned[]): void {
    for (const { inMs, sent } of planned) {
      this.later(inMs, async () => {
        this.journal.send(sent, `events/${++this.published}`);
        const message = { data: Buffer.from(sent.text), attributes: sent.attributes };
        this.journal.trace(sent.stream, () => `sends ${describe(message)}`);
        await this.pubsub.publish('events', message);
      });
    }
  }

  /** Lets a busy operator edit some letters within a minute, while their messages may still be redelivered. */
  private onFiled(letter: DeadLetter): void {
    const isAtWork = this.clock.now() < simulatedFromMs + operatedMs;
    if (this.scenario.hasBusyOperator && isAtWork && this.random() < 0.25)
      this.later(this.random() * minuteMs, () => this.operator.replayEdited(letter));
  }

  private later(inMs: number, run: () => Promise<void>): void {
    this.planned++;
    this.clock.schedule(inMs, () => {
      this.planned--;
      void run();
    });
  }

  private async runUntil(atMs: number): Promise<void> {
    this.clock.schedule(atMs - this.clock.now(), () => undefined);
    while (this.clock.runNext(atMs)) await settle();
  }

  private async drain(): Promise<void> {
    const untilMs = this.clock.now() + 48 * hourMs;
    while ((this.planned > 0 || this.pubsub.pending() > 0) && this.clock.runNext(untilMs)) await settle();
  }

  private startFleets(builders: FunctionBuilders, randoms: (concern: number) => Random): readonly Fleet[] {
    const { clock, faults, journal, coverage, observer } = this;
    const surroundings: Surroundings = {
      ...{ clock, faults, journal, coverage },
      ports: this.ports(randoms),
      onCall: observer.see.bind(observer),
      onCrash: observer.seeCrash.bind(observer),
    };
    return deliveredTo.map((name, i) => {
      const random = randoms(30 + i);
      const fleet = new Fleet({ name, build: builders[name], surroundings, random, size: sizes[name] });
      for (const subscription of subscriptionsOf(name)) {
        this.pubsub.subscribe(subscription, (delivery) => fleet.deliver(subscription, delivery));
      }
      return fleet;
    });
  }

  private ports(randoms: (concern: number) => Random): Surroundings['ports'] {
    const { blocks, ledger, letters, letterIndex, auditTrail, jobs, events, anomalies, keys, reconciliations } =
      this.stores;
    const records = new SimulatedRecords(randoms(4), this.journal, this.scenario.hasBurst ? 0.7 : 0.3);
    return {
      publisher: this.topics(),
      ...{ blocks, ledger, letters, letterIndex, auditTrail, jobs, events, anomalies, keys, reconciliations },
      systems: new Map([['hubspot', records]]),
      lists: new Map(),
      catalog: this.catalog,
      random: randoms(5),
      log: new EmbeddedLog(),
      onVerdict: this.coverage.verdict.bind(this.coverage),
    };
  }

  private planDelivery(subscription: string): readonly number[] {
    const delays = this.faults.deliveryDelays(subscription);
    const name = subscriptionNames.find((one) => one === subscription);
    if (name && delays.length > 1) this.coverage.delivery('copy', name);
    if (name && delays.some((delayMs) => delayMs > lateMs)) this.coverage.delivery('delay', name);
    return delays;
  }

  private topics() {
    return {
      publish: async (topic: TopicName, message: Message): Promise<void> => {
        await this.pubsub.publish(topic, message);
      },
    };
  }
}

/** Returns the method whose calls are disturbed far more often than others, because few runs call it often enough. */
function focusOf({ sparse, misnumbering }: Scenario): PortMethod | undefined {
  if (sparse) return 'ledger.saveProgress';
  return misnumbering === 'two sequences share a stream' ? 'blocks.totals' : undefined;
}

/** Resolves when no promise callback is left to run: Node runs a tick only after all microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
