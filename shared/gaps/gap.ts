import type { StreamSettings } from '../stream-settings.ts';
import type { RangeCoverage, Came } from './holes.ts';
import { sizeOf, type Range } from './range.ts';

/**
 * One row of the ledger: ids that were missing when they were found, as they were found. What is left of them is read from the
 * blocks, so that a gap neither splits nor restarts.
 *
 *     open ──asked for──► requested ──────────────► filled · voided · reconstructed ──the original comes──► superseded
 *                             └── given up ────────► abandoned ──all of it comes after all──► filled · voided · …
 *
 * An open gap is given up, too, if nobody was asked within the deduplication window.
 */
export interface Gap extends Range {
  readonly stream: string;
  readonly state: GapState;
  /** Milliseconds since 1970, here and below. */
  readonly foundAtMs: number;
  readonly requestedAtMs?: number;
  readonly deadlineMs?: number;
  readonly inferRequestedAtMs?: number;
  /** How what was missing was inferred: of several ways the least sure. */
  readonly method?: Method;
  readonly resolvedAtMs?: number;
  /** Of a gap that was given up: how many of its ids were missing when that was last recorded. */
  readonly missing?: number;
  /** When fewer of them were last found to be: something came after all. */
  readonly cameLateAtMs?: number;
}

export const gapStates = ['open', 'requested', 'filled', 'voided', 'reconstructed', 'superseded', 'abandoned'] as const;
export type GapState = (typeof gapStates)[number];

/** How a missing event was had without its producer, the least sure first: by its neighbours, its entity's history, a system of record. */
export const methods = ['context', 'entity', 'recovered'] as const;
export type Method = (typeof methods)[number];

export function isUnresolved({ state }: Gap): boolean {
  return state === 'open' || state === 'requested';
}

/** A request that goes out on `reprocess-requests`, for a gap as it was found. */
export interface ReprocessRequest extends Range {
  readonly phase: 'resend' | 'infer';
  readonly stream: string;
  /** 1 for the first time that it is asked for. */
  readonly attempt: number;
  readonly deadlineMs: number;
}

/** How a gap moves on: what it becomes, and what must be sent before that is recorded. */
export interface GapStep {
  readonly gap: Gap;
  readonly send?: ReprocessRequest;
  /** It is given up: this request is what the letter says was not answered. */
  readonly giveUp?: ReprocessRequest;
}

/** How long after a request to infer it is sent again, if nothing has come of it, in milliseconds. */
const inferAgainMs = 60_000;

/**
 * Moves a gap on, by what has come of its ids since and by the time. The same gap where there is nothing to do. Where gaps are only
 * listed nobody is asked, and a gap is given up all the same once it is forgettable.
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
 * Records what has come of a gap's ids by now, be it resolved or not. What came and is forgotten again takes nothing back. The same
 * gap where that says nothing new.
 */
export function recount(gap: Gap, { came, missing }: Pick<RangeCoverage, 'came' | 'missing'>, nowMs: number): Gap {
  if (missing > 0) {
    const isFewer = gap.state === 'abandoned' && missing < (gap.missing ?? sizeOf(gap));
    return isFewer ? { ...gap, missing, cameLateAtMs: nowMs } : gap;
  }
  const state = worstOf(came);
  if (state === gap.state) return gap;
  const seen: Gap = { ...gap, state, resolvedAtMs: nowMs };
  return gap.state === 'abandoned' ? { ...seen, missing: 0, cameLateAtMs: nowMs } : seen;
}

/** Gives a gap up. @param missing How many of its ids did not come and are not inferred. */
export function givenUp(gap: Gap, missing: number, nowMs: number): Gap {
  return { ...gap, state: 'abandoned', missing, resolvedAtMs: nowMs };
}

/**
 * Whether something of a gap may have come, and be forgotten again. Until then an id without an entry is one that is missing: what
 * came after the gap was found is still remembered. It is given up afterwards, and never inferred.
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

/** Of a range that ended in several ways, the worst. */
function worstOf(came: ReadonlySet<Came>): Came {
  return (['reconstructed', 'superseded', 'voided', 'filled'] as const).find((way) => came.has(way)) ?? 'filled';
}
