import type { Clock, Random } from '../../shared/ports.ts';

/** What stands behind a port. */
export type Service = 'firestore' | 'pubsub' | 'records';

/** How one call goes. */
export interface Fate {
  /** Milliseconds until it takes effect, and until its caller hears of it after that. */
  readonly thereMs: number;
  readonly backMs: number;
  /** `lands-late`: the caller is told that it failed, and then it takes effect. */
  readonly fault: 'none' | 'fails' | 'answer-lost' | 'lands-late';
  /** The instance ends, before the call is on its way or while its answer is. */
  readonly crash: 'none' | 'before' | 'after';
}

interface Outage {
  readonly service: Service;
  readonly fromMs: number;
  readonly toMs: number;
}

const calm = { faults: 0, crashes: 0, slow: 0, copies: 0, delays: 0.05, lostAcks: 0 };
/** How likely what is, a call or a delivery. */
type Climate = typeof calm;
const climates: readonly Climate[] = [
  calm,
  { faults: 0, crashes: 0, slow: 0.005, copies: 0.2, delays: 0.3, lostAcks: 0 },
  { faults: 0.02, crashes: 0.001, slow: 0.01, copies: 0.05, delays: 0.1, lostAcks: 0.02 },
  { faults: 0.08, crashes: 0.01, slow: 0.03, copies: 0.1, delays: 0.15, lostAcks: 0.05 },
  { faults: 0, crashes: 0.03, slow: 0.02, copies: 0.05, delays: 0.1, lostAcks: 0.1 },
];

const minuteMs = 60_000;

/** Decides by its seed what goes wrong, until it clears up. */
export class Weather {
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly climate: Climate;
  private readonly outages: readonly Outage[];
  private readonly clearsAtMs: number;

  constructor(clock: Clock, random: Random, stormMs: number) {
    this.clock = clock;
    this.random = random;
    this.clearsAtMs = clock.now() + stormMs;
    this.climate = climates[Math.floor(random() * climates.length)] ?? calm;
    this.outages = (['firestore', 'pubsub', 'records'] as const)
      .filter(() => this.climate !== calm && random() < 0.25)
      .map((service) => {
        const fromMs = clock.now() + random() * stormMs;
        return { service, fromMs, toMs: fromMs + random() * 10 * minuteMs };
      });
  }

  get isClear(): boolean {
    return this.clock.now() >= this.clearsAtMs;
  }

  /** Draws how a call goes. */
  fate(service: Service): Fate {
    const { faults, crashes, slow } = this.climate;
    const fate: Fate = { thereMs: this.latencyMs(), backMs: this.latencyMs(), fault: 'none', crash: 'none' };
    const now = this.clock.now();
    if (this.outages.some((outage) => outage.service === service && now >= outage.fromMs && now < outage.toMs))
      return { ...fate, fault: 'fails' };
    if (this.isClear) return fate;
    const crash = this.draw(crashes) ? (this.draw(0.5) ? 'before' : 'after') : 'none';
    const thereMs = this.draw(slow) ? this.random() * 20_000 : fate.thereMs;
    const backMs = this.draw(slow) ? this.random() * 20_000 : fate.backMs;
    const drawn = this.random();
    const fault = !this.draw(faults) ? 'none' : drawn < 0.4 ? 'fails' : drawn < 0.8 ? 'answer-lost' : 'lands-late';
    return { thereMs, backMs, fault, crash };
  }

  /** How long after its publishing each copy of a message is delivered, in milliseconds. */
  deliveries(): readonly number[] {
    const { copies, delays } = this.climate;
    if (this.isClear) return [this.latencyMs()];
    const delayMs = (): number => (this.draw(delays) ? this.random() * 4 * minuteMs : this.latencyMs());
    return this.draw(copies) ? [delayMs(), delayMs()] : [delayMs()];
  }

  losesAck(): boolean {
    return !this.isClear && this.draw(this.climate.lostAcks);
  }

  draw(share: number): boolean {
    return this.random() < share;
  }

  /** A usual round trip's half. */
  private latencyMs(): number {
    return 1 + Math.floor(this.random() * 30);
  }
}
