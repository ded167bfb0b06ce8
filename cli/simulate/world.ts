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
import { turn } from '../../shared/embedded/steps.ts';
import { EmbeddedUuidKeys } from '../../shared/embedded/uuid-keys.ts';
import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import { readRequest } from '../../shared/gaps/request.ts';
import type { Message } from '../../shared/message.ts';
import type { Random } from '../../shared/ports.ts';
import { subscriptionsOf, type TopicName } from '../../shared/topology.ts';
import { Fleet } from './fleet.ts';
import type { ObservedCall } from './instance.ts';
import { describe, Journal } from './journal.ts';
import { Operator } from './operator.ts';
import { Numbering, Producer, type Planned } from './producer.ts';
import { SimulatedRecords } from './records.ts';
import { catalogDefinition, streamNames, windowMs } from './setting.ts';
import { FaultSchedule } from './fault-schedule.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startMs = Date.UTC(2026, 6, 1);
/** For how long things go wrong. */
const faultWindowMs = 25 * minuteMs;
/** Over how long the producers spread what they send. */
const spreadMs = 15 * minuteMs;
/** Ticks after which all that is to come of a gap must have come. */
const mostTicks = 40;

const sizes: Readonly<Record<DeliveredTo, number>> = {
  validate: 2,
  track: 3,
  verify: 2,
  sweep: 2,
  reconstruct: 2,
  archive: 2,
  store: 1,
};

/** A whole pipeline under one seed: stores that outlive every instance, and all who act on it. */
export class World {
  readonly clock = new VirtualClock(startMs);
  readonly journal: Journal;
  readonly catalog = makeCatalog(catalogDefinition);
  readonly ledger = new EmbeddedGapLedger(atOnce);
  readonly letters = new EmbeddedDeadLetterStore(atOnce);
  readonly events = new EmbeddedCleanEventStore(atOnce);
  readonly producers: readonly Producer[];
  /** Whether the scheduler falls asleep, for longer than ids are remembered. */
  private readonly sleeps: boolean;
  private readonly random: Random;
  private readonly blocks = new EmbeddedBlockStore(atOnce);
  private readonly keys = new EmbeddedUuidKeys(atOnce, () => this.clock.now() + windowMs);
  private readonly pubsub: EmbeddedPubSub;
  private readonly faults: FaultSchedule;
  private readonly fleets: readonly Fleet[];
  private readonly operator: Operator;
  /** Things that someone will still do. */
  private planned = 0;

  constructor(seed: number, builders: FunctionBuilders, onLine: ((line: string) => void) | undefined) {
    const randoms = (concern: number): Random => makeRandom(Math.imul(seed, 0x9e3779b1) + concern);
    this.random = randoms(1);
    this.journal = new Journal(() => this.clock.now(), onLine);
    this.faults = new FaultSchedule(this.clock, randoms(2), faultWindowMs);
    this.pubsub = new EmbeddedPubSub({ clock: this.clock, plan: () => this.faults.deliveryDelays() });
    const numbering = new Numbering();
    const first = Math.floor(this.random() * streamNames.length);
    this.producers = [0, 1].flatMap((i) => {
      const name = streamNames[(first + i) % streamNames.length];
      return name ? [new Producer({ stream: name, random: randoms(10 + i), numbering })] : [];
    });
    this.sleeps = this.random() < 0.15;
    this.operator = new Operator({
      letters: this.letters,
      publisher: this.topics(),
      random: randoms(3),
      journal: this.journal,
    });
    this.fleets = this.startFleets(builders, randoms);
  }

  /** Runs everything to its end: until nothing is underway and sweeps find nothing left to do. */
  async run(): Promise<void> {
    for (const producer of this.producers)
      this.send(producer, producer.plan(6 + Math.floor(this.random() * 8), spreadMs));
    this.planTicks();
    this.planDisturbances();
    await this.runUntil(startMs + faultWindowMs);
    await this.drain();
    if (this.sleeps) await this.oversleep();
    await this.sweepUntilQuiet();
    if (this.sleeps) await this.comeBack();
  }

  /** What is left undone, in the end. */
  pending(): number {
    return this.pubsub.pending();
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
    const isAsleep = this.random() < 0.2;
    const untilMs = this.sleeps ? this.random() * faultWindowMs : faultWindowMs;
    for (let atMs = minuteMs; atMs < untilMs; atMs += minuteMs) {
      if (isAsleep && atMs < faultWindowMs * 0.6) continue;
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

  /** A producer answers what it is asked for. */
  private onRequest(message: Message): void {
    const request = readRequest(message);
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
    while (this.clock.runNext(atMs)) await turn();
  }

  private async drain(): Promise<void> {
    const untilMs = this.clock.now() + 48 * hourMs;
    while ((this.planned > 0 || this.pubsub.pending() > 0) && this.clock.runNext(untilMs)) await turn();
  }

  private startFleets(builders: FunctionBuilders, randoms: (concern: number) => Random): readonly Fleet[] {
    const { clock, faults, journal } = this;
    const surroundings = { clock, faults, journal, ports: this.ports(randoms), onCall: this.onCall.bind(this) };
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
    };
  }

  private topics() {
    return {
      publish: async (topic: TopicName, message: Message): Promise<void> => {
        await this.pubsub.publish(topic, message);
      },
    };
  }

  /** Writes down what a call has done. */
  private onCall(call: ObservedCall): void {
    const { journal } = this;
    const { by } = call;
    if (call.port === 'publisher') this.onPublished(call);
    else if (call.port === 'ledger' && call.method === 'saveProgress' && call.answer !== undefined) {
      const [, progress, , found = []] = call.args;
      journal.trace(by, () => `saves progress ${JSON.stringify({ ...progress, samples: undefined })}`);
      for (const row of found) {
        journal.count('gaps');
        this.onRow(by, row);
      }
      journal.progress.push({ ...journal.stamp(), progress, by });
    } else if (call.port === 'ledger' && call.method === 'save' && call.answer) {
      this.onRow(by, call.args[0]);
    } else {
      if (call.port === 'blocks' && call.method === 'first')
        journal.looks.push({ ...journal.stamp(), stream: call.args[0], by });
      journal.trace(by, () => `${call.port}.${call.method}`);
    }
  }

  private onPublished({
    by,
    args: [topic, message],
    isOverdue,
    isAnswered,
  }: ObservedCall & { port: 'publisher' }): void {
    const { journal } = this;
    journal.trace(by, () => `publishes ${topic}: ${describe(message)}`);
    journal.published.push({ ...journal.stamp(), topic, message, by, isOverdue, isAnswered });
    if (topic === 'cleaned-events') journal.count('cleaned');
    if (topic === 'dead-letter-queue') journal.count('dead letters');
    if (topic === 'reprocess-requests') this.onRequest(message);
  }

  private onRow(by: string, row: Gap): void {
    this.journal.trace(by, () => `files gap ${JSON.stringify(row)}`);
    this.journal.rows.push({ ...this.journal.stamp(), row });
  }
}

async function atOnce(): Promise<void> {
  await Promise.resolve();
}
