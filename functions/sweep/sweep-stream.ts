import { betweenFronts, betweenTwoFronts } from '../../shared/gaps/between-fronts.ts';
import { cover, uncovered } from '../../shared/gaps/cover.ts';
import { forget } from '../../shared/gaps/forget.ts';
import { frontsOf, latestFront, outliersOf, watermarkLagMs, watermarkOf } from '../../shared/gaps/front.ts';
import { isUnresolved, notInTime, type Gap } from '../../shared/gaps/gap.ts';
import { startProgress, type Progress } from '../../shared/gaps/progress.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { beginNumbering, isResetPending, mayFileHoles, settleReset } from '../../shared/gaps/reset-progress.ts';
import { afterReset, type NumberedSettings } from '../../shared/gaps/reset.ts';
import { isAtRest, isTimeDue } from '../../shared/gaps/rest.ts';
import { isSequenceLetterDue } from '../../shared/gaps/several-sequences.ts';
import { maxRuns, tidy } from '../../shared/gaps/tidy.ts';
import { maxFiledAtOnce, type StoredBlock, type Versioned } from '../../shared/ports.ts';
import { blockIndex } from '../../shared/tracking/block.ts';
import { LruCache } from '../../shared/lru-cache.ts';
import { afterWrites, waitingGap, type WaitingGap } from '../../shared/gaps/waiting-gap.ts';
import { AsleepStreams } from './asleep-streams.ts';
import { GapAdvance, type AdvanceResult } from './advance-gaps.ts';
import type { SweepDeps, TickDeps } from './deps.ts';
import { fileDueGaps } from './file-gaps.ts';
import type { TellTimes } from './give-up.ts';
import { KnownGaps, type RememberedGaps } from './known-gaps.ts';
import { KnownReasons } from './known-reasons.ts';
import { loadHeld, loadNear, slackMs, type Held } from './load-held.ts';
import { ProgressWriter } from './progress-writer.ts';
import { SeenBlocks } from './seen-blocks.ts';
import { tellSequences } from './tell-sequences.ts';

/** The maximum number of cached streams at rest. */
const maxAtRest = 1_000;

/** The state that the sweeps of an instance share. */
export interface SweepMemory {
  /**
   * The progress of streams at rest, in which nothing is left to do. While such a stream is silent, a tick only looks for
   * blocks that were written.
   */
  readonly atRest: LruCache<Versioned<Progress>>;
  readonly asleep: AsleepStreams;
  readonly reasons: KnownReasons;
  readonly gaps: KnownGaps;
}

export function makeSweepMemory(): SweepMemory {
  return {
    atRest: new LruCache({ maxEntries: maxAtRest }),
    asleep: new AsleepStreams(),
    reasons: new KnownReasons(),
    gaps: new KnownGaps(),
  };
}

/** The end times of the parts of a sweep, in milliseconds since 1970. Each part does at least one piece of its work. */
interface SweepTimes {
  readonly now: number;
  readonly scanUntilMs: number;
  readonly untilMs: number;
}

/**
 * Sweeps a stream once.
 *
 * @param memory Shared by all sweeps of an instance.
 * @param untilMs When to end, in milliseconds since 1970.
 * @throws The first error of a gap that could not be advanced. The other gaps were advanced.
 */
export function sweepStream(deps: TickDeps, memory: SweepMemory, stream: string, untilMs: number): Promise<void> {
  return new StreamSweep({ ...deps, blocks: new SeenBlocks(deps.blocks) }, memory).run(stream, untilMs);
}

/**
 * One sweep of a stream: finds out which numbers are covered, files their holes, and advances each gap. A sweep is
 * idempotent, also if two instances sweep at once. New gaps and progress are one conditional write. All other writes
 * are conditional too, and a duplicate message has no effect.
 *
 * It reads and writes page by page. If the time is over within a page, the next sweep continues there.
 */
class StreamSweep {
  private readonly deps: SweepDeps;
  private readonly memory: SweepMemory;

  constructor(deps: SweepDeps, memory: SweepMemory) {
    this.deps = deps;
    this.memory = memory;
  }

  async run(stream: string, untilMs: number): Promise<void> {
    const { ledger, clock } = this.deps;
    const { atRest } = this.memory;
    const now = clock.now();
    // Half of the time is reserved for known gaps, even in a backlog.
    const times = { now, scanUntilMs: now + (untilMs - now) / 2, untilMs };
    const rested = atRest.take(stream);
    const found = rested && (await this.look(rested.value, times));
    if (rested && found && this.mayRest(rested.value, found, now)) {
      this.rest(rested, now);
      return;
    }
    const before = await ledger.progress(stream);
    const progress = before?.value ?? startProgress(stream);
    const isSame = before !== undefined && before.version === rested?.version;
    const known = this.memory.gaps.take(stream, before?.version, now);
    const seen = isSame && found ? found : await this.look(sweptUntil(progress, known), times);
    const held = { ...seen, blocks: seen.blocks + (known?.blocks ?? 0) };
    if (!before && held.blocks === 0) return;
    const covered = await this.covered(progress, held, times);
    const settings = this.settingsOf(covered);
    const writer = new ProgressWriter(ledger, before, covered, settings);
    // If an overlapping sweep was faster, it or the next one does the rest.
    const isTold = await tellSequences(this.deps, writer, held, now);
    const isDone = isTold && (await this.follow(writer, times, settings, { held, known }));
    if (isDone && writer.stored && isAtRest(writer.stored.value, now, settings)) this.rest(writer.stored, now);
  }

  /** Remembers that nothing is left to do in a stream. If it has no piece any more, it was silent for a whole window. */
  private rest(stored: Versioned<Progress>, nowMs: number): void {
    const { stream, pieces } = stored.value;
    this.memory.atRest.set(stream, stored);
    const { windowMs } = this.settingsOf(stored.value);
    if (pieces.length === 0) this.memory.asleep.note(stream, { nowMs, windowMs });
  }

  private settingsOf(progress: Progress): NumberedSettings {
    return afterReset(this.deps.catalog.stream(progress.stream), progress);
  }

  private look(progress: Progress, { now, scanUntilMs }: SweepTimes): Promise<Held> {
    const isTimeOver = (): boolean => this.deps.clock.now() >= scanUntilMs;
    return loadHeld(this.deps.blocks, progress, { settings: this.settingsOf(progress), nowMs: now, isTimeOver });
  }

  private mayRest(progress: Progress, held: Held, now: number): boolean {
    const settings = this.settingsOf(progress);
    const isNew = uncovered(held.ranges, progress.pieces).some(({ to }) => to >= (settings.start ?? 0));
    const mustTell = held.runs.length > 0 && isSequenceLetterDue(progress.sequencesToldAtMs, now);
    const isQuiet = !isNew && !mustTell && held.readUpTo === undefined && isAtRest(progress, now, settings);
    return isQuiet && !isTimeDue(progress, held.blocks, now, settings);
  }

  /** Returns the progress with the numbers that are newly covered, and with the time of this sweep. */
  private async covered(progress: Progress, held: Held, { now }: SweepTimes): Promise<Progress> {
    const settings = this.settingsOf(progress);
    const ranges = progress.hasDropped
      ? await loadNear(this.deps.blocks, progress, held.ranges, settings)
      : held.ranges;
    const sinceMs = await this.heldSince(progress, held, now, settings);
    // The blocks were read after the sweep began, maybe much later. The grace of the numbers begins after the read.
    const atMs = this.deps.clock.now();
    const after = this.small(cover(progress, ranges, { sinceMs, atMs }, settings), progress, now);
    if (held.readToMs === 0) return after;
    const timed = {
      ...after,
      ...wakeUp(progress, now, settings),
      sweptAtMs: held.readToMs,
      readUpTo: held.readUpTo,
    };
    if (isResetPending(progress)) return beginNumbering(timed, atMs);
    const isUnchanged = after === progress && held.readUpTo === progress.readUpTo;
    return isUnchanged && !isTimeDue(progress, held.blocks, now, settings) ? after : timed;
  }

  /** Tidies the progress if it has changed, because there may be too many pieces to save. */
  private small(after: Progress, before: Progress, now: number): Progress {
    return after === before ? after : tidy(after, now);
  }

  /** Returns the earliest time at which an id that is found now may have come. */
  private async heldSince(progress: Progress, held: Held, now: number, settings: NumberedSettings): Promise<number> {
    const { sweptAtMs, pieces } = progress;
    if (sweptAtMs !== undefined && !isResetPending(progress)) return sweptAtMs - slackMs;
    // The blocks were never read to the end. The ids above the highest piece may be as old as those of the piece.
    const piece = pieces.at(-1);
    if (piece) return piece.sinceMs;
    // The stream, or its numbering, was never swept. A block does not say when it was first written, only when it was last.
    const lowest = await this.lowestBlock(progress, held);
    const lowestMs = lowest ? lowest.expireAtMs - settings.windowMs : now;
    return Math.min(now, lowestMs, progress.reset ? now : await this.oldestWriteMs(progress.stream)) - slackMs;
  }

  private async lowestBlock({ stream, reset }: Progress, { ranges }: Held): Promise<StoredBlock | undefined> {
    const { blocks } = this.deps;
    // An older release does not store the minute of a write.
    if (!reset) return blocks.first(stream);
    const [lowest] = ranges;
    return lowest && (await blocks.read([{ stream, index: blockIndex(lowest.to) }]))[0];
  }

  /** Returns when the block was last written that was not written for the longest time. Infinity if none is known. */
  private async oldestWriteMs(stream: string): Promise<number> {
    for await (const { writtenMinute } of this.deps.blocks.writtenSince(stream, 0)) return writtenMinute * 60_000;
    return Number.POSITIVE_INFINITY;
  }

  /** @returns Whether it was completed: no other sweep wrote in between, and no gap is left unresolved. */
  private async follow(
    writer: ProgressWriter,
    times: SweepTimes,
    settings: NumberedSettings,
    { held, known }: SeenByNow,
  ): Promise<boolean> {
    const { now, untilMs } = times;
    if (!(await this.giveUpForgotten(writer, now, settings))) return false;
    if (mayFileHoles(writer.progress) && !(await fileDueGaps(this.deps, writer, times, settings))) return false;
    const { progress } = writer;
    const record = (told: TellTimes): Promise<boolean> => {
      writer.progress = { ...writer.progress, ...told };
      return writer.save();
    };
    const { reasons } = this.memory;
    const knownNow = known && [...stillWaiting(known, held, writer), ...newlyFiled(writer, now, settings)];
    const options = { progress, settings, now, record, untilMs, reasons, known: knownNow };
    const gaps = await new GapAdvance(this.deps, options).run();
    writer.progress = tidy(settled(withPosition(writer.progress, gaps), gaps), now);
    const isSaved = await writer.save();
    if (isSaved) this.warnOfDropped(writer);
    if (isSaved && writer.stored && gaps.waiting && held.readUpTo === undefined && held.readToMs > 0)
      this.memory.gaps.remember(progress.stream, {
        version: writer.stored.version,
        readToMs: held.readToMs,
        blocks: writer.stored.value.sweptAtMs === held.readToMs ? 0 : held.blocks,
        readAllAtMs: known?.readAllAtMs ?? now,
        gaps: gaps.waiting,
      });
    await this.report(writer, gaps, now);
    if (gaps.errors.length > 0) throw gaps.errors[0];
    return isSaved && gaps.unresolved === 0 && gaps.isWhole;
  }

  /**
   * Files gaps for numbers of which nothing is expected any more: those that were not scanned in time, and those
   * between fronts. They say nothing of single ids, and are given up by the next part of the sweep.
   */
  private async giveUpForgotten(writer: ProgressWriter, now: number, settings: NumberedSettings): Promise<boolean> {
    const { progress, unscanned } = forget(writer.progress, now, settings);
    const { progress: told, ranges } = betweenFronts(progress, settings);
    const { stream } = progress;
    const gapOf =
      (why: string) =>
      (range: Range): Gap => ({ ...range, stream, state: 'open', foundAtMs: now, why });
    const gaps = [...unscanned.map(gapOf(notInTime)), ...ranges.map(gapOf(betweenTwoFronts))];
    // The rows beyond one write are saved first, with the progress as it was. After a crash they are filed again.
    for (; gaps.length > maxFiledAtOnce; gaps.splice(0, maxFiledAtOnce))
      if (!(await writer.save(gaps.slice(0, maxFiledAtOnce)))) return false;
    writer.progress = told;
    return gaps.length === 0 || writer.save(gaps);
  }

  /** Warns if this sweep has dropped fronts or outliers. */
  private warnOfDropped({ progress: { stream, dropCount = 0 }, before }: ProgressWriter): void {
    const dropped = dropCount - (before?.dropCount ?? 0);
    if (dropped <= 0) return;
    this.deps.log.count('front-dropped', dropped);
    this.deps.log.warn(
      `stream ${stream}: a sweep dropped ${dropped} of its fronts and outliers, because there were more than ${maxRuns}; ` +
        'are its ids random, or do many producers share it?',
    );
  }

  /** Logs the health of the stream, by the front that grew last. */
  private async report({ progress, before }: ProgressWriter, gaps: AdvanceResult, now: number): Promise<void> {
    const { ledger, log } = this.deps;
    const known = new Set(before && outliersOf(before));
    const front = latestFront(frontsOf(progress));
    const { stream } = progress;
    const highWater = front?.last ?? -1;
    const watermark = front ? watermarkOf(front, gaps.unresolvedRanges) : -1;
    log.swept({
      stream,
      highWater,
      watermark,
      lag: Math.max(0, highWater - watermark),
      lagSeconds: front ? Math.round(watermarkLagMs(progress, front, watermark, now) / 1_000) : 0,
      newOutliers: outliersOf(progress).filter((id) => !known.has(id)).length,
      unresolvedGaps: gaps.isWhole ? gaps.unresolved : await ledger.countUnresolved(stream),
      oldestGapSeconds: Math.round((now - gaps.oldestMs) / 1_000),
      doubtfulGaps: gaps.doubtful,
    });
  }
}

/** The blocks that a sweep has read, and the gaps that its instance knows from the sweep before. */
interface SeenByNow {
  readonly held: Held;
  readonly known: RememberedGaps | undefined;
}

/** Returns the progress with the time up to which this instance has read all writes. They need not be read again. */
function sweptUntil(progress: Progress, known: RememberedGaps | undefined): Progress {
  return known ? { ...progress, sweptAtMs: known.readToMs } : progress;
}

/** Returns the known gaps, without those that a new row replaces. */
function stillWaiting(known: RememberedGaps, held: Held, { filed }: ProgressWriter): readonly WaitingGap[] {
  return afterWrites(known.gaps, held.ranges).filter(({ from }) => !filed.has(from));
}

function newlyFiled({ filed }: ProgressWriter, now: number, settings: NumberedSettings): readonly WaitingGap[] {
  return [...filed.values()].filter(isUnresolved).map((gap) => waitingGap(gap, now, settings));
}

/** Records where the sweep ended. Returns the same progress if nothing changed. */
function withPosition(progress: Progress, { advancedTo }: AdvanceResult): Progress {
  return advancedTo === progress.advancedTo ? progress : { ...progress, advancedTo };
}

/** Records that sweeps begin again after they had stopped for longer than a window. */
function wakeUp(
  { sweptAtMs }: Progress,
  now: number,
  { windowMs }: NumberedSettings,
): Pick<Progress, 'wokeAtMs'> | undefined {
  return sweptAtMs !== undefined && now - sweptAtMs >= windowMs ? { wokeAtMs: now } : undefined;
}

/** Settles a reset if every gap of the old numbering is given up. Returns the same progress if nothing changed. */
function settled(progress: Progress, { unresolved, oldestMs, isWhole, errors }: AdvanceResult): Progress {
  if (!isWhole || errors.length > 0) return progress;
  return settleReset(progress, unresolved === 0 ? undefined : oldestMs);
}
