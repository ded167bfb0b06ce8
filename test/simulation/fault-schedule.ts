import type { PortRequest } from '../../shared/embedded/intercept.ts';
import type { PortMethod, PortName } from '../../shared/port-methods.ts';
import { maxFiledAtOnce, type Clock, type Random } from '../../shared/ports.ts';
import type { SubscriptionName, TopicName } from '../../shared/topology.ts';
import { calledMethods } from './coverage.ts';
import { sentAttribute } from './sent-message.ts';

/** The outcome of one call. */
export interface CallOutcome {
  /** `thereMs`: milliseconds until the call takes effect. `backMs`: milliseconds from then until its caller has the answer. */
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
  letterIndex: 'firestore',
  auditTrail: 'firestore',
  jobs: 'firestore',
  events: 'firestore',
  anomalies: 'firestore',
  keys: 'firestore',
  reconciliations: 'firestore',
  system: 'records',
  list: 'records',
};

/** The subscription with the fewest deliveries: events that must be checked and whose type no system of record knows. */
const rareSubscription: SubscriptionName = 'verify-suspect-events';
/** The share of its deliveries that are copied, of those that are delayed, and of lost acks. */
const rareShare = 0.5;

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

/** The share of runs in which an idle instance has no CPU: request-based billing is the default on Cloud Run. */
const freezingRuns = 0.8;

/** The share of runs that disturb one method far more often than the others, and the share of its calls that they disturb. */
const focusedRuns = 0.4;
const focusShare = 0.5;
/** The chance that the first call of a method is disturbed. For the n-th call it is divided by n, so rare methods meet faults too. */
const firstCallShare = 0.4;
/** In runs that lose acks: the chance that the ack of a subscription's first delivery is lost. For the n-th it is divided by n. */
const firstAckShare = 0.2;

/** The longest outage that begins with a call, in milliseconds. */
const mostOutageMs = 5_000;

/** In a run with a burst: the share of Firestore's answers that are late, and the longest delay in milliseconds. */
const sluggishShare = 0.5;
const mostSluggishMs = 2_500;

/** The longest that a slow call takes in each direction, in milliseconds. */
const mostSlowMs = 20_000;
const minuteMs = 60_000;

export interface FaultScheduleOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The length of the fault window, in milliseconds. Calls and deliveries fail only within it. */
  readonly windowMs: number;
  /** Whether many messages come at once. Many answers of Firestore then take up to some seconds. */
  readonly isBursting: boolean;
  /** The method that is disturbed more often than the others. By default one is drawn in most runs. */
  readonly focus: PortMethod | undefined;
}

/** A producer's message that cannot be published to a topic. */
export interface HeldMessage {
  readonly n: number;
  readonly topic: TopicName;
  readonly untilMs: number;
}

/** Draws the faults of a run from its seed. After the fault window nothing fails any more. */
export class FaultSchedule {
  /** Whether an instance has no CPU between deliveries. */
  readonly freezesCpu: boolean;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly profile: FaultProfile;
  private readonly outages: Outage[];
  private readonly times = new Map<string, number>();
  private readonly isCalm: boolean;
  private readonly endsAtMs: number;
  private readonly isBursting: boolean;
  private held: HeldMessage | undefined;
  /** A method whose calls are disturbed far more often than the others, as `port.method`. */
  private readonly focus: PortMethod | undefined;

  constructor({ clock, random, windowMs, isBursting, focus }: FaultScheduleOptions) {
    this.clock = clock;
    this.random = random;
    this.isBursting = isBursting;
    this.endsAtMs = clock.now() + windowMs;
    const profile = profiles[Math.floor(random() * profiles.length)] ?? calm;
    // A delivery that is minutes late would miss the burst.
    this.profile = isBursting ? { ...profile, delays: profile.delays / 10 } : profile;
    this.outages = (['firestore', 'pubsub', 'records'] as const)
      .filter(() => profile !== calm && random() < 0.25)
      .map((service) => {
        const fromMs = clock.now() + random() * windowMs;
        return { service, fromMs, toMs: fromMs + random() * 10 * minuteMs };
      });
    this.freezesCpu = random() < freezingRuns;
    const drawn = random() < focusedRuns ? calledMethods[Math.floor(random() * calledMethods.length)] : undefined;
    this.isCalm = profile === calm && focus === undefined;
    this.focus = focus ?? drawn;
  }

  get isOver(): boolean {
    return this.clock.now() >= this.endsAtMs;
  }

  /** Draws the outcome of a call. */
  callOutcome(request: PortRequest): CallOutcome {
    const service = services[request.port];
    const usual: CallOutcome = { thereMs: this.latencyMs(), backMs: this.latencyMs(), fault: 'none', crash: 'none' };
    if (this.isOut(service) || this.isHeld(request)) return { ...usual, fault: 'outage' };
    if (this.isOver) return usual;
    const outcome = this.isBursting && service === 'firestore' ? this.sluggish(usual) : usual;
    if (this.isDisturbed(request)) return this.disturbed(request, outcome);
    const { faults, crashes, slow } = this.profile;
    return {
      crash: this.draw(crashes) ? (this.draw(0.5) ? 'before' : 'after') : 'none',
      thereMs: this.draw(slow) ? this.random() * mostSlowMs : outcome.thereMs,
      backMs: this.draw(slow) ? this.random() * mostSlowMs : outcome.backMs,
      fault: this.draw(faults) ? this.fault() : 'none',
    };
  }

  /** Makes every publish of one producer's message to one topic fail until `untilMs`, in milliseconds since 1970. */
  hold(message: HeldMessage): void {
    this.held = message;
  }

  /** Draws how long after its publish each copy of a message is delivered, in milliseconds. */
  deliveryDelays(subscription: string): readonly number[] {
    const { copies, delays } = subscription === rareSubscription ? moreOften(this.profile) : this.profile;
    if (this.isOver) return [this.latencyMs()];
    const delayMs = (): number => (this.draw(delays) ? this.random() * 4 * minuteMs : this.latencyMs());
    return this.draw(copies) ? [delayMs(), delayMs()] : [delayMs()];
  }

  losesAck(subscription: SubscriptionName): boolean {
    if (this.isOver || this.profile.lostAcks === 0) return false;
    const isLost = this.draw(subscription === rareSubscription ? rareShare : this.profile.lostAcks);
    return isLost || this.draw(firstAckShare / this.nth(subscription));
  }

  draw(share: number): boolean {
    return this.random() < share;
  }

  /** Counts the occurrences of a name. @returns 1 for the first. */
  private nth(name: string): number {
    const nth = (this.times.get(name) ?? 0) + 1;
    this.times.set(name, nth);
    return nth;
  }

  private isHeld(request: PortRequest): boolean {
    if (request.port !== 'publisher' || !this.held) return false;
    const [topic, { attributes }] = request.args;
    const { n, untilMs, ...held } = this.held;
    return topic === held.topic && attributes[sentAttribute] === String(n) && this.clock.now() < untilMs;
  }

  private isOut(service: Service): boolean {
    const now = this.clock.now();
    return this.outages.some((outage) => outage.service === service && now >= outage.fromMs && now < outage.toMs);
  }

  private fault(): Exclude<CallOutcome['fault'], 'none' | 'outage'> {
    const drawn = this.random();
    return drawn < 0.4 ? 'fails' : drawn < 0.8 ? 'answer lost' : 'lands late';
  }

  /** Draws whether a call is disturbed because its method is still rare in this run, or is the focus of the run. */
  private isDisturbed(request: PortRequest): boolean {
    if (this.isCalm) return false;
    // Calls that can stop in the middle are rare. They are counted apart from the other calls of their method.
    const name = `${request.port}.${request.method}${isOneOfSeveral(request) ? ' of several' : ''}`;
    return (
      this.draw(firstCallShare / this.nth(name)) ||
      (`${request.port}.${request.method}` === this.focus && this.draw(focusShare))
    );
  }

  /** Draws an outcome with one fault. A call that can stop in the middle fails or crashes there. */
  private disturbed(request: PortRequest, outcome: CallOutcome): CallOutcome {
    switch (Math.floor(this.random() * (isOneOfSeveral(request) ? 3 : 7))) {
      case 0:
        return { ...outcome, fault: 'fails' };
      case 1:
        return { ...outcome, crash: 'before' };
      case 2:
        return { ...outcome, crash: 'after' };
      case 3:
        return { ...outcome, fault: 'answer lost' };
      case 4:
        return { ...outcome, fault: 'lands late' };
      case 5:
        return { ...outcome, backMs: 1_000 + this.random() * mostSlowMs };
      default: {
        const fromMs = this.clock.now();
        this.outages.push({ service: services[request.port], fromMs, toMs: fromMs + this.random() * mostOutageMs });
        return { ...outcome, fault: 'outage' };
      }
    }
  }

  private sluggish(outcome: CallOutcome): CallOutcome {
    return this.draw(sluggishShare) ? { ...outcome, backMs: this.random() * mostSluggishMs } : outcome;
  }

  /** Half of a usual round trip. */
  private latencyMs(): number {
    return 1 + Math.floor(this.random() * 30);
  }
}

/** Raises the shares of the faults of deliveries that the profile has. */
function moreOften({ copies, delays, ...profile }: FaultProfile): FaultProfile {
  const raised = (share: number): number => (share === 0 ? 0 : Math.max(share, rareShare));
  return { ...profile, copies: raised(copies), delays: raised(delays) };
}

/** Whether a call can stop in the middle: a write of several blocks, and one of several commits that file gaps. */
function isOneOfSeveral(request: PortRequest): boolean {
  if (request.port === 'blocks' && request.method === 'write') return request.args[0].length > 1;
  if (request.port !== 'ledger' || request.method !== 'saveProgress') return false;
  return (request.args[3] ?? []).length >= maxFiledAtOnce;
}
