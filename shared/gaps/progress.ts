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
}

export interface Sample {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly highWater: number;
}

/** Of two samples, the newer is let go if they are closer to each other than this share of their age. */
const spacing = 1 / 8;

export function startProgress(stream: string): Progress {
  return { stream, first: undefined, highWater: -1, watermark: -1, scanned: -1, floor: -1, samples: [] };
}

/** Takes in the high water as it is now. The same progress where nothing has changed. */
export function observe(progress: Progress, highWater: number, nowMs: number, { windowMs }: StreamSettings): Progress {
  const rises = highWater > progress.highWater;
  const samples = rises ? [...progress.samples, { atMs: nowMs, highWater }] : progress.samples;
  const floor = Math.max(progress.floor, highWaterAt(samples, nowMs - windowMs) ?? -1);
  if (!rises && floor === progress.floor) return progress;
  return {
    ...progress,
    highWater: Math.max(highWater, progress.highWater),
    floor,
    samples: thinOut(samples, nowMs, windowMs),
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

/** Keeps samples the farther apart the older they are, and of those older than a window only the newest. */
function thinOut(samples: readonly Sample[], nowMs: number, windowMs: number): readonly Sample[] {
  const kept: Sample[] = [];
  for (const sample of samples.toReversed()) {
    const newer = kept.at(-1);
    if (newer && nowMs - newer.atMs >= windowMs) break;
    const isApart = !newer || newer.atMs - sample.atMs >= (nowMs - newer.atMs) * spacing;
    if (isApart || nowMs - sample.atMs >= windowMs) kept.push(sample);
  }
  return kept.reverse();
}
