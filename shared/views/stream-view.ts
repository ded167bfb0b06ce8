import { frontsOf, latestFront, outliersOf, watermarkOf, type Front } from '../gaps/front.ts';
import { highestCovered, type Progress } from '../gaps/progress.ts';
import type { Range } from '../gaps/range.ts';
import { ratePerMinute } from './activity.ts';
import { rfc3339 } from './format.ts';
import type { UnnumberedView } from './unnumbered-view.ts';

/** A stream as the console shows it. Unknown members are absent. */
export interface StreamView {
  readonly stream: string;
  /** The first id of the front that grew last. This front stands for the stream, here and below. */
  readonly first: number | undefined;
  /** The high-water mark: the last id of the front. In a stream without a front, the highest id that was seen. */
  readonly highWater: number | undefined;
  readonly watermark: number | undefined;
  /** The high-water mark minus the watermark: the number of ids that may not be accounted for. */
  readonly lag: number | undefined;
  /** Since when the event above the watermark may have been missing, as RFC 3339. Absent if nothing lags. */
  readonly behindSince?: string | undefined;
  /** The number of new ids a minute, over the last 15 minutes. Absent before the first sweep. */
  readonly perMinute?: number | undefined;
  readonly unresolvedGaps: number;
  /** The number of published events whose ids other events hold. */
  readonly revisions: number;
  /** When a sweep last ran, as RFC 3339. Absent if the stream was never swept. */
  readonly sweptAt: string | undefined;
  /** When the stream began, as RFC 3339. Only of one with numbers that was never swept. */
  readonly beganAt?: string | undefined;
  readonly otherFronts: number;
  /** The other fronts, the one that grew last first. At most {@link maxListedRuns}. */
  readonly fronts: readonly FrontView[];
  readonly outliers: number;
  /** The highest outliers, ascending. At most {@link maxListedRuns}. */
  readonly outlierIds: readonly number[];
  /** Only in a stream without numbers. */
  readonly unnumbered?: UnnumberedView | undefined;
}

export interface FrontView {
  readonly first: number;
  readonly last: number;
  /** When a sweep last found new ids of the front, as RFC 3339. */
  readonly grewAt: string;
}

/** The maximum numbers of fronts and of outliers to list. */
export const maxListedRuns = 16;

/** The data for a stream's row. */
export interface StreamState {
  readonly nowMs: number;
  readonly stream: string;
  /** The progress at the last sweep. */
  readonly progress: Progress | undefined;
  /** The highest id in the stream's last block. It is needed only if the stream has no front. */
  readonly highestId: number | undefined;
  /** The distance of two expected ids. */
  readonly step: number;
  /** The lowest unresolved gap of the front that grew last. */
  readonly lowestUnresolved: Pick<Range, 'from'> | undefined;
  readonly unresolvedGaps: number;
  readonly revisions: number;
}

export function streamView(state: StreamState): StreamView {
  const { nowMs, stream, progress, highestId, step, lowestUnresolved, unresolvedGaps, revisions } = state;
  const front = progress && shownFront(progress);
  const watermark = front && watermarkOf(front, lowestUnresolved ? [lowestUnresolved] : []);
  const covered = progress && highestCovered(progress);
  return {
    stream,
    first: front?.first,
    highWater: front?.last ?? highestOf(highestId, covered),
    watermark,
    lag: front && watermark !== undefined ? front.last - watermark : undefined,
    behindSince: behindSince(progress, front, watermark),
    perMinute: progress && Math.round(10 * ratePerMinute(progress.pieces, nowMs, rateMs, step)) / 10,
    unresolvedGaps,
    revisions,
    sweptAt: progress?.sweptAtMs === undefined ? undefined : rfc3339(progress.sweptAtMs),
    ...others(progress, front),
  };
}

/** The time over which the rate is measured, in milliseconds. */
const rateMs = 15 * 60_000;

function behindSince(
  progress: Progress | undefined,
  front: Front | undefined,
  watermark: number | undefined,
): string | undefined {
  if (!progress || !front || watermark === undefined || watermark >= front.last) return undefined;
  const piece = progress.pieces.find(({ from, to }) => from <= watermark + 1 && watermark + 1 <= to);
  return piece && Number.isFinite(piece.sinceMs) ? rfc3339(piece.sinceMs) : undefined;
}

/** Returns the front that stands for its stream: the one that grew last. */
export function shownFront(progress: Progress): Front | undefined {
  return latestFront(frontsOf(progress));
}

function others(
  progress: Progress | undefined,
  front: Front | undefined,
): Pick<StreamView, 'otherFronts' | 'fronts' | 'outliers' | 'outlierIds'> {
  const fronts = progress ? frontsOf(progress).filter(({ first }) => first !== front?.first) : [];
  const outliers = progress ? outliersOf(progress) : [];
  return {
    otherFronts: fronts.length,
    fronts: fronts
      .toSorted((a, b) => b.grewAtMs - a.grewAtMs || b.first - a.first)
      .slice(0, maxListedRuns)
      .map(({ first, last, grewAtMs }) => ({ first, last, grewAt: rfc3339(grewAtMs) })),
    outliers: outliers.length,
    outlierIds: outliers.slice(-maxListedRuns),
  };
}

function highestOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

/** A sweep comes each minute, and takes some seconds. */
const firstSweepMs = 2 * 60_000;

/** Whether a stream was not swept yet because it has only just begun. */
export function isNewStream({ sweptAt, beganAt }: Pick<StreamView, 'sweptAt' | 'beganAt'>, nowMs: number): boolean {
  return sweptAt === undefined && beganAt !== undefined && nowMs - Date.parse(beganAt) < firstSweepMs;
}

/** Says when a stream gets its first sweep. */
export const awaitsFirstSweep = 'new: its first sweep comes within a minute';
