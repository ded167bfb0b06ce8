import { AccessError, RetryableError } from '../errors.ts';
import type { Clock, Random } from '../ports.ts';
import type { SystemName } from '../record-kinds.ts';
import type { Budget } from './budget.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { SystemTrouble } from './trouble.ts';
import { waitUntil } from './wait-until.ts';

/** The maximum time of one try, in milliseconds. */
const maxTryMs = 10_000;
/** The maximum number of tries in one delivery. */
const maxTries = 4;
/** The delay before the second try is drawn from 0 to this, in milliseconds. The range doubles with each try. */
const firstDelayMs = 400;
/** How long the budget rests after a 429 that names no time, in milliseconds. It doubles with each further one. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export interface RequestDeps {
  readonly system: SystemName;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes requests to a system of record within its budget and a deadline, and tries again where that can help. */
export class Requests {
  private readonly deps: RequestDeps;
  private readonly breaker: CircuitBreaker;
  private pauseMs = firstPauseMs;

  constructor(deps: RequestDeps) {
    this.deps = deps;
    this.breaker = new CircuitBreaker(deps.clock);
  }

  /**
   * Makes a request, and makes it again where that can help.
   *
   * @param kind The kind of record, which decides which limits count.
   * @param byMs When it must have ended, in milliseconds since 1970.
   * @throws SystemTrouble, AccessError, or RetryableError if there is no budget or time.
   */
  async run<T>(kind: string, byMs: number, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.tryOnce(kind, byMs, send);
      } catch (error) {
        const againAtMs = error instanceof SystemTrouble ? this.againAt(error, tries) : undefined;
        if (againAtMs === undefined || againAtMs >= byMs) throw error;
        await waitUntil(againAtMs, this.deps.clock);
      }
    }
  }

  private async tryOnce<T>(kind: string, byMs: number, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.breaker.enter();
    let release: () => void;
    try {
      release = await this.deps.budget.admit(kind, byMs);
    } catch (error) {
      this.breaker.withdraw();
      throw error;
    }
    try {
      const answer = await this.within(byMs, send);
      this.answered();
      return answer;
    } catch (error) {
      if (error instanceof SystemTrouble && error.kind === 'outage') this.breaker.fail();
      else if (error instanceof SystemTrouble && error.kind === 'limit') this.breaker.succeed();
      else this.answered();
      throw error;
    } finally {
      release();
    }
  }

  private answered(): void {
    this.breaker.succeed();
    this.pauseMs = firstPauseMs;
  }

  /** Returns when to try again, in milliseconds since 1970. Undefined if that makes no sense. */
  private againAt({ kind, retryAfterMs }: SystemTrouble, tries: number): number | undefined {
    const { clock, random, budget } = this.deps;
    const nowMs = clock.now();
    if (kind === 'limit') {
      const untilMs = nowMs + (retryAfterMs ?? this.pauseMs);
      if (retryAfterMs === undefined) this.pauseMs = Math.min(longestPauseMs, this.pauseMs * 2);
      budget.pauseUntil(untilMs);
      return tries < maxTries ? untilMs : undefined;
    }
    if (kind === 'refusal' || tries >= maxTries) return undefined;
    return nowMs + random() * firstDelayMs * 2 ** (tries - 1);
  }

  /** Runs a try, which is aborted when its time is over. A client that ignores the signal is no longer waited for. */
  private async within<T>(byMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, system } = this.deps;
    const abort = new AbortController();
    let callOff = (): void => undefined;
    const tooLong = new Promise<never>((_, reject) => {
      const limitMs = Math.max(0, Math.min(maxTryMs, byMs - clock.now()));
      callOff = clock.schedule(limitMs, () => {
        reject(new SystemTrouble(system, 'outage', `no answer within ${Math.round(limitMs)} ms`));
        abort.abort();
      });
    });
    try {
      return await Promise.race([run(abort.signal), tooLong]);
    } catch (error) {
      if (error instanceof RetryableError || error instanceof AccessError) throw error;
      // An error of a vendor's client may hold data or the key. It goes no further.
      throw new SystemTrouble(system, 'outage', 'the request failed');
    } finally {
      callOff();
    }
  }
}
