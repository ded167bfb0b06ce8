import type { Random } from '../../shared/ports.ts';

/** The truth about a removed id, which inference does not know. */
export interface Fate {
  /** Whether its event existed. If not, the id was never used. */
  readonly existed: boolean;
  /** Whether its producer answers after the deadline: with the event, or with a void if there is none. */
  readonly isAnswered: boolean;
}

export interface FateShares {
  /** The share of removed ids that never existed, from 0 to 1. */
  readonly holes: number;
  /** The share of removed ids that are answered after their deadline. */
  readonly answers: number;
}

/** Draws the fate of each removed id. The draws are independent of each other. */
export function drawFates(ids: readonly number[], shares: FateShares, random: Random): ReadonlyMap<number, Fate> {
  const { holes, answers } = shares;
  return new Map(ids.map((id) => [id, { existed: random() >= holes, isAnswered: random() < answers }]));
}

/**
 * Returns the number of runs at the start of a stream that are only learned from. Without answers there is nothing to
 * learn about existence, and all runs are judged.
 */
export function runsToLearnFrom(runs: number, { answers }: FateShares): number {
  return answers > 0 ? Math.floor(runs / 2) : 0;
}
