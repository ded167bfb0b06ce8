import type { Catalog } from '../catalog-definition.ts';
import { stepOf } from '../gaps/expected-ids.ts';
import type { BlockStore, Clock, GapLedger } from '../ports.ts';
import { runLimited } from '../run-limited.ts';
import { addTotals, heldIn } from '../tracking/totals.ts';
import { lagOverTime, receivedOverTime, spanUntil, type Layer, type Series, type TimeSpan } from './activity.ts';
import { loadOutcomes, loadUnnumberedOutcomes, outcomesOverTime, type StepTotals } from './outcomes-over-time.ts';
import type { StreamView } from './stream-view.ts';

/** The busiest streams are plotted. Each costs at most some 90 reads. */
const maxPlottedStreams = 8;
const maxPlottedRows = 50;
/** The number of streams that have a layer of their own. */
const maxNamedStreams = 5;
const streamsAtOnce = 4;

const spanMs = 24 * 3_600_000;
const steps = 24;

export interface OverviewPlotDeps {
  readonly blocks: Pick<BlockStore, 'scan' | 'totals' | 'eventTotals'>;
  readonly ledger: Pick<GapLedger, 'progress' | 'list'>;
  readonly catalog: Pick<Catalog, 'stream'>;
  readonly clock: Pick<Clock, 'now'>;
}

interface StreamActivity {
  readonly stream: string;
  readonly received: readonly number[];
  readonly lag: readonly number[];
  readonly outcomes: StepTotals;
}

/** Loads what the busiest streams received in the last day, what became of it, and their lag. */
export async function loadOverviewPlots(
  deps: OverviewPlotDeps,
  streams: readonly StreamView[],
): Promise<readonly Series[]> {
  const span = spanUntil(deps.clock.now(), spanMs, steps);
  const busiest = streams.toSorted((a, b) => activityOf(b) - activityOf(a)).slice(0, maxPlottedStreams);
  const loaded: StreamActivity[] = [];
  await runLimited(busiest, streamsAtOnce, async ({ stream }, i) => {
    loaded[i] = await loadActivity(deps, stream, span);
  });
  if (loaded.length === 0) return [];
  const of = streams.length > busiest.length ? ` of the ${maxPlottedStreams} busiest streams` : '';
  const outcomes = emptyStepsOf(span).map((_, step) => addTotals(loaded.flatMap((one) => one.outcomes[step] ?? [])));
  return [
    { title: `Received${of}`, span, isSum: true, layers: layersOf(loaded, ({ received }) => received) },
    outcomesOverTime(`Outcomes of what was received${of}`, outcomes, span),
    { title: `Lag: ids above the watermark${of}`, span, isSum: false, layers: layersOf(loaded, ({ lag }) => lag) },
  ];
}

function activityOf({ perMinute = 0, lag = 0, unnumbered }: StreamView): number {
  const ofDay = unnumbered ? heldIn(unnumbered.lastDay) / 1_440 : 0;
  return perMinute + ofDay + lag / 1_440;
}

function emptyStepsOf({ steps: count }: TimeSpan): readonly number[] {
  return new Array<number>(count).fill(0);
}

async function loadActivity(
  { blocks, ledger, catalog }: OverviewPlotDeps,
  stream: string,
  span: TimeSpan,
): Promise<StreamActivity> {
  const settings = catalog.stream(stream);
  if (settings.numbering === 'none') {
    const outcomes = await loadUnnumberedOutcomes(blocks, stream, settings.bucketMs, span);
    return { stream, received: outcomes.map(heldIn), lag: emptyStepsOf(span), outcomes };
  }
  const [progress, rows] = await Promise.all([ledger.progress(stream), ledger.list(stream, maxPlottedRows)]);
  const pieces = progress?.value.pieces ?? [];
  const lag = progress && lagOverTime(progress.value, rows.gaps, span);
  return {
    stream,
    received: receivedOverTime(pieces, span, stepOf(settings)).layers[0]?.amounts ?? [],
    lag: lag?.layers[0]?.amounts ?? emptyStepsOf(span),
    outcomes: await loadOutcomes(blocks, stream, pieces, span),
  };
}

/** Returns a layer for each of the streams with the most, and one for the others. */
function layersOf(
  streams: readonly StreamActivity[],
  amountsOf: (activity: StreamActivity) => readonly number[],
): readonly Layer[] {
  const all = streams.map((activity) => ({ name: activity.stream, amounts: amountsOf(activity) }));
  const most = all.toSorted((a, b) => sumOf(b.amounts) - sumOf(a.amounts));
  const [named, others] = [most.slice(0, maxNamedStreams), most.slice(maxNamedStreams)];
  const rest = (others[0]?.amounts ?? []).map((_, step) => sumOf(others.map(({ amounts }) => amounts[step] ?? 0)));
  const layers = others.length === 0 ? named : [...named, { name: 'others', amounts: rest }];
  return layers.filter(({ amounts }, i) => i === 0 || amounts.some((amount) => amount > 0));
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((a, b) => a + b, 0);
}
