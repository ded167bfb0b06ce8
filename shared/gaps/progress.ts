import type { StreamSettings } from '../stream-settings.ts';

/** The progress of a stream. Only sweep writes it. */
export interface Progress {
  readonly stream: string;
  /** The first id of the stream. Lower ids open no gap. Undefined until the stream's first grace has passed. */
  readonly first: number | undefined;
  /** Highest id seen. */
  readonly highWater: number;
  /** Every id at or below it has an entry, or is in an abandoned gap. */
  readonly watermark: number;
  /** All holes at or below it are in the ledger. */
  readonly scanned: number;
  /**
   * The high-water mark of one deduplication window ago: ids at or below it may be forgotten. -1 in the first window.
   */
  readonly floor: number;
  /** Earlier high-water marks, ascending. Old samples are merged. */
  readonly samples: readonly HighWaterSample[];
  /**
   * When the stream was last swept, or up to an eighth of a window earlier, in milliseconds since 1970. Undefined
   * before the first sweep.
   */
  readonly sweptAtMs?: number | undefined;
  /**
   * The first id of the gap at which the last sweep ran out of time. The next sweep continues above it. Undefined if
   * the sweep reached all gaps.
   */
  readonly advancedTo?: number | undefined;
}

/** A high-water mark that a sweep found. It was reached between the previous sweep and this one. */
export interface HighWaterSample {
  /** When the previous sweep was, in milliseconds since 1970. */
  readonly sinceMs: number;
  readonly atMs: number;
  readonly highWater: number;
}

/** The interval at which the progress of an idle stream is written, as a share of the window. */
const heartbeat = 1 / 8;

export function startProgress(stream: string): Progress {
  const none = { first: undefined, highWater: -1, watermark: -1, scanned: -1, floor: -1 };
  return { stream, ...none, samples: [], sweptAtMs: undefined };
}

/**
 * Records the current high-water mark. Returns the same progress if there is nothing to write.
 *
 * @param sinceMs For the first sweep of a stream: the earliest time at which its ids may have come.
 */
export function observe(
  progress: Progress,
  highWater: number,
  nowMs: number,
  { windowMs }: Pick<StreamSettings, 'windowMs'>,
  sinceMs = nowMs,
): Progress {
  const { sweptAtMs = sinceMs } = progress;
  const rises = highWater > progress.highWater;
  const samples = rises ? [...progress.samples, { sinceMs: sweptAtMs, atMs: nowMs, highWater }] : progress.samples;
  const floor = Math.max(progress.floor, forgottenAt(samples, nowMs - windowMs));
  if (!rises && floor === progress.floor && nowMs - sweptAtMs < windowMs * heartbeat) return progress;
  return {
    ...progress,
    highWater: Math.max(highWater, progress.highWater),
    floor,
    samples: thinOut(samples, nowMs, windowMs),
    sweptAtMs: nowMs,
  };
}

/**
 * Returns an upper bound of the high-water mark at a time, or -1 if the stream had no ids yet. It holds even after a
 * long pause of sweeps.
 */
function forgottenAt(samples: readonly HighWaterSample[], atMs: number): number {
  return samples.findLast((sample) => sample.sinceMs <= atMs)?.highWater ?? -1;
}

/** Returns a lower bound of the high-water mark at a time. Undefined before the first sample. */
function highWaterAt(samples: readonly HighWaterSample[], atMs: number): number | undefined {
  return samples.findLast((sample) => sample.atMs <= atMs)?.highWater;
}

/**
 * Returns the highest id up to which sweeps look for holes: the high-water mark of one grace ago. Undefined until the
 * first grace has passed.
 */
export function horizon({ samples }: Progress, nowMs: number, { graceMs }: StreamSettings): number | undefined {
  return highWaterAt(samples, nowMs - graceMs);
}

/**
 * Returns the id below the lowest one that is missing and not given up. If there is none, every scanned id is accounted
 * for. So a stream has no unresolved gap if its watermark equals `scanned`.
 *
 * @param lowest The lowest id that is missing, or in a gap that is not recorded as resolved.
 */
export function watermarkOf(scanned: number, lowest: number | undefined): number {
  return lowest === undefined ? scanned : Math.min(scanned, lowest - 1);
}

/** Whether a sweep would find and change nothing, so that it can be skipped. */
export function isAtRest(progress: Progress, highWater: number, nowMs: number, settings: StreamSettings): boolean {
  const { scanned, watermark } = progress;
  return scanned >= highWater && watermark === scanned && observe(progress, highWater, nowMs, settings) === progress;
}

/** The number of samples that are kept for each doubling of the age. */
const samplesPerOctave = 8;

/**
 * Merges old samples. It drops samples older than a window, except the newest, which a silent stream still needs. Time
 * is divided into intervals whose width is a power of two and at most an eighth of their age. The samples of one
 * interval are merged. Each wider interval consists of whole narrower ones, so the result does not depend on when this
 * runs.
 */
function thinOut(samples: readonly HighWaterSample[], nowMs: number, windowMs: number): readonly HighWaterSample[] {
  const newest = samples.at(-1);
  const pieces = new Map<string, HighWaterSample>();
  for (const sample of samples) {
    const ageMs = nowMs - sample.atMs;
    if (ageMs >= windowMs && sample !== newest) continue;
    const width = 2 ** Math.floor(Math.log2(Math.max(1, ageMs / samplesPerOctave)));
    const piece = sample === newest ? 'newest' : `${width}/${Math.floor(sample.atMs / width)}`;
    pieces.set(piece, { ...sample, sinceMs: pieces.get(piece)?.sinceMs ?? sample.sinceMs });
  }
  return [...pieces.values()];
}
