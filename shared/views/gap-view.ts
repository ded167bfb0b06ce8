import { isUnresolved, type Gap, type GapState, type Method } from '../gaps/gap.ts';
import { sizeOf } from '../gaps/range.ts';
import { spellUnreadable } from '../gaps/spell-unreadable.ts';
import type { UnreadableGap } from '../ports.ts';
import { rfc3339 } from './format.ts';
import type { UnresolvedGap, UnresolvedGaps } from './unresolved-gaps.ts';

/** A gap as the console shows it. Times are RFC 3339. */
export interface GapView {
  readonly from: number;
  readonly to: number;
  /** The number of ids in the range. */
  readonly ids: number;
  readonly state: GapState;
  /** The state. If some ids of a gap were inferred and others given up, both states, the worse one first. */
  readonly states: readonly GapState[];
  readonly foundAt: string;
  /** When the producer was asked to resend. */
  readonly resendAskedAt: string | undefined;
  /** When the producer was last asked again on the word of an operator, and its new deadline. */
  readonly askedAgainAt: string | undefined;
  readonly askedAgainDeadline: string | undefined;
  /** When inference was last requested. */
  readonly inferenceAskedAt: string | undefined;
  readonly deadline: string | undefined;
  /** The current number of missing ids. Absent if all have come, or if there are too many to count. */
  readonly missing: number | undefined;
  /** The number of ids that hold only an inferred event, as last recorded. */
  readonly inferred: number | undefined;
  /** The method of inference. */
  readonly method: Method | undefined;
  /** The lowest confidence of an inferred event, and how likely its events existed, from 0 to 1. */
  readonly confidence: number | undefined;
  readonly existed: number | undefined;
  readonly resolvedAt: string | undefined;
  /** Whether the ids were never asked for, because holes are normal in the stream. */
  readonly assumed: true | undefined;
  /** Why the gap is, or will be, given up. */
  readonly why: string | undefined;
  /** A description of the numbers around an unresolved gap, if it does not look as if events were lost. */
  readonly doubt: string | undefined;
  /** The first id of the gap that names the letter about this gap. */
  readonly letterFrom: number | undefined;
  /** Set if the gap was given up and no letter lists it yet. */
  readonly isUntold: true | undefined;
  /** When a late event was last recorded after the gap was given up. */
  readonly cameLateAt: string | undefined;
  /** Set if the row is no gap, but records that an operator reset the numbering. */
  readonly isReset: true | undefined;
}

/** The gaps of a stream, the unresolved first. */
export interface GapsView {
  readonly stream: string;
  /** The number of unresolved gaps, shown or not. */
  readonly unresolved: number;
  /** Whether missing events of the stream are asked for. Otherwise gaps are only listed. */
  readonly isRecovered: boolean;
  /** Whether the ledger holds more gaps than are shown. */
  readonly isCut: boolean;
  readonly gaps: readonly GapView[];
  /** Descriptions of the unreadable rows of the ledger. */
  readonly unreadable: readonly string[];
}

export interface GapsState {
  readonly stream: string;
  /** The lowest unresolved gaps, at most `limit`. */
  readonly unresolved: readonly Gap[];
  /** The number of unresolved gaps. */
  readonly unresolvedCount: number;
  /** The highest gaps of any state, at most `limit` + 1. */
  readonly listed: readonly Gap[];
  /** The unreadable rows. The same row may occur twice. */
  readonly unreadable: readonly UnreadableGap[];
  /** The present states of unresolved gaps. */
  readonly present: UnresolvedGaps;
  readonly isRecovered: boolean;
  readonly limit: number;
}

/** The order of states: gaps that need attention come first. */
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
  const { stream, unresolved, unresolvedCount, listed, unreadable, present, isRecovered, limit } = state;
  // A gap that was resolved between the two reads is in both, but is shown once.
  const seen = new Set(unresolved.map(({ from }) => from));
  const resolved = listed.filter((gap) => !isUnresolved(gap) && !seen.has(gap.from));
  const gaps = [...unresolved, ...resolved].sort(byState);
  return {
    stream,
    unresolved: unresolvedCount,
    isRecovered,
    isCut: gaps.length > limit || listed.length > limit || unresolvedCount > unresolved.length,
    gaps: gaps.slice(0, limit).map((gap) => gapView(gap, present.get(gap.from))),
    unreadable: [...new Set(unreadable.map(spellUnreadable))],
  };
}

/** @param present The present state of an unresolved gap. Undefined if it was not looked at. */
export function gapView(gap: Gap, present?: UnresolvedGap): GapView {
  return {
    from: gap.from,
    to: gap.to,
    ids: sizeOf(gap),
    state: gap.state,
    states: statesOf(gap),
    foundAt: rfc3339(gap.foundAtMs),
    resendAskedAt: timeOf(gap.requestedAtMs),
    askedAgainAt: timeOf(gap.askedAgain?.atMs),
    askedAgainDeadline: timeOf(gap.askedAgain?.deadlineMs),
    inferenceAskedAt: timeOf(gap.inferRequestedAtMs),
    deadline: timeOf(gap.deadlineMs),
    missing: present?.missing ?? gap.missing,
    inferred: gap.inferred,
    method: gap.method,
    confidence: gap.confidence,
    existed: gap.existed,
    resolvedAt: timeOf(gap.resolvedAtMs),
    assumed: gap.assumed,
    why: gap.why,
    doubt: present?.doubt,
    letterFrom: gap.letterFrom,
    isUntold: gap.isUntold,
    cameLateAt: timeOf(gap.cameLateAtMs),
    isReset: gap.isReset,
  };
}

/**
 * Returns the states of a gap. A gap with inferred ids of which the rest was given up has two. A row of an older release
 * does not have the number of inferred ids.
 */
export function statesOf({ state, method, inferred }: Pick<Gap, 'state' | 'method' | 'inferred'>): readonly GapState[] {
  const hasInferred = inferred === undefined ? method !== undefined : inferred > 0;
  return state === 'abandoned' && hasInferred ? ['abandoned', 'reconstructed'] : [state];
}

/**
 * Compares by state. Unresolved gaps of one state are ascending, because the lowest holds the watermark back. Other
 * gaps are descending.
 */
function byState(a: Gap, b: Gap): number {
  return order[a.state] - order[b.state] || (isUnresolved(a) ? a.from - b.from : b.from - a.from);
}

function timeOf(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : rfc3339(atMs);
}
