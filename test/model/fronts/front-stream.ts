import type { StreamSettings } from '../../../shared/stream-settings.ts';
import type { Traffic } from './arrivals.ts';
import type { Draw } from './draw.ts';

/** A time from `from` (included) to `to` (excluded), in seconds since the start of the run. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** The faults of the platform in a run. Without a member, that fault does not occur. */
export interface PlatformFaults {
  /** When no sweep runs. */
  readonly asleep?: readonly Period[];
  /** The share of sweeps that end for ever at one of their calls, and the share of saves after which a sweep ends. */
  readonly crashes?: number;
  /** The share of ticks that two instances sweep at once. Some sweeps go on during the next tick. */
  readonly overlaps?: number;
  /** The most seconds between the beginning of a write of a block and the time at which others see it. */
  readonly commitDelay?: number;
  /** Seconds that each call of a sweep takes, so that its time is over in the middle. */
  readonly callTime?: number;
}

/** The bounds that the outcome of a run must keep. */
export interface Allowances {
  /** The number of events that may be inferred although they were never emitted. */
  readonly invented: number;
  /** The number of inferred events whose originals may come. */
  readonly early: number;
  readonly refused: number;
  readonly lettersAnHour: number;
  readonly letters: number;
  readonly requests: number;
  /** The number of ticks by which a loss may be filed later than a grace and a tick. */
  readonly lateTicks: number;
}

/** A stream of events as it comes to track, with the settings, the faults and the bounds of its run. */
export interface FrontStream extends Traffic {
  readonly settings: Partial<StreamSettings>;
  readonly faults?: PlatformFaults;
  readonly allows?: Partial<Allowances>;
  /** The ids of events that are lost after an earlier event with the same id came and was forgotten. */
  readonly lostAgain?: { readonly at: number; readonly ids: ReadonlySet<number> };
  /** When an operator resets the numbering, in seconds, and the first id of the new one. */
  readonly reset?: { readonly at: number; readonly from: number };
  /** Whether the producer sends lost events again when it is asked. */
  readonly answers?: boolean;
  /** The obstacle that reconstruct always meets. Without it, every requested event is inferred. */
  readonly obstacle?: string;
  /** The number of ids that must be refused. */
  readonly mustRefuse?: number;
  /** Whether no loss inside a front may be left in the end. */
  readonly recovers?: boolean;
  /** Whether a loss may stay unknown, because numbers that came before hide it. */
  readonly hidesLosses?: boolean;
  /** When the run ends, in seconds. By default some minutes after the last request is due. */
  readonly until?: number;
  /** Arrivals within so many seconds are written together. A larger number makes the run faster. */
  readonly batch?: number;
}

/** A kind of stream. */
export interface FrontKind {
  readonly name: string;
  readonly make: (draw: Draw) => FrontStream;
}

export const noAllowances: Allowances = {
  invented: 0,
  early: Number.POSITIVE_INFINITY,
  refused: 0,
  lettersAnHour: 6,
  letters: Number.POSITIVE_INFINITY,
  requests: Number.POSITIVE_INFINITY,
  lateTicks: 0,
};
