import { deliveredTo, type DeliveredTo, type FunctionBuilders, type Ports } from '../embedded-functions.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedCleanEventStore } from '../../shared/embedded/clean-event-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { EmbeddedPubSub } from '../../shared/embedded/pubsub.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { EmbeddedUuidKeys } from '../../shared/embedded/uuid-keys.ts';
import { isUnresolved, type ReprocessRequest } from '../../shared/gaps/gap.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { Random } from '../../shared/ports.ts';
import { subscriptionNames, subscriptionsOf, type TopicName } from '../../shared/topology.ts';
import { CallObserver } from './call-observer.ts';
import { Coverage } from './coverage.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { Fleet } from './fleet.ts';
import type { Surroundings } from './instance.ts';
import { describe, Journal } from './journal.ts';
import { Operator } from './operator.ts';
import { Numbering, Producer, type Planned } from './producer.ts';
import { SimulatedRecords } from './records.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import { catalogDefinition, streamNames, windowMs } from './setting.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startMs = Date.UTC(2026, 6, 1);
/** For how long calls and deliveries fail. */
const faultWindowMs = 25 * minuteMs;
/** The time over which the producers spread their messages. */
const spreadMs = 15 * minuteMs;
/** The most ticks that a gap takes to be resolved. */
const mostTicks = 40;

/** A delivery that takes longer is late, in milliseconds. */
const lateMs = 1_000;
/** After this time at the end of a run every call must have returned: none is slow any more. */
const restMs = 5 * minuteMs;

const sizes: Readonly<Record<DeliveredTo, number>> = {
  validate: 2,
  track: 3,
  verify: 2,
  sweep: 2,
  reconstruct: 2,
  archive: 2,
  store: 1,
};

/** A whole pipeline under one seed: stores that outlive every instance, producers, an operator and a scheduler. */
export class World {
  readonly clock = new VirtualClock(startMs);
  readonly journal: Journal;
  readonly coverage = new Coverage();
  readonly catalog = makeCatalog(catalogDefinition);
  readonly ledger = new EmbeddedGapLedger(atOnce);
  readonly letters = new EmbeddedDeadLetterStore(atOnce);
  readonly events = new EmbeddedCleanEventStore(atOnce);
  readonly producers: readonly Producer[];
  private readonly scenario: Scenario;
  private readonly observer: CallObserver;
  private readonly random: Random;
  private readonly blocks = new EmbeddedBlockStore(atOnce);
  private readonly keys = new EmbeddedUuidKeys(atOnce, () => this.clock.now() + windowMs);
  private readonly pubsub: EmbeddedPubSub;
  private readonly faults: FaultSchedule;
  private readonly fleets: readonly Fleet[];
  private readonly operator: Operator;
  /** Actions of producers, operator and scheduler that are still to come. */
  private planned = 0;

  constructor(seed: number, builders: FunctionBuilders, onLine: ((line: string) => void) | undefined) {
    const randoms = (concern: number): Random => makeRandom(Math.imul(seed, 0x9e3779b1) + concern);
    this.random = randoms(1);
    this.journal = new Journal(() => this.clock.now(), onLine);
    const { clock, journal, coverage } = this;
    this.scenario = drawScenario(randoms(6));
    this.faults = new FaultSchedule({ clock, random: randoms(2), windowMs: faultWindowMs, isSluggish: false });
    this.observer = new CallObserver({ journal, coverage, onRequest: this.onRequest.bind(this) });
    this.pubsub = new EmbeddedPubSub({ clock, plan: (_, subscription) => this.planDelivery(subscription) });
    const numbering = new Numbering();
    const first = Math.floor(this.random() * streamNames.length);
    this.producers = [0, 1].flatMap((i) => {
      const name = streamNames[(first + i) % streamNames.length];
      return name ? [new Producer({ stream: name, random: randoms(10 + i), numbering })] : [];
    });
    this.operator = new Operator({
      letters: this.letters,
      publisher: this.topics(),
      random: randoms(3),
      journal: this.journal,
    });
    this.fleets = this.startFleets(builders, randoms);
  }

  /** Runs until nothing is under way and sweeps have nothing left to do. */
  async run(): Promise<void> {
    for (const producer of this.producers)
      this.send(producer, producer.plan(6 + Math.floor(this.random() * 8), spreadMs));
    this.planTicks();
    this.planDisturbances();
    await this.runUntil(startMs + faultWindowMs);
    await this.drain();
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

  /** The scheduler sleeps for more than a window, in which blocks and uuids are deleted, sooner or later. */
  private async oversleep(): Promise<void> {
    this.journal.trace('scheduler', () => 'sleeps for fifteen days');
    this.journal.slept = this.journal.stamp();
    await this.runUntil(this.clock.now() + windowMs + 24 * hourMs);
    this.blocks.deleteExpired(this.clock.now(), () => this.random() < 0.7);
    this.keys.deleteExpired(this.clock.now(), () => this.random() < 0.7);
    for (const producer of this.producers) {
      this.send(producer, producer.plan(3, 5 * minuteMs));
      this.send(producer, producer.planLate(2, 5 * minuteMs));
    }
    await this.drain();
  }

  /** Producers send again what they sent before all that: by now it is known to be forgotten. */
  private async comeBack(): Promise<void> {
    this.journal.awoke = this.journal.stamp();
    for (const producer of this.producers) this.send(producer, producer.planLate(4, 5 * minuteMs));
    await this.drain();
    await this.sweepUntilQuiet();
  }

  private async sweepUntilQuiet(): Promise<void> {
    for (let ticks = 0; ticks < mostTicks; ticks++) {
      const before = this.ledger.changes();
      await this.runUntil(this.clock.now() + minuteMs);
      await this.tick();
      await this.drain();
      if (this.ledger.changes() === before && ticks > 2 && !(await this.waits())) return;
    }
  }

  /** Whether a gap waits for an answer. */
  private async waits(): Promise<boolean> {
    const gaps = await Promise.all(this.producers.map(({ stream }) => this.ledger.list(stream, 10_000)));
    return gaps.flat().some((gap) => isUnresolved(gap) && gap.stream !== 'audit');
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
    if (this.random() < 0.5) {
      for (let i = 0; i < 3; i++)
        this.later(this.random() * (faultWindowMs + 10 * minuteMs), () => this.operator.look());
    }
  }

  private async tick(): Promise<void> {
    await this.topics().publish('sweeps', { data: Buffer.from('tick'), attributes: {} });
  }

  private send(producer: Producer, planned: readonly Planned[]): void {
    for (const { inMs, sent } of planned) {
      this.later(inMs, async () => {
        this.journal.count('messages');
        this.journal.sent.push({ ...this.journal.stamp(), sent });
        const message = { data: Buffer.from(sent.text), attributes: sent.attributes };
        this.journal.trace(producer.stream, () => `sends ${describe(message)}`);
        await this.pubsub.publish('events', message);
      });
    }
  }

  /** Has the producer of a stream answer a request to resend. */
  private onRequest(request: ReprocessRequest): void {
    const producer = this.producers.find(({ stream }) => stream === request.stream);
    if (request.phase === 'resend' && producer) this.send(producer, producer.answer(request.from, request.to));
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

  private ports(randoms: (concern: number) => Random): Omit<Ports, 'clock'> {
    const records = new SimulatedRecords(randoms(4), this.journal);
    return {
      publisher: this.topics(),
      blocks: this.blocks,
      ledger: this.ledger,
      letters: this.letters,
      events: this.events,
      keys: this.keys,
      systems: new Map([
        ['hubspot', records],
        ['stripe', records],
      ]),
      catalog: this.catalog,
      random: randoms(5),
      log: new EmbeddedLog(),
      onVerdict: this.coverage.verdict.bind(this.coverage),
    };
  }

  private planDelivery(subscription: string): readonly number[] {
    const delays = this.faults.deliveryDelays();
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

/** Resolves when no promise has anything left to run: Node runs a tick only after all microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

async function atOnce(): Promise<void> {
  await Promise.resolve();
}
