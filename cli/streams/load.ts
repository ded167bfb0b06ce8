import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import { loadEventsAround } from '../../shared/gaps/load-events.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { afterReset, type NumberedSettings } from '../../shared/gaps/reset.ts';
import { describeNumbers, doubtOf, isDoubtReason } from '../../shared/gaps/surroundings.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { loadStream } from '../../shared/views/load.ts';
import type { StreamView } from '../../shared/views/stream-view.ts';
import type { Stores } from '../stores.ts';
import { adviceOn, type Doubtful } from './advice.ts';

/** A stream as the command prints it. */
export interface AdvisedStream extends StreamView {
  /** The first id of the present numbering, if an operator reset it. */
  readonly resetFrom: number | undefined;
  /** The doubtful gaps among the gaps with the highest ids: unresolved, or given up in the last day. */
  readonly doubtfulGaps: number;
  /** One line for each matter that needs attention. */
  readonly advice: readonly string[];
}

/** The number of gaps that are looked at: those with the highest ids. */
const maxGaps = 200;
/** How long a doubtful gap that was given up counts, in milliseconds. */
const doubtAgeMs = 24 * 3_600_000;
/** The time in which a sweep must have come, in milliseconds. Sweeps run once a minute. */
const lateMs = 10 * 60_000;
const msAMinute = 60_000;

/** @returns Undefined for a stream that has nothing stored. */
export async function loadAdvised(stores: Stores, stream: string): Promise<AdvisedStream | undefined> {
  const { blocks, ledger, catalog, clock } = stores;
  const nowMs = clock.now();
  const [view, last, stored] = await Promise.all([
    loadStream(stores, stream),
    blocks.last(stream),
    ledger.progress(stream),
  ]);
  if (!last && !stored) return undefined;
  const progress = stored?.value;
  const settings = afterReset(catalog.stream(stream), progress);
  const doubtful = await loadDoubtful(stores, stream, settings, nowMs);
  const isOverdue = progress !== undefined && (await waitsForSweep(blocks, progress, settings.windowMs, nowMs));
  const { revisions } = view;
  const advice = adviceOn({ progress, doubtful, revisions, isOverdue, nowMs });
  return { ...view, resetFrom: progress?.reset?.from, doubtfulGaps: doubtful.count, advice };
}

async function loadDoubtful(
  { blocks, ledger }: Stores,
  stream: string,
  settings: NumberedSettings,
  nowMs: number,
): Promise<Doubtful> {
  const { gaps } = await ledger.list(stream, maxGaps);
  const unresolved = gaps.filter(isUnresolved).reverse();
  const events = await loadEventsAround(blocks, stream, unresolved);
  const doubtful = unresolved.filter((gap) => doubtOf(gap, 0, events, settings) === 'holes');
  const givenUp = gaps.filter((gap) => isGivenUpLately(gap, nowMs));
  const latest = doubtful.at(-1);
  const numbers = latest ? describeNumbers(latest, events, settings) : givenUp[0]?.why;
  return { count: doubtful.length + givenUp.length, numbers };
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
