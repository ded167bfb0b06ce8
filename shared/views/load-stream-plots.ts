import type { Catalog } from '../catalog-definition.ts';
import { stepOf } from '../gaps/expected-ids.ts';
import type { BlockStore, Clock, GapLedger } from '../ports.ts';
import { blockIndex } from '../tracking/block.ts';
import { eventsOverTime, lagOverTime, receivedOverTime, spanUntil, type Series } from './activity.ts';
import { loadUnnumberedOutcomes, outcomesOverTime } from './outcomes-over-time.ts';

/** The latest blocks and gaps that a plot reads. */
const maxPlottedBlocks = 32;
const maxPlottedGaps = 200;

const spanMs = 24 * 3_600_000;
const steps = 48;

interface PlotDeps {
  readonly blocks: Pick<BlockStore, 'below'>;
  readonly ledger: Pick<GapLedger, 'progress' | 'list'>;
  readonly clock: { now(): number };
  readonly catalog: Pick<Catalog, 'stream'>;
}

/** Loads what a numbered stream received, its lag, and what became of its latest events. It reads some 230 documents. */
export async function loadStreamPlots(
  { blocks, ledger, clock, catalog }: PlotDeps,
  stream: string,
  highWater: number | undefined,
): Promise<readonly Series[]> {
  const [progress, rows, latest] = await Promise.all([
    ledger.progress(stream),
    ledger.list(stream, maxPlottedGaps),
    highWater === undefined ? [] : blocks.below(stream, blockIndex(highWater), maxPlottedBlocks),
  ]);
  const span = spanUntil(clock.now(), spanMs, steps);
  const outcomes = eventsOverTime(latest, steps);
  const pieces = progress?.value.pieces ?? [];
  return [
    receivedOverTime(pieces, span, stepOf(catalog.stream(stream))),
    ...(outcomes ? [outcomes] : []),
    ...(progress ? [lagOverTime(progress.value, rows.gaps, span)] : []),
  ];
}

interface UnnumberedPlotDeps {
  readonly blocks: Pick<BlockStore, 'eventTotals'>;
  readonly catalog: Pick<Catalog, 'stream'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Loads what became of the events of an unnumbered stream in the last day, by their timestamps, as 24 sums. */
export async function loadUnnumberedPlots(
  { blocks, catalog, clock }: UnnumberedPlotDeps,
  stream: string,
): Promise<readonly Series[]> {
  const span = spanUntil(clock.now(), spanMs, steps / 2);
  const totals = await loadUnnumberedOutcomes(blocks, stream, catalog.stream(stream).bucketMs, span);
  return [outcomesOverTime('Outcomes: events by their timestamps', totals, span)];
}
