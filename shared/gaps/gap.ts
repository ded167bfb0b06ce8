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
}

/** How long after a request to infer it is sent again, if nothing has come of it, in milliseconds. */
const inferAgainMs = 60_000;

/** Moves a gap on, by what has come of its ids since. The same gap where there is nothing to do. */
export function advanceGap(gap: Gap, { missing, came }: Filling, nowMs: number, settings: StreamSettings): GapStep {
  if (missing.length === 0) return { gap: { ...gap, state: worstOf(came), resolvedAtMs: nowMs } };
  if (!settings.recover) return { gap };
  const { stream, from, to } = gap;
  if (gap.state === 'open') {
    const deadlineMs = nowMs + settings.resendTimeoutMs;
    const send: ReprocessRequest = { phase: 'resend', stream, from, to, attempt: 1, deadlineMs };
    return { gap: { ...gap, state: 'requested', requestedAtMs: nowMs, deadlineMs }, send };
  }
  if (nowMs < inferDueAtMs(gap, settings.resendTimeoutMs)) return { gap };
  const send: ReprocessRequest = { phase: 'infer', stream, from, to, attempt: 1, deadlineMs: gap.deadlineMs ?? nowMs };
  return { gap: { ...gap, inferRequestedAtMs: nowMs }, send };
}

function inferDueAtMs({ deadlineMs = 0, inferRequestedAtMs }: Gap, resendTimeoutMs: number): number {
  return inferRequestedAtMs === undefined ? deadlineMs : inferRequestedAtMs + Math.max(resendTimeoutMs, inferAgainMs);
}

/** Of a range that ended in several ways, the worst. */
function worstOf(came: ReadonlySet<Came>): Came {
  return (['reconstructed', 'voided', 'filled'] as const).find((way) => came.has(way)) ?? 'filled';
}
