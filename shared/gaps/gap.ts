import type { StreamSettings } from '../stream-settings.ts';
import type { RangeCoverage, FillKind } from './holes.ts';
import { sizeOf, type Range } from './range.ts';

/**
 * One row of the ledger: a range of ids that were missing when a sweep found it. The range never changes. The blocks
 * say which of its ids are still missing, so a gap neither splits nor restarts.
 *
 *     open ──asked for──► requested ──────────────► filled · voided · reconstructed ──originals come──► superseded
 *                             └── given up ────────► abandoned ──all ids come late──► filled · voided · …
 *
 * An open gap is also given up if nobody was asked within the deduplication window.
 */
export interface Gap extends Range {
  readonly stream: string;
  readonly state: GapState;
  /** Milliseconds since 1970, here and below. */
  readonly foundAtMs: number;
  readonly requestedAtMs?: number;
  readonly deadlineMs?: number;
  readonly inferRequestedAtMs?: number;
  /** The method of inference. If there are several, the least certain one. */
  readonly method?: Method;
  readonly resolvedAtMs?: number;
  /** For an abandoned gap: the number of missing ids when it was last recorded. */
  readonly missing?: number;
  /** For an abandoned gap: when a lower number of missing ids was last recorded, because a late event came. */
  readonly cameLateAtMs?: number;
}

export const gapStates = ['open', 'requested', 'filled', 'voided', 'reconstructed', 'superseded', 'abandoned'] as const;
export type GapState = (typeof gapStates)[number];

/**
 * The sources of a missing event other than its producer, the least certain first: its neighbours, the history of its
 * entity, a system of record.
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
  /** Set if the gap is given up. The dead letter holds this request. */
  readonly giveUp?: ReprocessRequest;
}

/** The time between two requests to infer the same gap, in milliseconds. */
const inferAgainMs = 60_000;

/**
 * Advances a gap by the coverage of its ids and by the time. Returns the same gap if there is nothing to do. If the
 * stream only lists gaps, nothing is asked for, but a gap is still given up once it is forgettable.
 */
export function advanceGap(gap: Gap, coverage: RangeCoverage, nowMs: number, settings: StreamSettings): GapStep {
  const seen = recount(gap, coverage, nowMs);
  if (!isUnresolved(seen)) return { gap: seen };
  const { stream, from, to } = gap;
  const request = { stream, from, to, attempt: 1 };
  if (isForgettable(gap, nowMs, settings)) {
    const giveUp: ReprocessRequest = { ...request, phase: 'infer', deadlineMs: gap.deadlineMs ?? nowMs };
    return { gap: givenUp(gap, coverage.missing, nowMs), giveUp };
  }
  if (!settings.recover) return { gap };
  if (gap.state === 'open') {
    const deadlineMs = nowMs + settings.resendTimeoutMs;
    return {
      gap: { ...gap, state: 'requested', requestedAtMs: nowMs, deadlineMs },
      send: { ...request, phase: 'resend', deadlineMs },
    };
  }
  if (nowMs < inferDueAtMs(gap, settings.resendTimeoutMs)) return { gap };
  return {
    gap: { ...gap, inferRequestedAtMs: nowMs },
    send: { ...request, phase: 'infer', deadlineMs: gap.deadlineMs ?? nowMs },
  };
}

/**
 * Updates a gap, resolved or not, by the current coverage of its ids. Returns the same gap if nothing changed. An id
 * that came and was forgotten since does not reopen the gap.
 */
export function recount(
  gap: Gap,
  { fillKinds, missing }: Pick<RangeCoverage, 'fillKinds' | 'missing'>,
  nowMs: number,
): Gap {
  if (missing > 0) {
    const isFewer = gap.state === 'abandoned' && missing < (gap.missing ?? sizeOf(gap));
    return isFewer ? { ...gap, missing, cameLateAtMs: nowMs } : gap;
  }
  const state = worstOf(fillKinds);
  if (state === gap.state) return gap;
  const seen: Gap = { ...gap, state, resolvedAtMs: nowMs };
  return gap.state === 'abandoned' ? { ...seen, missing: 0, cameLateAtMs: nowMs } : seen;
}

/** Gives up a gap. @param missing The number of ids that neither came nor were inferred. */
export function givenUp(gap: Gap, missing: number, nowMs: number): Gap {
  return { ...gap, state: 'abandoned', missing, resolvedAtMs: nowMs };
}

/**
 * Whether an event of a gap may have come and be forgotten since. Before that time, an id without an entry is missing
 * for sure. Afterwards the gap is given up and never inferred.
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
