import { isUnresolved, type Gap, type GapState, type Method } from '../gaps/gap.ts';
import { sizeOf } from '../gaps/range.ts';
import { spellUnreadable } from '../gaps/spell-unreadable.ts';
import type { UnreadableGap } from '../ports.ts';
import { rfc3339 } from './format.ts';

/** One gap, as the console shows it. Times are RFC 3339. */
export interface GapView {
  readonly from: number;
  readonly to: number;
  /** How many ids were missing when the gap was found. */
  readonly ids: number;
  readonly state: GapState;
  readonly foundAt: string;
  /** When the producer was asked to send them again. */
  readonly resendAskedAt: string | undefined;
  /** When they were last asked to be inferred. */
  readonly inferenceAskedAt: string | undefined;
  readonly deadline: string | undefined;
  /** How many ids are missing by now; left out where all has come, or there are too many to count. */
  readonly missing: number | undefined;
  /** How what was missing was inferred. */
  readonly method: Method | undefined;
  readonly resolvedAt: string | undefined;
  /** When something of what had been given up was last found to have come after all. */
  readonly cameLateAt: string | undefined;
}

/** A stream's gaps, the unresolved first. */
export interface GapsView {
  readonly stream: string;
  /** How many are unresolved, be they shown or not. */
  readonly unresolved: number;
  /** Whether the catalog has the stream's gaps asked for, or only listed. */
  readonly isRecovered: boolean;
  /** Whether the ledger holds more gaps than are shown. */
  readonly isCut: boolean;
  readonly gaps: readonly GapView[];
  /** Rows of the ledger that cannot be read: a line each. */
  readonly unreadable: readonly string[];
}

export interface GapsState {
  readonly stream: string;
  /** The lowest of them, at most `limit`. */
  readonly unresolved: readonly Gap[];
  /** How many there are. */
  readonly unresolvedCount: number;
  /** Gaps of any state, the highest of them, at most one more than `limit`. */
  readonly listed: readonly Gap[];
  /** Rows that cannot be read; the same one may be here twice. */
  readonly unreadable: readonly UnreadableGap[];
  /** How many ids are missing by now, by the gap's `from`. */
  readonly missing: ReadonlyMap<number, number>;
  readonly isRecovered: boolean;
  readonly limit: number;
}

/** From what wants attention to what is well. */
const order: Readonly<Record<GapState, number>> = {
  open: 0,
  requested: 1,
  abandoned: 2,
  reconstructed: 3,
  superseded: 4,
  voided: 5,
  filled: 6,
};

export function gapsView(state: GapsState): GapsView {
  const { stream, unresolved, unresolvedCount, listed, unreadable, missing, isRecovered, limit } = state;
  // Between the two reads a gap may have been resolved: it is shown once.
  const seen = new Set(unresolved.map(({ from }) => from));
  const resolved = listed.filter((gap) => !isUnresolved(gap) && !seen.has(gap.from));
  const gaps = [...unresolved, ...resolved].sort(byState);
  return {
    stream,
    unresolved: unresolvedCount,
    isRecovered,
    isCut: gaps.length > limit || listed.length > limit || unresolvedCount > unresolved.length,
    gaps: gaps.slice(0, limit).map((gap) => gapView(gap, missing.get(gap.from))),
    unreadable: [...new Set(unreadable.map(spellUnreadable))],
  };
}

/** @param missing How many of its ids are missing by now; undefined where that was not counted. */
export function gapView(gap: Gap, missing: number | undefined): GapView {
  return {
    from: gap.from,
    to: gap.to,
    ids: sizeOf(gap),
    state: gap.state,
    foundAt: rfc3339(gap.foundAtMs),
    resendAskedAt: timeOf(gap.requestedAtMs),
    inferenceAskedAt: timeOf(gap.inferRequestedAtMs),
    deadline: timeOf(gap.deadlineMs),
    missing: missing ?? gap.missing,
    method: gap.method,
    resolvedAt: timeOf(gap.resolvedAtMs),
    cameLateAt: timeOf(gap.cameLateAtMs),
  };
}

/** By state; of one state the unresolved ascending, since the first holds the watermark back, and the others descending. */
function byState(a: Gap, b: Gap): number {
  return order[a.state] - order[b.state] || (isUnresolved(a) ? a.from - b.from : b.from - a.from);
}

function timeOf(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : rfc3339(atMs);
}
