import type { Gap } from './gap.ts';
import { maxForgotten, type Progress } from './progress.ts';
import { joinNearest, joinRanges } from './range-set.ts';
import { isOfOldNumbering } from './reset.ts';

/**
 * Restarts the numbering of a stream. Nothing is left of its fronts and outliers. What came below the first id may
 * still not come twice, so these numbers count as forgotten. The numbers from that id on stand for new events.
 *
 *     before    forgotten 0–99   pieces [100 ── 900]   [5000]        reset from 800
 *     after     forgotten 0–799                                      expected: 800 and above
 */
export function resetProgress(progress: Progress, from: number): Progress {
  const { pieces, forgotten, dropped = [] } = progress;
  const below = [...forgotten, ...pieces, ...dropped]
    .filter((range) => range.from < from)
    .map((range) => ({ from: range.from, to: Math.min(range.to, from - 1) }));
  return {
    ...progress,
    pieces: [],
    told: [],
    forgotten: joinNearest(joinRanges(below), maxForgotten),
    hasDropped: false,
    dropCount: undefined,
    dropped: undefined,
    reset: { from },
  };
}

/** Whether the next sweep has to begin a new numbering. */
export function isResetPending({ reset }: Pick<Progress, 'reset'>): boolean {
  return reset !== undefined && reset.atMs === undefined;
}

/** Records that a sweep has begun the new numbering. */
export function beginNumbering(progress: Progress, atMs: number): Progress {
  return progress.reset ? { ...progress, reset: { ...progress.reset, atMs } } : progress;
}

/** Whether holes may be filed: no row of an old numbering is unresolved, so that none can be replaced. */
export function mayFileHoles({ reset }: Pick<Progress, 'reset'>): boolean {
  return reset === undefined || reset.isSettled === true;
}

/**
 * Records that no gap of the old numbering is unresolved any more. Returns the same progress if nothing changed.
 *
 * @param oldestMs When the oldest unresolved gap was found. Undefined if there is none.
 */
export function settleReset(progress: Progress, oldestMs: number | undefined): Progress {
  const { reset } = progress;
  if (reset?.atMs === undefined || reset.isSettled) return progress;
  if (oldestMs !== undefined && isOfOldNumbering({ foundAtMs: oldestMs }, reset)) return progress;
  return { ...progress, reset: { ...reset, isSettled: true } };
}

/**
 * Makes the row that records a reset in the ledger. It is no gap: no event fills it, and it hides no id.
 *
 * @param at An id at which no row of the ledger begins.
 */
export function resetRow(stream: string, from: number, at: number, nowMs: number): Gap {
  const why = `the operator reset the numbering from ${from}`;
  return {
    stream,
    from: at,
    to: at,
    state: 'abandoned',
    foundAtMs: nowMs,
    resolvedAtMs: nowMs,
    missing: 0,
    why,
    isReset: true,
  };
}
