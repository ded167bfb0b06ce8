import type { Clock, Random } from '../../shared/ports.ts';

/** A service behind a port. */
export type Service = 'firestore' | 'pubsub' | 'records';

/** The outcome of one call. */
export interface CallOutcome {
  /** Milliseconds until the call takes effect, and from then until its caller has the answer. */
  readonly thereMs: number;
  readonly backMs: number;
  /** `lands-late`: the caller is told that the call failed, and then it takes effect. */
  readonly fault: 'none' | 'fails' | 'answer-lost' | 'lands-late';
  /** The instance crashes before the call is sent, or while the answer is on its way. */
  readonly crash: 'none' | 'before' | 'after';
}

interface Outage {
  readonly service: Service;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The chance of each fault: `copies`, `delays` and `lostAcks` for a delivery, the others for a call. */
interface FaultProfile {
  readonly faults: number;
  readonly crashes: number;
  readonly slow: number;
  readonly copies: number;
  readonly delays: number;
  readonly lostAcks: number;
}

const calm: FaultProfile = { faults: 0, crashes: 0, slow: 0, copies: 0, delays: 0.05, lostAcks: 0 };
const profiles: readonly FaultProfile[] = [
  calm,
  { faults: 0, crashes: 0, slow: 0.005, copies: 0.2, delays: 0.3, lostAcks: 0 },
  { faults: 0.02, crashes: 0.001, slow: 0.01, copies: 0.05, delays: 0.1, lostAcks: 0.02 },
  { faults: 0.08, crashes: 0.01, slow: 0.03, copies: 0.1, delays: 0.15, lostAcks: 0.05 },
  { faults: 0, crashes: 0.03, slow: 0.02, copies: 0.05, delays: 0.1, lostAcks: 0.1 },
];

const minuteMs = 60_000;

/** Draws the faults of a run from its seed. After the fault window nothing fails any more. */
export class FaultSchedule {
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly profile: FaultProfile;
  private readonly outages: readonly Outage[];
  private readonly endsAtMs: number;

  constructor(clock: Clock, random: Random, faultWindowMs: number) {
    this.clock = clock;
    this.random = random;
    this.endsAtMs = clock.now() + faultWindowMs;
    this.profile = profiles[Math.floor(random() * profiles.length)] ?? calm;
    this.outages = (['firestore', 'pubsub', 'records'] as const)
      .filter(() => this.profile !== calm && random() < 0.25)
      .map((service) => {
        const fromMs = clock.now() + random() * faultWindowMs;
        return { service, fromMs, toMs: fromMs + random() * 10 * minuteMs };
      });
  }

  get isOver(): boolean {
    return this.clock.now() >= this.endsAtMs;
  }

  /** Draws the outcome of a call. */
  callOutcome(service: Service): CallOutcome {
    const { faults, crashes, slow } = this.profile;
    const outcome: CallOutcome = { thereMs: this.latencyMs(), backMs: this.latencyMs(), fault: 'none', crash: 'none' };
    const now = this.clock.now();
    if (this.outages.some((outage) => outage.service === service && now >= outage.fromMs && now < outage.toMs))
      return { ...outcome, fault: 'fails' };
    if (this.isOver) return outcome;
    const crash = this.draw(crashes) ? (this.draw(0.5) ? 'before' : 'after') : 'none';
    const thereMs = this.draw(slow) ? this.random() * 20_000 : outcome.thereMs;
    const backMs = this.draw(slow) ? this.random() * 20_000 : outcome.backMs;
    const drawn = this.random();
    const fault = !this.draw(faults) ? 'none' : drawn < 0.4 ? 'fails' : drawn < 0.8 ? 'answer-lost' : 'lands-late';
    return { thereMs, backMs, fault, crash };
  }

  /** Draws how long after its publish each copy of a message is delivered, in milliseconds. */
  deliveryDelays(): readonly number[] {
    const { copies, delays } = this.profile;
    if (this.isOver) return [this.latencyMs()];
    const delayMs = (): number => (this.draw(delays) ? this.random() * 4 * minuteMs : this.latencyMs());
    return this.draw(copies) ? [delayMs(), delayMs()] : [delayMs()];
  }

  losesAck(): boolean {
    return !this.isOver && this.draw(this.profile.lostAcks);
  }

  draw(share: number): boolean {
    return this.random() < share;
  }

  /** Half of a usual round trip. */
  private latencyMs(): number {
    return 1 + Math.floor(this.random() * 30);
  }
}
