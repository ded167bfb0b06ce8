import { distanceOver } from '../../shared/gaps/expected-ids.ts';
import { uncovered } from '../../shared/gaps/cover.ts';
import { heldRanges } from '../../shared/gaps/held-ranges.ts';
import { highestCovered, type Progress } from '../../shared/gaps/progress.ts';
import { joinRanges } from '../../shared/gaps/range-set.ts';
import { blockRanges } from '../../shared/gaps/range-coverage.ts';
import type { Range } from '../../shared/gaps/range.ts';
import type { NumberedSettings } from '../../shared/gaps/reset.ts';
import { runsInBlock, type RevisionRun } from '../../shared/gaps/revision-runs.ts';
import { blockIndex, type Block } from '../../shared/tracking/block.ts';
import type { BlockStore, WrittenBlock } from '../../shared/ports.ts';

/**
 * A block is read again if it was written within this time before the last sweep, in milliseconds: a commit can become
 * visible some time after its writer has looked at the clock.
 */
export const slackMs = 120_000;

const msAMinute = 60_000;

/** The ids that the blocks hold that were written since the last sweep. */
export interface Held {
  /** Ascending, apart. */
  readonly ranges: readonly Range[];
  /** All writes up to this time were read, in milliseconds since 1970: the start of this sweep, if time did not run out. */
  readonly readToMs: number;
  /** If time ran out within a minute: the index up to which the blocks of this minute were read. */
  readonly readUpTo?: number;
  /** The number of blocks that were read. */
  readonly blocks: number;
  /** The runs of ids in these blocks that all hold several events, in no particular order. */
  readonly runs: readonly RevisionRun[];
}

/** The maximum number of runs that are kept. */
const maxRunsKept = 1_000;

/** Collects what a sweep has to know of the blocks that it reads. */
class HeldCollector {
  private readonly ranges: Range[] = [];
  private readonly runs: RevisionRun[] = [];
  private count = 0;

  get blocks(): number {
    return this.count;
  }

  add(block: Block): void {
    this.addRanges(heldRanges(block));
    if (this.runs.length < maxRunsKept) this.runs.push(...runsInBlock(block));
    this.count++;
  }

  addRanges(ranges: readonly Range[]): void {
    this.ranges.push(...ranges);
  }

  countBlock(): void {
    this.count++;
  }

  result(readToMs: number, readUpTo?: number): Held {
    const ranges = joinRanges(this.ranges);
    return { ranges, readToMs, ...(readUpTo !== undefined && { readUpTo }), blocks: this.count, runs: this.runs };
  }
}

export interface LoadHeldOptions {
  readonly settings: NumberedSettings;
  readonly nowMs: number;
  readonly isTimeOver: () => boolean;
}

/**
 * Reads the blocks that were written since the last sweep. The first sweep of a stream reads all blocks, from the
 * highest id on that is covered already. After a reset, a sweep first reads the new numbering.
 */
export async function loadHeld(
  blocks: Pick<BlockStore, 'scan' | 'writtenSince'>,
  progress: Progress,
  options: LoadHeldOptions,
): Promise<Held> {
  const { sweptAtMs, reset } = progress;
  if (reset && reset.atMs === undefined) return loadRestarted(blocks, progress, reset.from, options);
  return sweptAtMs === undefined
    ? loadAll(blocks, progress, options)
    : loadWritten(blocks, progress, sweptAtMs, options);
}

/**
 * Reads the ids from the first one of a new numbering on, up to a hole that is too long for a front. Ids above it may
 * be of the old numbering.
 */
async function loadRestarted(
  blocks: Pick<BlockStore, 'scan'>,
  progress: Progress,
  from: number,
  { settings, nowMs, isTimeOver }: LoadHeldOptions,
): Promise<Held> {
  const reach = distanceOver(settings.maxGap, settings);
  const held = new HeldCollector();
  let last = highestCovered(progress) ?? from - 1;
  const first = blockIndex(Math.max(from, last));
  for await (const block of blocks.scan(progress.stream, first, blockIndex(Number.MAX_SAFE_INTEGER))) {
    for (const range of heldRanges(block).filter(({ to }) => to > last)) {
      if (range.from - last > reach) return held.result(nowMs);
      held.addRanges([range]);
      last = range.to;
    }
    held.countBlock();
    // The next sweep continues at the highest id that this one covers.
    if (held.blocks > 1 && isTimeOver()) return held.result(0);
  }
  return held.result(nowMs);
}

async function loadAll(
  blocks: Pick<BlockStore, 'scan'>,
  progress: Progress,
  { settings: { start = 0 }, nowMs, isTimeOver }: LoadHeldOptions,
): Promise<Held> {
  const held = new HeldCollector();
  // Ids that were covered and forgotten in the same sweep must not be covered again.
  const from = blockIndex(Math.max(start, highestCovered(progress) ?? 0, progress.forgotten.at(-1)?.to ?? 0));
  for await (const block of blocks.scan(progress.stream, from, blockIndex(Number.MAX_SAFE_INTEGER))) {
    held.add(block);
    // The next sweep continues at the highest id that this one covers.
    if (held.blocks > 1 && isTimeOver()) return held.result(0);
  }
  return held.result(nowMs);
}

async function loadWritten(
  blocks: Pick<BlockStore, 'writtenSince'>,
  { stream, readUpTo }: Progress,
  sweptAtMs: number,
  { nowMs, isTimeOver }: LoadHeldOptions,
): Promise<Held> {
  const held = new HeldCollector();
  let last: WrittenBlock | undefined;
  for await (const written of blocks.writtenSince(stream, sweptAtMs - slackMs, readUpTo)) {
    // The blocks come in the order of their minutes, and ascending within a minute. So the next sweep can continue here, if
    // no write of the minute can become visible later.
    if (last && isTimeOver()) {
      const { writtenMinute } = written;
      const isWithin = writtenMinute === last.writtenMinute;
      const isSettled = (writtenMinute + (isWithin ? 1 : 0)) * msAMinute + slackMs < nowMs;
      const readToMs = Math.max(sweptAtMs, writtenMinute * msAMinute + slackMs);
      if (isSettled && readToMs < nowMs) return held.result(readToMs, isWithin ? last.block.index : undefined);
    }
    last = written;
    held.add(written.block);
  }
  return held.result(nowMs);
}

/**
 * Reads the ids near new ids, to find again what was dropped because there were too many fronts and outliers.
 *
 * @param held The ids that were read.
 * @returns `held`, and the ids at most `maxGap` below or above those that are not covered yet.
 */
export async function loadNear(
  blocks: Pick<BlockStore, 'scan'>,
  { stream, pieces }: Progress,
  held: readonly Range[],
  settings: NumberedSettings,
): Promise<readonly Range[]> {
  const reach = distanceOver(settings.maxGap, settings);
  const around = uncovered(held, pieces).map(({ from, to }) => ({ from: Math.max(0, from - reach), to: to + reach }));
  const found: Range[] = [...held];
  for (const { from, to } of blockRanges(joinRanges(around)))
    for await (const block of blocks.scan(stream, from, to)) found.push(...heldRanges(block));
  return joinRanges(found);
}
