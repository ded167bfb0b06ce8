import type { StreamSettings } from '../stream-settings.ts';
import type { AnswerRecord } from './answers.ts';
import type { Range } from './range.ts';

/**
 * One row of the ledger: a range of ids of which some were missing when a sweep found the gap: all of them, or, if the
 * gap is doubtful, the holes in it. The range never changes. The blocks show which of its ids are still missing. So a
 * gap is never split and never starts over. A gap that is longer than `maxGap` tells nothing of single ids, and other
 * gaps can lie in its range. One that begins with its first id replaces it, and its rest is filed with a new first id.
 *
 *     open ──asked for──► requested ──────────────► filled · voided · reconstructed ──originals come──► superseded
 *                             └── given up ────────► abandoned ──all ids come late──► filled · voided · …
 *
 * An open gap is also given up if its producer was not asked within the deduplication window. If an operator has the
 * producer asked again, the state stays: an unresolved gap waits longer, and an abandoned one is filled if all ids come.
 */
export interface Gap extends AnswerRecord {
  readonly stream: string;
  readonly state: GapState;
  /** Milliseconds since 1970, here and below. */
  readonly foundAtMs: number;
  readonly requestedAtMs?: number;
  readonly deadlineMs?: number;
  readonly inferRequestedAtMs?: number;
  /** The method of inference. If events of the gap have different methods, the least certain of these. */
  readonly method?: Method;
  /** The lowest confidence of an inferred event of the gap, and how likely its events existed: the factor of each. */
  readonly confidence?: number;
  readonly existed?: number;
  readonly resolvedAtMs?: number;
  /** For an abandoned gap: the number of missing ids, as last recorded. */
  readonly missing?: number;
  /**
   * For a resolved gap of which events were inferred: the number of ids that hold only an inferred event, as last
   * recorded.
   */
  readonly inferred?: number;
  /** For an abandoned gap: when the ledger last recorded that originals or voids had come of it. */
  readonly cameLateAtMs?: number;
  /** Set if the ids were never asked for, because holes are normal in the stream. */
  readonly assumed?: true;
  /** Why the gap is, or will be, given up. Never a value of an event. */
  readonly why?: string;
  /** For an abandoned gap that a letter lists: the first id of the gap whose name the letter has. */
  readonly letterFrom?: number;
  /** When that gap was found. Undefined for a letter of a release whose letters were named by the first id only. */
  readonly letterFoundAtMs?: number;
  /** Set for an abandoned gap that no letter lists yet. The next letter about doubtful gaps lists it. */
  readonly isUntold?: true | undefined;
  /** Set if an operator had the producer asked again: how often, and when last. */
  readonly askedAgain?: AskedAgain;
  /** Set if the row is no gap, but records that an operator reset the numbering. `why` says from which id. */
  readonly isReset?: true;
}

/** The last time that the producer was asked again, in milliseconds since 1970. */
export interface AskedAgain {
  readonly count: number;
  readonly atMs: number;
  readonly deadlineMs: number;
}

/** The maximum number of ids of a short gap. A long gap does not tell whether a single id of it is missing. */
export const maxShortGap = 1_024;

export const gapStates = ['open', 'requested', 'filled', 'voided', 'reconstructed', 'superseded', 'abandoned'] as const;
export type GapState = (typeof gapStates)[number];

/**
 * The ways to get a missing event without its producer, the least certain first: from its neighbours, from the history
 * of its entity, or from a system of record.
 */
export const methods = ['context', 'entity', 'recovered'] as const;
export type Method = (typeof methods)[number];

export function isUnresolved({ state }: Pick<Gap, 'state'>): boolean {
  return state === 'open' || state === 'requested';
}

/** A request on `reprocess-requests`, for the whole range of a gap. */
export interface ReprocessRequest extends Range {
  readonly phase: 'resend' | 'infer';
  readonly stream: string;
  /** 1 for the first request. */
  readonly attempt: number;
  readonly deadlineMs: number;
}

/** Why a gap is given up. */
export interface Reason {
  readonly why: string;
  /** Whether the numbers around do not look as if events were lost. Letters report such gaps once a day. */
  readonly isDoubtful: boolean;
}

/** A reason to give a gap up when it should be inferred, or `wait`: a later sweep asks again. */
export type GapObstacle = Reason | 'wait';

export const notInTime = 'not swept within the deduplication window';
export const numberingReset = 'the operator reset the numbering';

/**
 * Whether an event of the gap may have come and been forgotten: the gap was found a deduplication window ago. Until
 * then, an id without an entry is certainly missing. From then on the gap is given up, and its events are never
 * inferred.
 */
export function isForgettable(
  { foundAtMs }: Pick<Gap, 'foundAtMs'>,
  nowMs: number,
  { windowMs }: StreamSettings,
): boolean {
  return nowMs >= foundAtMs + windowMs;
}
