import type { StreamSettings } from '../stream-settings.ts';

/** How far a stream is accounted for. Written by sweep alone. */
export interface Progress {
  readonly stream: string;
  /** The id that gaps are counted from; undefined until the stream's first grace has run out. Lower ids open no gap. */
  readonly first: number | undefined;
  /** Highest id seen. */
  readonly highWater: number;
  /** Everything at or below it is accounted for: it has an entry, or its gap is abandoned. */
  readonly watermark: number;
  /** Every hole at or below it is in the ledger. */
  readonly scanned: number;
  /** The high water of one dedup window ago: what is at or below it may be forgotten. -1 in the first window. */
  readonly floor: number;
  /** What the high water was at earlier times, ascending; thinned out with age. */
  readonly samples: readonly HighWaterSample[];
  /** When the stream was last swept, or up to an eighth of a window earlier, in milliseconds since 1970. Undefined before. */
  readonly sweptAtMs?: number | undefined;
  /**
   * The last sweep ran out of time at the gap that begins here: the next one goes on with those above. Undefined where all had
   * their turn.
   */
  readonly advancedTo?: number | undefined;
}

/** A high-water mark that a sweep found. It was reached after the sweep before, and no later than this one. */
export interface HighWaterSample {
  /** When the sweep before was, in milliseconds since 1970. */
  readonly sinceMs: number;
  readonly atMs: number;
  readonly highWater: number;
}

/** How often an idle stream's progress is written all the same: this share of a window. */
const heartbeat = 1 / 8;

export function startProgress(stream: string): Progress {
  const none = { first: undefined, highWater: -1, watermark: -1, scanned: -1, floor: -1 };
  return { stream, ...none, samples: [], sweptAtMs: undefined };
}

/**
 * Takes in the high water as it is now. The same progress where there is nothing to write.
 *
 * @param sinceMs For a stream's first sweep: how far back what it holds may reach.
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

/** The highest id that may have been seen by a time, -1 where none was: never less than it was, however long nobody swept. */
function forgottenAt(samples: readonly HighWaterSample[], atMs: number): number {
  return samples.findLast((sample) => sample.sinceMs <= atMs)?.highWater ?? -1;
}

/** Highest id that was surely seen by a time: never more than it was. Undefined before the first sample. */
function highWaterAt(samples: readonly HighWaterSample[], atMs: number): number | undefined {
  return samples.findLast((sample) => sample.atMs <= atMs)?.highWater;
}

/** How far holes may be looked for: up to the high water of one grace ago. Undefined until the first grace has run out. */
export function horizon({ samples }: Progress, nowMs: number, { graceMs }: StreamSettings): number | undefined {
  return highWaterAt(samples, nowMs - graceMs);
}

/**
 * The id below the first one that is missing and not given up. Where none is, all that was scanned is accounted for: so a stream
 * whose watermark is where it was scanned to has no gap to look after.
 *
 * @param lowest The lowest id that is still missing, or in a gap that is not yet recorded as resolved.
 */
export function watermarkOf(scanned: number, lowest: number | undefined): number {
  return lowest === undefined ? scanned : Math.min(scanned, lowest - 1);
}

/** Whether a sweep would find and change nothing, so that it need not be made. */
export function isAtRest(progress: Progress, highWater: number, nowMs: number, settings: StreamSettings): boolean {
  const { scanned, watermark } = progress;
  return scanned >= highWater && watermark === scanned && observe(progress, highWater, nowMs, settings) === progress;
}

/** Samples kept of each doubling of age. */
const samplesPerOctave = 8;

/**
 * Runs samples together, the more the older they are, and lets go of those older than a window, but for the newest: it is all that
 * is known of a stream that has fallen silent. Time is cut into pieces whose width is a power of two, an eighth of their age or
 * less, and the samples of one piece become one; since wider pieces are made of whole narrower ones, what comes of it does not
 * change with the hours at which it is done.
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
