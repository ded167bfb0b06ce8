import type { StreamSettings } from '../catalog-definition.ts';
import type { Filling, Came } from './holes.ts';
import type { Range } from './range.ts';

/**
 * One row of the ledger: ids that were missing when they were found, as they were found. What is left of them is read from the
 * blocks, so that a gap neither splits nor restarts.
 *
 *     open ──asked for──► requested ──────────────► filled · voided · reconstructed
 *                             └── given up ────────► abandoned
 */
export interface Gap extends Range {
  readonly stream: string;
  readonly state: GapState;
  /** Milliseconds since 1970, here and below. */
  readonly foundAtMs: number;
  readonly requestedAtMs?: number;
  readonly deadlineMs?: number;
  readonly inferRequestedAtMs?: number;
  readonly resolvedAtMs?: number;
}

export type GapState = 'open' | 'requested' | 'filled' | 'voided' | 'reconstructed' | 'abandoned';

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
 * Moves a gap on, by what has come of its ids since. The same gap where there is nothing to do.
 *
 * @param floor What is at or below it may have come and be forgotten: a gap that reaches there is given up, never inferred.
 */
export function advanceGap(gap: Gap, filling: Filling, nowMs: number, settings: StreamSettings, floor = -1): GapStep {
  if (filling.missing.length === 0) return { gap: { ...gap, state: worstOf(filling.came), resolvedAtMs: nowMs } };
  if (!settings.recover) return { gap };
  const { stream, from, to } = gap;
  const request = { stream, from, to, attempt: 1 };
  if (from <= floor) {
    const giveUp: ReprocessRequest = { ...request, phase: 'infer', deadlineMs: gap.deadlineMs ?? nowMs };
    return { gap: { ...gap, state: 'abandoned', resolvedAtMs: nowMs }, giveUp };
  }
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

function inferDueAtMs({ deadlineMs = 0, inferRequestedAtMs }: Gap, resendTimeoutMs: number): number {
  return inferRequestedAtMs === undefined ? deadlineMs : inferRequestedAtMs + Math.max(resendTimeoutMs, inferAgainMs);
}

/** Of a range that ended in several ways, the worst. */
function worstOf(came: ReadonlySet<Came>): Came {
  return (['reconstructed', 'voided', 'filled'] as const).find((way) => came.has(way)) ?? 'filled';
}
