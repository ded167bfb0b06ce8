import { portMethods, type PortName, type PortRequest } from '../../shared/embedded/intercept.ts';
import type { Clock, Random } from '../../shared/ports.ts';
import { outOfReach } from './coverage.ts';
import { modelsCpuFreeze } from './setting.ts';

/** The outcome of one call. */
export interface CallOutcome {
  /** Milliseconds until the call takes effect, and from then until its caller has the answer. */
  readonly thereMs: number;
  readonly backMs: number;
  /** `lands late`: the caller is told that the call failed, and then it takes effect. */
  readonly fault: 'none' | 'fails' | 'outage' | 'answer lost' | 'lands late';
  /** The instance crashes before the call is sent, or while the answer is on its way. */
  readonly crash: 'none' | 'before' | 'after';
}

type Service = 'firestore' | 'pubsub' | 'records';

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

/** The share of runs in which they have none: request-based billing is the default on Cloud Run. */
const freezingRuns = 0.8;

/** The share of runs that single out one method, and how often a call of it is disturbed there. */
const focusedRuns = 0.6;
const focusShare = 0.3;

/** The share of answers of Firestore that are late where it is sluggish, and by how much at most, in milliseconds. */
const sluggishShare = 0.3;
const mostSluggishMs = 1_500;

/** The longest that a slow call takes in each direction, in milliseconds. */
const mostSlowMs = 20_000;
const minuteMs = 60_000;

/** Every method that the functions call, as `port.method`. */
const calledMethods = Object.entries(portMethods)
  .flatMap(([port, methods]) => Object.keys(methods).map((method) => `${port}.${method}`))
  .filter((name) => !(name in outOfReach));

export interface FaultScheduleOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** For how long calls and deliveries fail, in milliseconds. */
  readonly windowMs: number;
  /** Whether many answers of Firestore take up to seconds. */
  readonly isSluggish: boolean;
}

/** Draws the faults of a run from its seed. After the fault window nothing fails any more. */
export class FaultSchedule {
  /** Whether an instance has no CPU between deliveries. */
  readonly freezesCpu: boolean;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly profile: FaultProfile;
  private readonly outages: readonly Outage[];
  private readonly endsAtMs: number;
  private readonly isSluggish: boolean;
  /** A method whose calls are disturbed far more often than the others, as `port.method`. */
  private readonly focus: string | undefined;

  constructor({ clock, random, windowMs, isSluggish }: FaultScheduleOptions) {
    this.clock = clock;
    this.random = random;
    this.isSluggish = isSluggish;
    this.endsAtMs = clock.now() + windowMs;
    this.profile = profiles[Math.floor(random() * profiles.length)] ?? calm;
    this.outages = (['firestore', 'pubsub', 'records'] as const)
      .filter(() => this.profile !== calm && random() < 0.25)
      .map((service) => {
        const fromMs = clock.now() + random() * windowMs;
        return { service, fromMs, toMs: fromMs + random() * 10 * minuteMs };
      });
    this.freezesCpu = random() < freezingRuns && modelsCpuFreeze;
    this.focus =
      this.profile !== calm && random() < focusedRuns
        ? calledMethods[Math.floor(random() * calledMethods.length)]
        : undefined;
  }

  get isOver(): boolean {
    return this.clock.now() >= this.endsAtMs;
  }

  /** Draws the outcome of a call. */
  callOutcome({ port, method }: Pick<PortRequest, 'port' | 'method'>): CallOutcome {
    const service = services[port];
    const usual: CallOutcome = { thereMs: this.latencyMs(), backMs: this.latencyMs(), fault: 'none', crash: 'none' };
    if (this.isOut(service)) return { ...usual, fault: 'outage' };
    if (this.isOver) return usual;
    const outcome = this.isSluggish && service === 'firestore' ? this.sluggish(usual) : usual;
    if (`${port}.${method}` === this.focus && this.draw(focusShare)) return this.disturbed(outcome);
    const { faults, crashes, slow } = this.profile;
    return {
      crash: this.draw(crashes) ? (this.draw(0.5) ? 'before' : 'after') : 'none',
      thereMs: this.draw(slow) ? this.random() * mostSlowMs : outcome.thereMs,
      backMs: this.draw(slow) ? this.random() * mostSlowMs : outcome.backMs,
      fault: this.draw(faults) ? this.fault() : 'none',
    };
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

  private isOut(service: Service): boolean {
    const now = this.clock.now();
    return this.outages.some((outage) => outage.service === service && now >= outage.fromMs && now < outage.toMs);
  }

  private fault(): Exclude<CallOutcome['fault'], 'none' | 'outage'> {
    const drawn = this.random();
    return drawn < 0.4 ? 'fails' : drawn < 0.8 ? 'answer lost' : 'lands late';
  }

  /** An outcome with one thing wrong. */
  private disturbed(outcome: CallOutcome): CallOutcome {
    const drawn = this.random();
    if (drawn < 0.5) return { ...outcome, fault: this.fault() };
    if (drawn < 0.65) return { ...outcome, crash: 'before' };
    if (drawn < 0.8) return { ...outcome, crash: 'after' };
    return { ...outcome, backMs: 1_000 + this.random() * mostSlowMs };
  }

  private sluggish(outcome: CallOutcome): CallOutcome {
    return this.draw(sluggishShare) ? { ...outcome, backMs: this.random() * mostSluggishMs } : outcome;
  }

  /** Half of a usual round trip. */
  private latencyMs(): number {
    return 1 + Math.floor(this.random() * 30);
  }
}
