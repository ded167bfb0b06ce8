import type { Range } from './range.ts';
import type { Reset } from './reset.ts';

/**
 * Numbers that became covered at the same sweep: they came to lie inside a front, or one of them is an outlier. An id
 * of a piece has an entry or is missing.
 */
export interface Piece extends Range {
  /**
   * The earliest time at which an event of the piece may have come, in milliseconds since 1970: some time before the
   * previous sweep.
   */
  readonly sinceMs: number;
  /** When the sweep that covered the numbers had read them. */
  readonly atMs: number;
  /** Whether all holes of the piece are in the ledger. */
  readonly isScanned: boolean;
}

/** Numbers of a front or an outlier that was dropped because there were too many. */
export interface DroppedRange extends Range {
  /** The earliest time at which one of their events may have come, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** When they were covered. Undefined if several ranges were joined, with numbers between them that were never covered. */
  readonly atMs?: number | undefined;
}

/** The progress of the sweeps of a stream, in one document. Only sweep writes it, and the command `streams reset`. */
export interface Progress {
  readonly stream: string;
  /** Ascending, without overlaps. Adjoining pieces belong to one front. */
  readonly pieces: readonly Piece[];
  /** Ids that may have come more than a deduplication window ago. Ascending, at most {@link maxForgotten}. */
  readonly forgotten: readonly Range[];
  /** For each front below which the range was reported as given up: an id of that front. */
  readonly told: readonly number[];
  /**
   * When the last sweep began, in milliseconds since 1970. If the stream is idle, up to an eighth of a window earlier.
   * Undefined before the first sweep.
   */
  readonly sweptAtMs: number | undefined;
  /**
   * When sweeps began again after they had stopped for longer than a window. In between, an event may have come and been
   * forgotten that no sweep has seen.
   */
  readonly wokeAtMs?: number | undefined;
  /** Of an unnumbered stream: when it was first swept. */
  readonly sinceMs?: number | undefined;
  /** When a letter last reported gaps that were given up. */
  readonly gaveUpAtMs?: number | undefined;
  /** When such a letter last reported doubtful gaps. */
  readonly doubtToldAtMs?: number | undefined;
  /** Set if doubtful gaps may have been given up since that no letter lists yet. */
  readonly hasUntold?: true | undefined;
  /** When a letter last told of ids that hold several events one after another. */
  readonly sequencesToldAtMs?: number | undefined;
  /** Whether a front or an outlier was ever dropped because there were too many. */
  readonly hasDropped: boolean;
  /** How many were dropped. */
  readonly dropCount?: number | undefined;
  /** Those that were dropped less than a deduplication window after their events came. Ascending, apart. */
  readonly dropped?: readonly DroppedRange[] | undefined;
  /**
   * The first id of the gap at which the last sweep ran out of time. The next sweep continues above it. Undefined if
   * the sweep reached all gaps.
   */
  readonly advancedTo?: number | undefined;
  /**
   * The index of the block at which the last sweep ran out of time while it read the blocks of a minute. Of the first
   * minute that it reads, the next sweep reads those above. Undefined if the minute was read to its end.
   */
  readonly readUpTo?: number | undefined;
  /** The last reset of the stream's numbering. */
  readonly reset?: Reset | undefined;
}

/** The maximum number of ranges of forgotten ids. The nearest ranges are joined. */
export const maxForgotten = 16;

export function startProgress(stream: string): Progress {
  return { stream, pieces: [], forgotten: [], told: [], sweptAtMs: undefined, hasDropped: false };
}

/** Returns the highest id that a sweep has covered. Undefined if there is none. */
export function highestCovered({ pieces }: Progress): number | undefined {
  return pieces.at(-1)?.to;
}
