import type { StreamSettings } from '../stream-settings.ts';
import { isTooLong } from './expected-ids.ts';
import type { RangeCoverage, FillKind } from './holes.ts';
import { withInTime, withLateAnswers, type AnswerRecord } from './answers.ts';
import { sizeOf, type Range } from './range.ts';
import { isOfOldNumbering, type NumberedSettings } from './reset.ts';

/**
 * One row of the ledger: a range of ids of which some were missing when a sweep found the gap: all of them, or, if the
 * gap is doubtful, the holes in it. The range never changes. The blocks show which of its ids are still missing. So a
 * gap is never split and never starts over. A gap that is longer than `maxGap` tells nothing of single ids, and other
 * gaps can lie in its range.
 *
 *     open ──asked for──► requested ──────────────► filled · voided · reconstructed ──originals come──► superseded
 *                             └── given up ────────► abandoned ──all ids come late──► filled · voided · …
 *
 * An open gap is also given up if its producer was not asked within the deduplication window.
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
  /** For an abandoned gap: when the ledger last recorded that late events had lowered `missing`. */
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
  /** Set if the row is no gap, but records that an operator reset the numbering. `why` says from which id. */
  readonly isReset?: true;
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

export function isUnresolved({ state }: Gap): boolean {
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

/** A step of a gap: its new state, and the message that must be published before the state is recorded. */
export interface GapStep {
  readonly gap: Gap;
  readonly send?: ReprocessRequest;
  /** Set if the gap must be given up. */
  readonly giveUp?: Reason;
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
const notAskedFor =
  'not requested, because the stream has recover: false, and not received within the deduplication window';
const tooLong = 'too-long';
export const numberingReset = 'the operator reset the numbering';

/** The coverage of a gap's ids that decides on its next step. */
type Counted = Pick<RangeCoverage, 'fillKinds' | 'missing' | 'answers'>;

/** The time between two requests to infer the same gap, in milliseconds. */
const inferAgainMs = 60_000;

/**
 * Returns the next step of a gap. The step depends on the coverage of the gap's ids and on the time. If there is
 * nothing to do, the step has the same gap. A gap of a stream with `recover: false` is never requested, but it is given
 * up when it is forgettable. A gap that is too long is given up at once, and so is a gap of a numbering that was reset.
 *
 * @param obstacle Returns the reason why the gap must not be inferred now, if there is one. It is called only if
 *   {@link isInferenceDue}.
 */
export function advanceGap(
  row: Gap,
  coverage: Counted,
  nowMs: number,
  settings: NumberedSettings,
  obstacle: () => GapObstacle | undefined = () => undefined,
): GapStep {
  const recounted = recount(row, coverage, nowMs);
  if (!isUnresolved(recounted)) return { gap: recounted };
  const gap = afterDeadline(recounted, coverage, nowMs, settings);
  const giveUp = (why: string): GapStep => ({ gap, giveUp: { why, isDoubtful: false } });
  if (gap.why !== undefined) return giveUp(gap.why);
  if (isOfOldNumbering(gap, settings.reset)) return giveUp(numberingReset);
  if (isForgettable(gap, nowMs, settings)) return giveUp(settings.recover ? notInTime : notAskedFor);
  if (!settings.recover) return { gap };
  if (isTooLong(gap, settings)) return giveUp(tooLong);
  if (gap.state === 'open') return ask(gap, nowMs, settings);
  if (!isInferenceDue(gap, nowMs, settings)) return { gap };
  const found = obstacle();
  if (found === 'wait') return { gap };
  return found ? { gap, giveUp: found } : inferNow(gap, nowMs);
}

/** Whether the producer had its time to answer, and the gap may be inferred now. */
export function isInferenceDue(gap: Gap, nowMs: number, { recover, resendTimeoutMs }: StreamSettings): boolean {
  return recover && gap.state === 'requested' && gap.why === undefined && nowMs >= inferDueAtMs(gap, resendTimeoutMs);
}

/**
 * Records the answers by the deadline of a gap, if it has passed, whether the gap is then inferred or given up. A gap
 * that is too long is never inferred, so its answers are not counted.
 */
function afterDeadline(gap: Gap, { answers }: Counted, nowMs: number, settings: StreamSettings): Gap {
  const isOver = gap.deadlineMs !== undefined && nowMs >= gap.deadlineMs;
  const mayInfer = settings.recover && !isTooLong(gap, settings);
  return isOver && mayInfer ? withInTime(gap, answers) : gap;
}

function ask(gap: Gap, nowMs: number, { resendTimeoutMs }: StreamSettings): GapStep {
  const deadlineMs = nowMs + resendTimeoutMs;
  return {
    gap: { ...gap, state: 'requested', requestedAtMs: nowMs, deadlineMs },
    send: { ...requestOf(gap), phase: 'resend', deadlineMs },
  };
}

function inferNow(gap: Gap, nowMs: number): GapStep {
  return {
    gap: { ...gap, inferRequestedAtMs: nowMs },
    send: { ...requestOf(gap), phase: 'infer', deadlineMs: gap.deadlineMs ?? nowMs },
  };
}

function requestOf({ stream, from, to }: Gap) {
  return { stream, from, to, attempt: 1 };
}

/**
 * Updates the state of a gap from the current coverage of its ids. The gap may already be resolved. Returns the same
 * gap if nothing changed. A resolved gap is not reopened when the entries of its ids are forgotten.
 */
export function recount(row: Gap, { fillKinds, missing, answers }: Counted, nowMs: number): Gap {
  const gap = withLateAnswers(row, answers);
  if (missing > 0) {
    const isFewer = gap.state === 'abandoned' && missing < (gap.missing ?? sizeOf(gap));
    return isFewer ? { ...gap, missing, cameLateAtMs: nowMs } : gap;
  }
  const state = worstOf(fillKinds);
  if (state === gap.state) return gap;
  // Nothing of the gap is missing any more, so no letter needs to list it.
  const known: Gap = gap.isUntold ? { ...gap, isUntold: undefined } : gap;
  const resolved: Gap = { ...known, state, resolvedAtMs: nowMs };
  return gap.state === 'abandoned' ? { ...resolved, missing: 0, cameLateAtMs: nowMs } : resolved;
}

/**
 * Gives up a gap.
 *
 * @param missing The number of ids that neither came nor were inferred.
 * @param naming The gap whose name the letter has. Undefined if no letter lists the gap yet.
 */
export function givenUp(
  gap: Gap,
  missing: number,
  why: string,
  nowMs: number,
  naming?: Pick<Gap, 'from' | 'foundAtMs'>,
): Gap {
  const resolved: Gap = { ...gap, state: 'abandoned', missing, why, resolvedAtMs: nowMs };
  return naming ? told(resolved, naming) : { ...resolved, isUntold: true };
}

/** Records which letter lists a gap that was given up. */
export function told(gap: Gap, naming: Pick<Gap, 'from' | 'foundAtMs'>): Gap {
  return { ...gap, isUntold: undefined, letterFrom: naming.from, letterFoundAtMs: naming.foundAtMs };
}

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

function inferDueAtMs({ deadlineMs = 0, inferRequestedAtMs }: Gap, resendTimeoutMs: number): number {
  return inferRequestedAtMs === undefined ? deadlineMs : inferRequestedAtMs + Math.max(resendTimeoutMs, inferAgainMs);
}

/** Returns the worst of the ways in which the ids of a range were filled. */
function worstOf(kinds: ReadonlySet<FillKind>): FillKind {
  return (['reconstructed', 'superseded', 'voided', 'filled'] as const).find((kind) => kinds.has(kind)) ?? 'filled';
}
