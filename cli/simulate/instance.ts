import type { FunctionInstance, Ports } from '../embedded-functions.ts';
import { unanswered } from '../../shared/embedded/faults.ts';
import {
  intercept,
  type Interceptor,
  type PortCall,
  type PortName,
  type PortRequest,
} from '../../shared/embedded/intercept.ts';
import type { Delivery } from '../../shared/message.ts';
import type { Clock } from '../../shared/ports.ts';
import type { Journal } from './journal.ts';
import type { Service, FaultSchedule } from './fault-schedule.ts';

/** A call that took effect, and who made it. */
export type ObservedCall = PortCall & {
  /** The name of the instance. */
  readonly by: string;
  /** The caller had been told that the call failed. */
  readonly isOverdue: boolean;
  /** The caller was told that the call succeeded. */
  readonly isAnswered: boolean;
};

/** What an instance is put into: ports that it shares with all others. */
export interface Surroundings {
  readonly clock: Clock;
  readonly faults: FaultSchedule;
  readonly journal: Journal;
  readonly ports: Omit<Ports, 'clock'>;
  /** Sees each call that took effect. */
  readonly onCall: (call: ObservedCall) => void;
}

/** The service behind each port. */
const services: Readonly<Record<PortName, Service>> = {
  publisher: 'pubsub',
  blocks: 'firestore',
  ledger: 'firestore',
  letters: 'firestore',
  events: 'firestore',
  keys: 'firestore',
  system: 'records',
};

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
    const interceptor = this.interceptor();
    return {
      ...ports,
      publisher: intercept('publisher', ports.publisher, interceptor),
      blocks: intercept('blocks', ports.blocks, interceptor),
      ledger: intercept('ledger', ports.ledger, interceptor),
      letters: intercept('letters', ports.letters, interceptor),
      events: intercept('events', ports.events, interceptor),
      keys: intercept('keys', ports.keys, interceptor),
      systems: new Map([...ports.systems].map(([name, system]) => [name, intercept('system', system, interceptor)])),
      clock: {
        now: () => clock.now() + skewMs,
        schedule: (delayMs, run) =>
          clock.schedule(delayMs, () => {
            if (this.isAlive) run();
          }),
      },
    };
  }

  /** Makes calls with the outcome that the fault schedule draws. */
  private interceptor(): Interceptor {
    return async (request, proceed) => {
      const { faults, journal, clock, onCall } = this.surroundings;
      const { method } = request;
      const { thereMs, backMs, fault, crash } = faults.callOutcome(services[request.port]);
      const effect = async (args = request.args): Promise<PortCall['answer']> => {
        const answer = await proceed(args);
        const [isOverdue, isAnswered] = [fault === 'lands-late', fault === 'none' && this.isAlive];
        onCall({ ...request, args, answer, by: this.name, isOverdue, isAnswered } as ObservedCall);
        return answer;
      };
      if (fault !== 'none' || thereMs + backMs > slowMs) this.trouble();
      if (fault !== 'none') journal.count('faults');
      if (crash === 'before') this.crash();
      await this.pass(thereMs);
      // What was on the wire may still arrive.
      if (!this.isAlive && (crash === 'before' || faults.draw(0.5))) return never();
      if (fault === 'fails' || fault === 'lands-late') {
        if (fault === 'lands-late')
          clock.schedule(Math.min(60_000, backMs * 50), () => void effect().catch(() => undefined));
        else {
          const part = partOf(request, faults);
          if (part) await effect(part);
        }
        journal.trace(this.name, () => `${method}: ${fault}`);
        return await this.hear(backMs, () => Promise.reject(unanswered(method)));
      }
      const answer = effect();
      // Its caller hears of it below, whatever it is.
      await answer.catch(() => undefined);
      if (crash === 'after') this.crash();
      if (fault === 'answer-lost') journal.trace(this.name, () => `${method}: ${fault}`);
      return this.hear(backMs, () => (fault === 'answer-lost' ? Promise.reject(unanswered(method)) : answer));
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

/** Some of the blocks that are written together: they may have been written though the call failed. */
function partOf(request: PortRequest, faults: FaultSchedule): PortRequest['args'] | undefined {
  if (request.port !== 'blocks' || request.method !== 'write') return undefined;
  const [writes] = request.args;
  return writes.length > 1 ? [writes.filter(() => faults.draw(0.5))] : undefined;
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
