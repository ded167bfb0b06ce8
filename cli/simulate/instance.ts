import type { FunctionInstance, Ports } from '../embedded-functions.ts';
import { across, type Carry } from '../../shared/embedded/crossing.ts';
import { lost } from '../../shared/embedded/faults.ts';
import type { Delivery } from '../../shared/message.ts';
import type { Clock } from '../../shared/ports.ts';
import type { Journal } from './journal.ts';
import type { Service, Weather } from './weather.ts';

/** What a call did. */
export interface Effect {
  readonly by: string;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly answer: unknown;
  /** Its caller had been told that it failed. */
  readonly isOverdue: boolean;
  /** Its caller was told that it succeeded. */
  readonly isAnswered: boolean;
}

/** What an instance is put into: ports that it shares with all others. */
export interface Surroundings {
  readonly clock: Clock;
  readonly weather: Weather;
  readonly journal: Journal;
  readonly ports: Omit<Ports, 'clock'>;
  /** Sees what a call did, and what by. */
  readonly onEffect: (effect: Effect) => void;
}

/** How long an instance may take to end once it is told to, in milliseconds. */
const mostEndMs = 9_000;
/** What takes longer than this to answer may come after a mark should have been written. */
const slowMs = 1_000;

/**
 * One instance of a function, with ports of its own. When it dies, nothing that it awaits comes back, no timer of its own goes
 * off, and whoever delivered to it waits for an answer until the ack deadline.
 */
export class Instance {
  readonly name: string;
  isAlive = true;
  private readonly surroundings: Surroundings;
  private readonly running: FunctionInstance;
  private underway = 0;
  private isEnding = false;

  constructor(name: string, surroundings: Surroundings, build: (ports: Ports) => FunctionInstance, skewMs: number) {
    this.name = name;
    this.surroundings = surroundings;
    this.running = build(this.ownPorts(skewMs));
  }

  async serve(delivery: Delivery): Promise<void> {
    this.underway++;
    try {
      await this.running.handler(delivery);
    } finally {
      this.underway--;
      if (this.isEnding && this.underway === 0) void this.end();
    }
  }

  /** Dies at once. */
  crash(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.trouble();
    this.surroundings.journal.count('crashes');
    this.surroundings.journal.trace(this.name, () => 'crashes');
  }

  /** Ends in order, as on SIGTERM: what is underway is finished, what is left is flushed, within ten seconds. */
  stop(): void {
    const { clock, journal } = this.surroundings;
    this.isEnding = true;
    this.trouble();
    journal.trace(this.name, () => 'is told to end');
    clock.schedule(mostEndMs, () => {
      this.isAlive = false;
    });
    if (this.underway === 0) void this.end();
  }

  private async end(): Promise<void> {
    await this.running.finish().catch(() => undefined);
    if (this.isAlive) this.surroundings.journal.trace(this.name, () => 'has ended');
    this.isAlive = false;
  }

  private ownPorts(skewMs: number): Ports {
    const { ports, clock } = this.surroundings;
    return {
      ...ports,
      publisher: across(ports.publisher, this.carryTo('pubsub')),
      blocks: across(ports.blocks, this.carryTo('firestore')),
      ledger: across(ports.ledger, this.carryTo('firestore')),
      letters: across(ports.letters, this.carryTo('firestore')),
      events: across(ports.events, this.carryTo('firestore')),
      keys: across(ports.keys, this.carryTo('firestore')),
      systems: new Map([...ports.systems].map(([name, system]) => [name, across(system, this.carryTo('records'))])),
      clock: {
        now: () => clock.now() + skewMs,
        schedule: (delayMs, run) =>
          clock.schedule(delayMs, () => {
            if (this.isAlive) run();
          }),
      },
    };
  }

  /** Carries calls to a service as the weather has it. */
  private carryTo(service: Service): Carry {
    return async (method, args, call) => {
      const { weather, journal, clock, onEffect } = this.surroundings;
      const { thereMs, backMs, fault, crash } = weather.fate(service);
      const effect = async (given: readonly unknown[]): Promise<never> => {
        const answer = await call(...given);
        onEffect({
          by: this.name,
          method,
          args: given,
          answer,
          isOverdue: fault === 'lands-late',
          isAnswered: fault === 'none' && this.isAlive,
        });
        return answer as never;
      };
      if (fault !== 'none' || thereMs + backMs > slowMs) this.trouble();
      if (fault !== 'none') journal.count('faults');
      if (crash === 'before') this.crash();
      await this.pass(thereMs);
      // What was on the wire may still arrive.
      if (!this.isAlive && (crash === 'before' || weather.draw(0.5))) return never();
      if (fault === 'fails' || fault === 'lands-late') {
        if (fault === 'lands-late')
          clock.schedule(Math.min(60_000, backMs * 50), () => void effect(args).catch(() => undefined));
        else if (method === 'write') await effect([partOf(args[0], weather)]);
        journal.trace(this.name, () => `${method}: ${fault}`);
        return await this.hear(backMs, () => Promise.reject(lost(method)));
      }
      const answer = effect(args);
      // Its caller hears of it below, whatever it is.
      await answer.catch(() => undefined);
      if (crash === 'after') this.crash();
      if (fault === 'answer-lost') journal.trace(this.name, () => `${method}: ${fault}`);
      return this.hear(backMs, () => (fault === 'answer-lost' ? Promise.reject(lost(method)) : answer));
    };
  }

  private async hear<T>(backMs: number, answer: () => Promise<T>): Promise<T> {
    await this.pass(backMs);
    return this.isAlive ? answer() : never();
  }

  private pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.surroundings.clock.schedule(ms, resolve);
    });
  }

  private trouble(): void {
    const { journal } = this.surroundings;
    journal.troubles.push({ ...journal.stamp(), by: this.name });
  }
}

/** Of writes that fail together, some may have been made. */
function partOf(writes: unknown, weather: Weather): unknown {
  return Array.isArray(writes) && writes.length > 1 ? writes.filter(() => weather.draw(0.5)) : [];
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
