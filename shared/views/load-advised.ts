import type { Catalog } from '../catalog-definition.ts';
import { stepOf } from '../gaps/expected-ids.ts';
import type { Gap } from '../gaps/gap.ts';
import { countOffStep } from '../gaps/off-step.ts';
import type { Progress } from '../gaps/progress.ts';
import { afterReset, type NumberedSettings } from '../gaps/reset.ts';
import { isDoubtReason } from '../gaps/surroundings.ts';
import type { BlockStore } from '../ports.ts';
import { hasStream, loadStream, type ConsoleDeps } from './load.ts';
import { isNewStream, type StreamView } from './stream-view.ts';
import { loadUnresolved } from './unresolved-gaps.ts';
import { adviceOn, type Doubtful, type OffStepFacts } from './stream-advice.ts';

/** A stream with what needs attention in it. */
export interface AdvisedStream extends StreamView {
  /** The first id of the present numbering, if an operator reset it. */
  readonly resetFrom: number | undefined;
  /** The doubtful gaps among the gaps with the highest ids: unresolved, or given up in the last day. */
  readonly doubtfulGaps: number;
  /** The number of events off the step. Undefined for a stream without a step. */
  readonly offStep: number | undefined;
  /** One line for each matter that needs attention. */
  readonly advice: readonly string[];
}

export type AdviceStores = Pick<ConsoleDeps, 'blocks' | 'ledger' | 'clock'> & {
  readonly catalog: Pick<Catalog, 'stream'>;
};

/** The number of gaps that are looked at: those with the highest ids. */
const maxGaps = 200;
/** How long a doubtful gap that was given up counts, in milliseconds. */
const doubtAgeMs = 24 * 3_600_000;
/** The time in which a sweep must have come, in milliseconds. Sweeps run once a minute. */
const lateMs = 10 * 60_000;
const msAMinute = 60_000;

/** @returns Undefined for a stream that has nothing stored. */
export async function loadAdvised(stores: AdviceStores, stream: string): Promise<AdvisedStream | undefined> {
  const { blocks, ledger, catalog, clock } = stores;
  const nowMs = clock.now();
  if (!(await hasStream(stores, stream))) return undefined;
  const [view, stored] = await Promise.all([loadStream(stores, stream), ledger.progress(stream)]);
  const progress = stored?.value;
  const settings = afterReset(catalog.stream(stream), progress);
  const doubtful = await loadDoubtful(stores, stream, settings, nowMs);
  const isOverdue = progress !== undefined && (await waitsForSweep(blocks, progress, settings.windowMs, nowMs));
  const { revisions, unnumbered } = view;
  const offStep = await loadOffStep(blocks, view, settings);
  const advice = adviceOn({
    progress,
    doubtful,
    revisions,
    offStep,
    isOverdue,
    nowMs,
    unnumbered,
    isNew: isNewStream(view, nowMs),
  });
  const more = { resetFrom: progress?.reset?.from, doubtfulGaps: doubtful.count, offStep: offStep?.count };
  return { ...view, ...more, advice };
}

async function loadDoubtful(
  { blocks, ledger }: AdviceStores,
  stream: string,
  settings: NumberedSettings,
  nowMs: number,
): Promise<Doubtful> {
  const { gaps } = await ledger.list(stream, maxGaps);
  const present = await loadUnresolved(blocks, stream, gaps.toReversed(), settings);
  const doubtful = gaps.flatMap(({ from }) => present.get(from)?.doubt ?? []);
  const givenUp = gaps.filter((gap) => isGivenUpLately(gap, nowMs));
  return { count: doubtful.length + givenUp.length, numbers: doubtful[0] ?? givenUp[0]?.why };
}

/** The number of ids below the highest one of a front among which those off the step are counted. All are read. */
const maxIdsForStep = 2 ** 18;

/** Counts the events off the step in the front that stands for the stream. */
async function loadOffStep(
  blocks: Pick<BlockStore, 'scan'>,
  { stream, first, highWater }: StreamView,
  settings: NumberedSettings,
): Promise<OffStepFacts | undefined> {
  const step = stepOf(settings);
  if (step === 1 || first === undefined || highWater === undefined) return undefined;
  const from = Math.max(first, highWater + 1 - maxIdsForStep);
  const offStep = await countOffStep(blocks, stream, { from, to: highWater }, settings);
  return { ...offStep, step, idsLookedAt: from > first ? maxIdsForStep : undefined };
}

function isGivenUpLately({ state, why = '', resolvedAtMs = 0 }: Gap, nowMs: number): boolean {
  return state === 'abandoned' && isDoubtReason(why) && resolvedAtMs > nowMs - doubtAgeMs;
}

/**
 * Whether a sweep should have come: a block was written after the last one, and some time ago. A sweep of an idle stream
 * records its time once in an eighth of the window.
 */
async function waitsForSweep(
  blocks: Pick<BlockStore, 'writtenSince'>,
  { stream, sweptAtMs }: Progress,
  windowMs: number,
  nowMs: number,
): Promise<boolean> {
  if (sweptAtMs === undefined) return false;
  if (sweptAtMs < nowMs - windowMs / 4) return true;
  for await (const { writtenMinute } of blocks.writtenSince(stream, sweptAtMs + msAMinute))
    return writtenMinute * msAMinute < nowMs - lateMs;
  return false;
}
