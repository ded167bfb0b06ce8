import { unanswered } from '../../shared/embedded/faults.ts';
import type { PortCall, PortRequest, Proceed } from '../../shared/embedded/intercept.ts';
import type { Clock } from '../../shared/ports.ts';
import type { Coverage } from './coverage.ts';
import type { CallOutcome, FaultSchedule } from './fault-schedule.ts';
import type { Journal } from './journal.ts';

/** A call that took effect, and its caller. */
export type ObservedCall = PortCall & {
  /** The name of the instance. */
  readonly by: string;
  /** Whether the caller had been told that the call failed. */
  readonly isOverdue: boolean;
  /** Whether the caller was told that the call succeeded. */
  readonly isAnswered: boolean;
};

export interface ServiceCallsDeps {
  readonly clock: Clock;
  readonly faults: FaultSchedule;
  readonly journal: Journal;
  readonly coverage: Coverage;
  /** Called with each call that took effect. */
  readonly onCall: (call: ObservedCall) => void;
}

/** The instance that makes calls. */
export interface Caller {
  readonly name: string;
  readonly isAlive: boolean;
  /** Kills the instance. @returns Whether it was alive. */
  crash(): boolean;
  /** Calls `run` as soon as the instance has CPU. */
  onCpu(run: () => void): void;
  /** Notes that the instance met a fault. */
  recordTrouble(): void;
}

type Answer = PortCall['answer'];

/** A call under way, and the promise that its caller awaits. */
interface CallUnderWay {
  readonly request: PortRequest;
  readonly proceed: Proceed;
  readonly outcome: CallOutcome;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A call that takes longer is slow, in milliseconds. It may delay a mark. */
const slowMs = 1_000;
/** The longest time between telling a caller that its call failed and the call's effect, in milliseconds. */
const mostLateMs = 60_000;

/** Makes the calls of one instance to services, with the outcomes that the fault schedule draws. */
export class ServiceCalls {
  private readonly deps: ServiceCallsDeps;
  private readonly caller: Caller;

  constructor(deps: ServiceCallsDeps, caller: Caller) {
    this.deps = deps;
    this.caller = caller;
  }

  /** Makes a call with the outcome that the fault schedule draws. It uses callbacks for speed: a run makes thousands of calls. */
  make(request: PortRequest, proceed: Proceed): Promise<Answer> {
    const { faults, journal, coverage, clock } = this.deps;
    const outcome = faults.callOutcome(request);
    const { thereMs, fault, crash } = outcome;
    if (fault !== 'none' || isSlow(outcome)) this.caller.recordTrouble();
    if (fault !== 'none') journal.count('faults');
    if (crash === 'before' && this.caller.crash()) coverage.call('crash before', request);
    return new Promise((resolve, reject) => {
      clock.schedule(thereMs, () => {
        // A request of an instance that has crashed may still arrive.
        if (!this.caller.isAlive && (crash === 'before' || faults.draw(0.5))) return;
        this.arrive({ request, proceed, outcome, resolve, reject });
      });
    });
  }

  /** Handles a call that has reached its service: applies it, if its outcome says so, and sends the answer back. */
  private arrive(call: CallUnderWay): void {
    const { request, outcome, resolve, reject } = call;
    const { coverage } = this.deps;
    switch (outcome.fault) {
      case 'none':
      case 'answer lost':
        this.takeEffect(call).then(
          (answer) => {
            if (outcome.crash === 'after' && this.caller.crash()) coverage.call('crash after', request);
            if (isSlow(outcome) && this.caller.isAlive) coverage.call('slow', request);
            if (outcome.fault === 'none')
              this.answerLater(call, () => {
                resolve(answer);
              });
            else this.failLater(call);
          },
          (error: unknown) => {
            this.answerLater(call, () => {
              reject(error as Error);
            });
          },
        );
        return;
      case 'lands late':
        this.landLate(call);
        this.failLater(call);
        return;
      case 'fails':
        this.writePartly(call);
        this.failLater(call);
        return;
      case 'outage':
        this.failLater(call);
    }
  }

  private async takeEffect({ request, proceed, outcome }: CallUnderWay, args = request.args): Promise<Answer> {
    const answer = await proceed(args);
    const { port, method } = request;
    const isOverdue = outcome.fault === 'lands late';
    const isAnswered = outcome.fault === 'none' && this.caller.isAlive;
    this.deps.onCall({ port, method, args, answer, by: this.caller.name, isOverdue, isAnswered } as ObservedCall);
    return answer;
  }

  /** Writes some of the blocks of a write that fails, since each block is written on its own condition. */
  private writePartly(call: CallUnderWay): void {
    const { request } = call;
    if (request.port !== 'blocks' || request.method !== 'write') return;
    const { faults, coverage } = this.deps;
    const [writes] = request.args;
    const part = writes.filter(() => faults.draw(0.5));
    if (part.length === 0 || part.length === writes.length) return;
    coverage.call('partial write', request);
    this.takeEffect(call, [part]).catch(() => undefined);
  }

  /** Applies a call after its caller was told that it failed. */
  private landLate(call: CallUnderWay): void {
    const { clock, coverage } = this.deps;
    clock.schedule(Math.min(mostLateMs, call.outcome.backMs * 50), () => {
      coverage.call('lands late', call.request);
      this.takeEffect(call).catch(() => undefined);
    });
  }

  private failLater(call: CallUnderWay): void {
    const { request, outcome, reject } = call;
    const { journal, coverage } = this.deps;
    this.answerLater(call, () => {
      journal.trace(this.caller.name, () => `${request.port}.${request.method}: ${outcome.fault}`);
      if (outcome.fault !== 'none' && outcome.fault !== 'lands late') coverage.call(outcome.fault, request);
      reject(unanswered(request.method));
    });
  }

  /** Gives the caller its answer after `backMs`, as soon as the instance has CPU, if it is still alive. */
  private answerLater({ outcome }: CallUnderWay, answer: () => void): void {
    const answerIfAlive = (): void => {
      if (this.caller.isAlive) answer();
    };
    this.deps.clock.schedule(outcome.backMs, () => {
      this.caller.onCpu(answerIfAlive);
    });
  }
}

function isSlow({ thereMs, backMs }: CallOutcome): boolean {
  return thereMs + backMs > slowMs;
}
