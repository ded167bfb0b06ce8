import { interceptServices, type Interceptor } from '../../shared/embedded/intercept.ts';
import { openEmbeddedPorts } from '../../shared/embedded/ports.ts';
import type { FunctionInstance, Ports } from '../../shared/function-instance.ts';
import type { DeliveredTo } from '../../functions/builders.ts';
import type { Delivery } from '../../shared/messages/message.ts';
import { ServiceCalls, type Caller, type ServiceCallsDeps } from './service-calls.ts';

/** The environment of an instance, which all instances share. */
export interface Surroundings extends ServiceCallsDeps {
  readonly ports: Omit<Ports, 'clock' | 'portsUntil'>;
  /** Called with the name of each instance that crashes. */
  readonly onCrash: (instance: string) => void;
}

export interface InstanceOptions {
  /** The name of the function that the instance runs. */
  readonly of: DeliveredTo;
  readonly name: string;
  readonly build: (ports: Ports) => FunctionInstance;
  /** The milliseconds by which the instance's clock is ahead. */
  readonly skewMs: number;
}

/** The longest time that an instance may take to end after SIGTERM, in milliseconds. */
const mostEndMs = 9_000;

/**
 * One instance of a function, with ports of its own.
 * After a crash none of its calls returns and none of its timers runs. The deliveries that it served time out at the ack deadline.
 * In a run that freezes CPU, the instance has CPU only while it serves a delivery, as on Cloud Run with request-based billing. Timers
 * and answers that are due in between wait for the next delivery, or for SIGTERM.
 */
export class Instance implements Caller {
  readonly name: string;
  isAlive = true;
  private readonly of: DeliveredTo;
  private readonly surroundings: Surroundings;
  private readonly running: FunctionInstance;
  private inFlight = 0;
  /** The number of deliveries in the handler. A delivery that waits for `beforeIdle` does not count. */
  private beingHandled = 0;
  private isEnding = false;
  /** Timers and answers that became due while the instance had no CPU. */
  private overdue: (() => void)[] = [];

  constructor(surroundings: Surroundings, { of, name, build, skewMs }: InstanceOptions) {
    this.of = of;
    this.name = name;
    this.surroundings = surroundings;
    this.running = build(this.ownPorts(skewMs));
  }

  /** The number of handlers that have not returned yet. 0 once the instance is dead, since they never return then. */
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

  /** Shuts down as on SIGTERM: finishes the deliveries in flight, then runs `finish`, within ten seconds. */
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
    await this.running.finish?.().catch(() => undefined);
    if (this.isAlive) this.surroundings.journal.trace(this.name, () => 'has ended');
    this.isAlive = false;
  }

  crash(): boolean {
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

  onCpu(run: () => void): void {
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
    const calls = new ServiceCalls(this.surroundings, this);
    const interceptor: Interceptor = (request, proceed) => calls.make(request, proceed);
    return openEmbeddedPorts({
      ...ports,
      ...interceptServices(ports, interceptor),
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
    });
  }

  recordTrouble(): void {
    const { journal } = this.surroundings;
    journal.troubles.push({ ...journal.stamp(), by: this.name });
  }
}
