import { frontsOf, latestFront } from '../gaps/front.ts';
import { isUnresolved, type Gap } from '../gaps/gap.ts';
import type { Piece, Progress } from '../gaps/progress.ts';
import { sizeOf } from '../gaps/range.ts';
import type { Block } from '../tracking/block.ts';
import type { Entry } from '../tracking/entry.ts';

/*
 * Counts over time. No counter is stored for them: they are derived from what the stores hold anyway. The pieces of a
 * stream's progress say when its numbers came. The ledger says when each gap was found and resolved. The entries of the
 * blocks have the timestamps of their events. So each plot costs a bounded number of reads, and no write.
 */

/** A stretch of time in equal steps. */
export interface TimeSpan {
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** Amounts of one kind, one for each step. */
export interface Layer {
  readonly name: string;
  readonly amounts: readonly number[];
}

/** The data of a plot. The layers of a step add up. */
export interface Series {
  readonly title: string;
  readonly span: TimeSpan;
  readonly layers: readonly Layer[];
  /** Whether the amounts of the steps can be added up. */
  readonly isSum: boolean;
}

/** Returns the span of a length that ends now. */
export function spanUntil(nowMs: number, lengthMs: number, steps: number): TimeSpan {
  return { fromMs: nowMs - lengthMs, stepMs: lengthMs / steps, steps };
}

/**
 * Returns how many new ids of the stream came in each step, missing ones included.
 *
 * @param distance That of two expected ids. Only expected ids count.
 */
export function receivedOverTime(pieces: readonly Piece[], span: TimeSpan, distance = 1): Series {
  const amounts = newIdsIn(pieces, span, distance).map(Math.round);
  return series('Received: new ids, by when they came', span, [{ name: 'received', amounts }]);
}

function newIdsIn(pieces: readonly Piece[], span: TimeSpan, distance: number): readonly number[] {
  const amounts = emptySteps(span);
  for (const piece of pieces) spread(piece, span, amounts);
  return amounts.map((amount) => amount / distance);
}

/** Spreads the numbers of a piece evenly over the time in which they came. */
function spread(piece: Piece, { fromMs, stepMs, steps }: TimeSpan, amounts: number[]): void {
  const lengthMs = Math.max(1, piece.atMs - piece.sinceMs);
  for (let step = 0; step < steps; step++) {
    const beginMs = fromMs + step * stepMs;
    const overlapMs = Math.min(beginMs + stepMs, piece.atMs) - Math.max(beginMs, piece.atMs - lengthMs);
    if (overlapMs > 0) amounts[step] = (amounts[step] ?? 0) + (sizeOf(piece) * overlapMs) / lengthMs;
  }
}

/** Returns how many new ids a minute came in the time up to now. @param distance That of two expected ids. */
export function ratePerMinute(pieces: readonly Piece[], nowMs: number, lengthMs: number, distance = 1): number {
  const [amount = 0] = newIdsIn(pieces, spanUntil(nowMs, lengthMs, 1), distance);
  return (amount * 60_000) / lengthMs;
}

/**
 * Returns the lag of the front that grew last at the end of each step.
 *
 * @param gaps The latest gaps of the stream, resolved ones included. Older gaps are not seen.
 */
export function lagOverTime(progress: Progress, gaps: readonly Gap[], span: TimeSpan): Series {
  const front = latestFront(frontsOf(progress));
  const pieces = progress.pieces.filter(({ from, to }) => front && from >= front.first && to <= front.last);
  const amounts = emptySteps(span).map((_, step) => {
    const atMs = span.fromMs + (step + 1) * span.stepMs;
    const highest = pieces.reduce((most, { to, atMs: cameMs }) => (cameMs <= atMs ? Math.max(most, to) : most), -1);
    const open = gaps.filter(
      (gap) => gap.from <= highest && wasUnresolvedAt(gap, atMs) && gap.from >= (front?.first ?? 0),
    );
    const watermark = open.reduce((least, { from }) => Math.min(least, from - 1), highest);
    return highest - watermark;
  });
  return { ...series('Lag: ids above the watermark', span, [{ name: 'lag', amounts }]), isSum: false };
}

function wasUnresolvedAt(gap: Gap, atMs: number): boolean {
  return gap.foundAtMs <= atMs && (isUnresolved(gap) || (gap.resolvedAtMs ?? 0) > atMs);
}

/** The name of each state of an entry in a plot. */
export const layerOfState = {
  clean: 'cleaned',
  reconstructed: 'reconstructed',
  suspect: 'being verified',
  closed: 'failed or void',
};

/** Returns what became of the events of some blocks, by the timestamps of the events. Undefined if none has one. */
export function eventsOverTime(blocks: readonly Block[], steps: number): Series | undefined {
  const entries = blocks.flatMap(({ cells }) => cells.flat()).filter(hasInstant);
  if (entries.length === 0) return undefined;
  const times = entries.map(({ instantMs }) => instantMs);
  const [fromMs, toMs] = [least(times), -least(times.map((ms) => -ms))];
  const span = { fromMs, stepMs: Math.max(1_000, (toMs - fromMs + 1) / steps), steps };
  const layers = Object.entries(layerOfState).map(([state, name]) => {
    const amounts = emptySteps(span);
    for (const { instantMs } of entries.filter((entry) => entry.state === state)) {
      const step = Math.min(steps - 1, Math.floor((instantMs - fromMs) / span.stepMs));
      amounts[step] = (amounts[step] ?? 0) + 1;
    }
    return { name, amounts };
  });
  return series('Outcomes: the latest ids, by the timestamps of their events', span, layers);
}

function hasInstant(entry: Entry): entry is Entry & { readonly instantMs: number } {
  return entry.instantMs !== undefined;
}

function least(amounts: readonly number[]): number {
  return amounts.reduce((a, b) => Math.min(a, b));
}

export function emptySteps({ steps }: TimeSpan): number[] {
  return new Array<number>(steps).fill(0);
}

export function series(title: string, span: TimeSpan, layers: readonly Layer[]): Series {
  return { title, span, layers: layers.filter(({ amounts }, i) => i === 0 || amounts.some((n) => n > 0)), isSum: true };
}
