import { runsOf } from '../gaps/front.ts';
import type { Piece, Progress } from '../gaps/progress.ts';
import { spellRange, type Range } from '../gaps/range.ts';
import { maxRuns } from '../gaps/tidy.ts';

/** How late a sweep may be, in milliseconds. Sweeps run once a minute. */
const lateMs = 10 * 60_000;

/** Lists the contradictions in the progress of a stream, one line each. */
export function contradictions({ pieces, forgotten }: Progress): readonly string[] {
  const runs = runsOf(pieces).length;
  return [
    ...disorder('pieces', pieces),
    ...disorder('forgotten', forgotten),
    ...pieces.flatMap(impossibleTimes),
    ...(runs > maxRuns ? [`pieces: ${runs} fronts and outliers, though at most ${maxRuns} are kept`] : []),
  ];
}

/** Describes ranges that are not ascending and apart. */
function disorder(name: string, ranges: readonly Range[]): readonly string[] {
  return ranges.flatMap((range, i) => {
    const before = ranges[i - 1];
    if (range.to < range.from) return [`${name}: ${range.from}–${range.to} ends before it begins`];
    if (!before || before.to < range.from) return [];
    return [`${name}: ${spellRange(before)} and ${spellRange(range)} overlap, or are not ascending`];
  });
}

function impossibleTimes(piece: Piece): readonly string[] {
  return piece.sinceMs > piece.atMs ? [`pieces: ${spellRange(piece)} was covered before its events came`] : [];
}

/** Whether ids have waited for a sweep too long. @param sinceMs When they came, or were covered. */
export function isOverdue(sinceMs: number, nowMs: number, graceMs: number): boolean {
  return nowMs - sinceMs >= graceMs + lateMs;
}

/** Reports fronts whose holes no sweep has looked for in time. Single ids have no holes. */
export function unscannedTooLong({ pieces }: Progress, nowMs: number, graceMs: number): readonly string[] {
  return runsOf(pieces)
    .filter(({ from, to }) => to > from)
    .flatMap((run) => run.pieces)
    .filter(({ isScanned, atMs }) => !isScanned && isOverdue(atMs, nowMs, graceMs))
    .map((piece) => `no sweep has looked for holes in ${spellRange(piece)}, though it is old enough for one`);
}
