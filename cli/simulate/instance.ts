import type { DeliveredTo, FunctionInstance, Ports } from '../embedded-functions.ts';
import { unanswered } from '../../shared/embedded/faults.ts';
import { intercept, type Interceptor, type PortCall, type PortRequest } from '../../shared/embedded/intercept.ts';
import type { Delivery } from '../../shared/messages/message.ts';
import type { Clock } from '../../shared/ports.ts';
import type { Coverage } from './coverage.ts';
import type { CallOutcome, FaultSchedule } from './fault-schedule.ts';
import type { Journal } from './journal.ts';

/** A call that took effect, and who made it. */
export type ObservedCall = PortCall & {
  /** The name of the instance. */
  readonly by: string;
  /** The caller had been told that the call failed. */
  readonly isOverdue: boolean;
  /** The caller was told that the call succeeded. */
  readonly isAnswered: boolean;
};

/** The surroundings of an instance: it shares them with all other instances. */
export interface Surroundings {
  readonly clock: Clock;
  readonly faults: FaultSchedule;
  readonly journal: Journal;
  readonly coverage: Coverage;
  readonly ports: Omit<Ports, 'clock'>;
  /** Called with each call that took effect. */
  readonly onCall: (call: ObservedCall) => void;
  /** Called with the name of each instance that crashes. */
  readonly onCrash: (instance: string) => void;
}

export interface InstanceOptions {
  /** The function that it is an instance of. */
  readonly of: DeliveredTo;
  readonly name: string;
  readonly build: (ports: Ports) => FunctionInstance;
  /** How far its clock is ahead, in milliseconds. */
  readonly skewMs: number;
}

/** How long an instance may take to end after SIGTERM, in milliseconds. */
const mostEndMs = 9_000;
/** A call that takes longer may delay a mark beyond the usual, in milliseconds. */
const slowMs = 1_000;

/**
 * One instance of a function, with ports of its own.
 *
 * After a crash none of its calls returns and none of its timers runs; the deliveries that it served time out at the ack deadline.
 *
 * Where CPU freezes, the instance has CPU only while it serves a delivery, as on Cloud Run with request-based billing. Timers and
 * answers that fall due in between wait for the next delivery, or for SIGTERM.
 */
export class Instance {
  readonly name: string;
  isAlive = true;
  private readonly of: DeliveredTo;
  private readonly surroundings: Surroundings;
  private readonly running: FunctionInstance;
  private inFlight = 0;
  /** The deliveries that are with the handler. One that waits for `beforeIdle` no longer is. */
  private beingHandled = 0;
  private isEnding = false;
  /** What fell due while there was no CPU. */
  private overdue: (() => void)[] = [];

  constructor(surroundings: Surroundings, { of, name, build, skewMs }: InstanceOptions) {
    this.of = of;
    this.name = name;
    this.surroundings = surroundings;
    this.running = build(this.ownPorts(skewMs));
  }

  /** The number of handlers that have not returned, and still can. */
  get handlersUnderWay(): number {
    return this.isAlive ? this.inFlight : 0;
  }

  async serve(delivery: Delivery): Promise<void> {
    this.inFlight++;
    this.beingHandled++;
    this.thaw();
    try {
      await this.running.handler(delivery);
    } finally {
      this.beingHandled--;
      if (this.beingHandled === 0) await this.running.beforeIdle?.().catch(() => undefined);
      this.inFlight--;
      if (this.isEnding && this.inFlight === 0) void this.end();
    }
  }

  /** Ends in order, as on SIGTERM: deliveries in flight are finished, then `finish` runs, within ten seconds. */
  stop(): void {
    const { clock, journal } = this.surroundings;
    this.isEnding = true;
    this.recordTrouble();
    journal.trace(this.name, () => 'is told to end');
    clock.schedule(mostEndMs, () => {
      this.isAlive = false;
    });
    this.thaw();
    if (this.inFlight === 0) void this.end();
  }

  private async end(): Promise<void> {
    await this.running.finish().catch(() => undefined);
    if (this.isAlive) this.surroundings.journal.trace(this.name, () => 'has ended');
    this.isAlive = false;
  }

  /** @returns Whether it was alive until now. */
  private crash(): boolean {
    if (!this.isAlive) return false;
    this.isAlive = false;
    this.recordTrouble();
    const { journal, onCrash } = this.surroundings;
    journal.count('crashes');
    journal.trace(this.name, () => 'crashes');
    onCrash(this.name);
    return true;
  }

  private get hasCpu(): boolean {
    return this.inFlight > 0 || this.isEnding || !this.surroundings.faults.freezesCpu;
  }

  /** Runs something as soon as the instance has CPU. */
  private onCpu(run: () => void): void {
    if (this.hasCpu) {
      run();
      return;
    }
    if (this.isAlive) this.surroundings.coverage.instance('CPU freeze', this.of);
    this.overdue.push(run);
  }

  private thaw(): void {
    const { overdue } = this;
    this.overdue = [];
    for (const run of overdue) run();
  }

  private ownPorts(skewMs: number): Ports {
    const { ports, clock } = this.surroundings;
    const interceptor: Interceptor = (request, proceed) => this.call(request, proceed);
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
        schedule: (delayMs, run) => {
          let isOff = false;
          const runIfDue = (): void => {
            if (this.isAlive && !isOff) run();
          };
          const callOff = clock.schedule(delayMs, () => {
            this.onCpu(runIfDue);
          });
          return () => {
            isOff = true;
            callOff();
          };
        },
      },
    };
  }

  /** Makes a call with the outcome that the fault schedule draws. */
  private async call(request: PortRequest, proceed: Parameters<Interceptor>[1]): Promise<PortCall['answer']> {
    const { faults, journal, coverage } = this.surroundings;
    const outcome = faults.callOutcome(request);
    const { thereMs, backMs, fault, crash } = outcome;
    const isSlow = thereMs + backMs > slowMs;
    if (fault !== 'none' || isSlow) this.recordTrouble();
    if (fault !== 'none') journal.count('faults');
    if (crash === 'before' && this.crash()) coverage.call('crash before', request);
    await this.pass(thereMs);
    // A request of an instance that has crashed may still arrive.
    if (!this.isAlive && (crash === 'before' || faults.draw(0.5))) return never();
    const effect = (args?: PortRequest['args']): ReturnType<typeof proceed> =>
      this.takeEffect(request, proceed, outcome, args);
    if (fault === 'fails' || fault === 'outage' || fault === 'lands late') {
      if (fault === 'fails') await this.writePartly(request, effect);
      if (fault === 'lands late') this.landLate(request, effect, backMs);
      return await this.hear(outcome, request, () => Promise.reject(unanswered(request.method)));
    }
    const answer = effect();
    // The caller hears of a failure below.
    await answer.catch(() => undefined);
    if (crash === 'after' && this.crash()) coverage.call('crash after', request);
    if (isSlow && this.isAlive) coverage.call('slow', request);
    return this.hear(outcome, request, () => (fault === 'none' ? answer : Promise.reject(unanswered(request.method))));
  }

  private async takeEffect(
    request: PortRequest,
    proceed: Parameters<Interceptor>[1],
    { fault }: CallOutcome,
    args = request.args,
  ): Promise<PortCall['answer']> {
    const answer = await proceed(args);
    const [isOverdue, isAnswered] = [fault === 'lands late', fault === 'none' && this.isAlive];
    this.surroundings.onCall({ ...request, args, answer, by: this.name, isOverdue, isAnswered } as ObservedCall);
    return answer;
  }

  /** Writes some of the blocks of a write that fails: each is written on its own condition. */
  private async writePartly(
    request: PortRequest,
    effect: (args: PortRequest['args']) => Promise<unknown>,
  ): Promise<void> {
    if (request.port !== 'blocks' || request.method !== 'write') return;
    const { faults, coverage } = this.surroundings;
    const [writes] = request.args;
    const part = writes.filter(() => faults.draw(0.5));
    if (part.length === 0 || part.length === writes.length) return;
    await effect([part]);
    coverage.call('partial write', request);
  }

  private landLate(request: PortRequest, effect: () => Promise<unknown>, backMs: number): void {
    const { clock, coverage } = this.surroundings;
    const land = async (): Promise<void> => {
      coverage.call('lands late', request);
      await effect().catch(() => undefined);
    };
    clock.schedule(Math.min(60_000, backMs * 50), () => void land());
  }

  /** Delivers an answer after its way back, if the instance is still alive then. */
  private async hear<T>({ backMs, fault }: CallOutcome, request: PortRequest, answer: () => Promise<T>): Promise<T> {
    const { journal, coverage } = this.surroundings;
    await this.pass(backMs);
    await new Promise<void>((resolve) => {
      this.onCpu(resolve);
    });
    if (!this.isAlive) return never();
    if (fault !== 'none') journal.trace(this.name, () => `${request.port}.${request.method}: ${fault}`);
    if (fault !== 'none' && fault !== 'lands late') coverage.call(fault, request);
    return answer();
  }

  private pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.surroundings.clock.schedule(ms, resolve);
    });
  }

  private recordTrouble(): void {
    const { journal } = this.surroundings;
    journal.troubles.push({ ...journal.stamp(), by: this.name });
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
