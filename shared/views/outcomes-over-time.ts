import { sizeOf, type Range } from '../gaps/range.ts';
import type { Piece } from '../gaps/progress.ts';
import { bucketAt } from '../place.ts';
import type { BlockStore } from '../ports.ts';
import { blockIndex, firstId, type Block } from '../tracking/block.ts';
import { totalsOf, type Totals } from '../tracking/totals.ts';
import { emptySteps, layerOfState, series, type Series, type TimeSpan } from './activity.ts';

/** With more blocks than these, their totals are added up in place of reading them. */
const maxReadBlocks = 8;

/** The totals of each step of a span. */
export type StepTotals = readonly Totals[];

/**
 * Loads what became of the ids that came in each step, by when they came: at most eight blocks, or a sum for each step. A
 * sum takes a block for the step in which its first id came.
 *
 * @param pieces Ascending.
 */
export async function loadOutcomes(
  blocks: Pick<BlockStore, 'scan' | 'totals'>,
  stream: string,
  pieces: readonly Piece[],
  span: TimeSpan,
): Promise<StepTotals> {
  const recent = pieces.filter(({ atMs }) => atMs > span.fromMs);
  const [first, last] = [recent[0], recent.at(-1)];
  if (!first || !last) return emptySteps(span).map(() => totalsOf([]));
  const range = { from: blockIndex(first.from), to: blockIndex(last.to) };
  if (sizeOf(range) > maxReadBlocks) return sumOutcomes(blocks, stream, recent, span);
  const sums = emptySums(span);
  for await (const block of blocks.scan(stream, range.from, range.to)) countBlock(block, recent, span, sums);
  return sums;
}

type Sums = Record<keyof Totals, number>[];

function emptySums(span: TimeSpan): Sums {
  return emptySteps(span).map(() => ({ ...totalsOf([]) }));
}

function add(sums: Sums, step: number, totals: Totals): void {
  const sum = sums[step];
  if (sum) for (const state of Object.keys(layerOfState) as (keyof Totals)[]) sum[state] += totals[state];
}

function countBlock(block: Block, pieces: readonly Piece[], span: TimeSpan, sums: Sums): void {
  for (const [i, cell] of block.cells.entries()) {
    const id = firstId(block.index) + i;
    const piece = cell.length > 0 && pieces.find(({ from, to }) => from <= id && id <= to);
    if (piece) add(sums, stepAt(cameAt(piece, id), span), totalsOf([cell]));
  }
}

/** Returns about when an id came: the ids of a piece are spread evenly over its time. */
function cameAt({ from, to, sinceMs, atMs }: Piece, id: number): number {
  const share = to === from ? 1 : (id - from) / (to - from);
  return Number.isFinite(sinceMs) ? sinceMs + share * (atMs - sinceMs) : atMs;
}

/** Returns the step of a time. What came at the end of the span is in its last step. */
function stepAt(atMs: number, { fromMs, stepMs, steps }: TimeSpan): number {
  return Math.min(steps - 1, Math.floor((atMs - fromMs) / stepMs));
}

async function sumOutcomes(
  blocks: Pick<BlockStore, 'totals'>,
  stream: string,
  pieces: readonly Piece[],
  span: TimeSpan,
): Promise<StepTotals> {
  const sums = emptySums(span);
  let next = 0;
  for (const { step, from, to } of stretches(pieces, span)) {
    const range = { from: Math.max(next, blockIndex(from)), to: blockIndex(to) };
    next = range.to + 1;
    if (range.from <= range.to) add(sums, step, await blocks.totals(stream, range.from, range.to));
  }
  return sums;
}

/** Joins pieces that came in one step, one after another. */
function stretches(pieces: readonly Piece[], span: TimeSpan): readonly (Range & { readonly step: number })[] {
  const joined: (Range & { readonly step: number })[] = [];
  for (const { from, to, atMs } of pieces) {
    const [step, last] = [stepAt(atMs, span), joined.at(-1)];
    if (last?.step === step) joined[joined.length - 1] = { ...last, to };
    else joined.push({ step, from, to });
  }
  return joined;
}

/** Loads what became of the events of an unnumbered stream, by their timestamps: a sum for each step. */
export async function loadUnnumberedOutcomes(
  blocks: Pick<BlockStore, 'eventTotals'>,
  stream: string,
  bucketMs: number,
  span: TimeSpan,
): Promise<StepTotals> {
  const edge = (step: number): number => bucketAt(span.fromMs + step * span.stepMs, bucketMs);
  return Promise.all(emptySteps(span).map((_, step) => blocks.eventTotals(stream, edge(step), edge(step + 1))));
}

/** Returns the plot of outcomes, a layer for each state. */
export function outcomesOverTime(title: string, totals: StepTotals, span: TimeSpan): Series {
  const layers = Object.entries(layerOfState).map(([state, name]) => ({
    name,
    amounts: totals.map((step) => step[state as keyof Totals]),
  }));
  return series(title, span, layers);
}
