import type { StreamSettings } from '../catalog-definition.ts';
import type { Filling } from './holes.ts';

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
  readonly samples: readonly Sample[];
  /** When the stream was last swept, or up to an eighth of a window earlier, in milliseconds since 1970. Undefined before. */
  readonly sweptAtMs?: number | undefined;
}

export interface Sample {
  /** Milliseconds since 1970. */
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
 * After a long sleep nobody can tell what came meanwhile and is forgotten again, now or before anyone would have asked for it: all
 * that was seen until now is below the floor.
 */
export function observe(progress: Progress, highWater: number, nowMs: number, settings: StreamSettings): Progress {
  const { windowMs, graceMs, resendTimeoutMs } = settings;
  const rises = highWater > progress.highWater;
  const asleepMs = nowMs - (progress.sweptAtMs ?? nowMs);
  const samples = rises ? [...progress.samples, { atMs: nowMs, highWater }] : progress.samples;
  const sleptTooLong = asleepMs > windowMs - graceMs - resendTimeoutMs;
  const forgotten = sleptTooLong ? highWater : (highWaterAt(samples, nowMs - windowMs) ?? -1);
  const floor = Math.max(progress.floor, forgotten);
  if (!rises && floor === progress.floor && asleepMs < windowMs * heartbeat) return progress;
  return {
    ...progress,
    highWater: Math.max(highWater, progress.highWater),
    floor,
    samples: thinOut(samples, nowMs, windowMs),
    sweptAtMs: nowMs,
  };
}

/** Highest id seen at a time, as far as samples tell: never more than it was. Undefined before the first sample. */
export function highWaterAt(samples: readonly Sample[], atMs: number): number | undefined {
  return samples.findLast((sample) => sample.atMs <= atMs)?.highWater;
}

/** How far holes may be looked for: up to the high water of one grace ago. Undefined until the first grace has run out. */
export function horizon({ samples }: Progress, nowMs: number, { graceMs }: StreamSettings): number | undefined {
  return highWaterAt(samples, nowMs - graceMs);
}

/** The id below the first one that is missing and not given up; where none is, all that was scanned is accounted for. */
export function watermarkOf(scanned: number, unresolved: readonly Filling[]): number {
  const missing = unresolved.flatMap((filling) => filling.missing.map(({ from }) => from));
  return missing.reduce((lowest, from) => Math.min(lowest, from - 1), scanned);
}

/** Samples kept of each doubling of age. */
const samplesPerOctave = 8;

/**
 * Keeps samples the farther apart the older they are, and of those older than a window only the newest. Time is cut into pieces
 * whose width is a power of two, an eighth of their age or less, and the first sample of each piece stays: since wider pieces are
 * made of whole narrower ones, what stays does not change with the hour at which it is asked, and no age is left without samples.
 * The newest stays in any case: it is all that is known of a stream that has fallen silent.
 */
function thinOut(samples: readonly Sample[], nowMs: number, windowMs: number): readonly Sample[] {
  const beforeWindow = samples.findLast(({ atMs }) => nowMs - atMs >= windowMs);
  const pieces = new Set<string>();
  const newest = samples.at(-1);
  const kept = samples.filter((sample) => {
    const { atMs } = sample;
    if (nowMs - atMs >= windowMs) return false;
    if (sample === newest) return true;
    const width = 2 ** Math.floor(Math.log2(Math.max(1, (nowMs - atMs) / samplesPerOctave)));
    const piece = `${width}/${Math.floor(atMs / width)}`;
    return pieces.size < pieces.add(piece).size;
  });
  return beforeWindow ? [beforeWindow, ...kept] : kept;
}
