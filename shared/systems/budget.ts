import type { Clock } from '../ports.ts';
import type { SystemName } from '../record-kinds.ts';
import type { TokenBucketOptions } from './token-bucket.ts';
import { Slots } from './slots.ts';
import { TokenBucket } from './token-bucket.ts';

const secondMs = 1_000;
const dayMs = 24 * 3_600_000;

/** The limits that a vendor documents for one account. */
interface DocumentedLimits {
  readonly all: readonly TokenBucketOptions[];
  /** For each kind of record, which has an endpoint of its own. */
  readonly eachKind: readonly TokenBucketOptions[];
  /** For the pages of the system's list, beside the others. */
  readonly ofList?: readonly TokenBucketOptions[];
  /** The maximum number of requests in flight. */
  readonly atOnce: number;
}

/** The limits of the smallest plans: HubSpot's private apps, Stripe's live mode, Twilio's accounts. */
const documented: Readonly<Record<SystemName, DocumentedLimits>> = {
  hubspot: {
    all: [
      { count: 100, perMs: 10 * secondMs },
      { count: 250_000, perMs: dayMs },
    ],
    eachKind: [],
    ofList: [{ count: 5, perMs: secondMs }],
    atOnce: 10,
  },
  stripe: { all: [{ count: 100, perMs: secondMs }], eachKind: [{ count: 25, perMs: secondMs }], atOnce: 20 },
  twilio: { all: [{ count: 100, perMs: secondMs }], eachKind: [], atOnce: 10 },
};

/** The kind under which pages of a list are counted, besides the kinds of records. */
export const listKind = 'list';

/** A sandbox of Stripe has a quarter of the limit. */
export const sandboxFactor = 0.25;

/** The share of the budget that each use of a system has. Together they are all of it. */
export const shareOfUse = { verify: 0.6, reconcile: 0.3, reconstruct: 0.1 } as const;

/** The part of a vendor's limits that one instance may use: others call the system too. */
export interface BudgetShare {
  /** The part of the limits that Eventmend uses, from 0 to 1. */
  readonly useShare: number;
  readonly use: keyof typeof shareOfUse;
  readonly maxInstances: number;
}

/** The budget of one instance for a system of record. */
export class Budget {
  private readonly clock: Clock;
  private readonly limits: DocumentedLimits;
  private readonly factor: number;
  private readonly all: readonly TokenBucket[];
  private readonly ofKinds = new Map<string, readonly TokenBucket[]>();
  private readonly slots: Slots;

  constructor(system: SystemName, { useShare, use, maxInstances }: BudgetShare, clock: Clock, factor = 1) {
    this.clock = clock;
    this.limits = documented[system];
    this.factor = (useShare * shareOfUse[use] * factor) / maxInstances;
    this.all = this.bucketsOf(this.limits.all);
    this.slots = new Slots(Math.max(1, Math.floor(this.limits.atOnce * this.factor)), clock);
  }

  /**
   * Waits until a request may be made. @returns A function to call when it has ended.
   *
   * @throws RetryableError if that is not possible by `byMs`.
   */
  async admit(kind: string, byMs: number): Promise<() => void> {
    const release = await this.slots.take(byMs);
    try {
      for (const bucket of [...this.all, ...this.bucketsOfKind(kind)]) await bucket.take(byMs);
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  /** Makes no request before a time, in milliseconds since 1970. */
  pauseUntil(untilMs: number): void {
    for (const bucket of this.all) bucket.pauseUntil(untilMs);
  }

  private bucketsOfKind(kind: string): readonly TokenBucket[] {
    const known = this.ofKinds.get(kind);
    if (known) return known;
    const ofList = kind === listKind ? this.limits.ofList : undefined;
    const made = this.bucketsOf([...this.limits.eachKind, ...(ofList ?? [])]);
    this.ofKinds.set(kind, made);
    return made;
  }

  private bucketsOf(limits: readonly TokenBucketOptions[]): readonly TokenBucket[] {
    return limits.map(({ count, perMs }) => new TokenBucket({ count: count * this.factor, perMs }, this.clock));
  }
}
