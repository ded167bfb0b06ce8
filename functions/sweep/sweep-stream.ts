import type { StreamSettings } from '../../shared/stream-settings.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { holePages } from '../../shared/gaps/hole-pages.ts';
import { horizon, isAtRest, observe, startProgress, watermarkOf, type Progress } from '../../shared/gaps/progress.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import { maxFiledAtOnce } from '../../shared/ports.ts';
import { LruCache } from '../../shared/lru-cache.ts';
import { highestId, lowestId } from '../../shared/tracking/block.ts';
import { GapAdvance, notInTime, type AdvanceResult } from './advance-gaps.ts';
import type { TickDeps } from './deps.ts';
import { ProgressWriter } from './progress-writer.ts';

/**
 * The number of ids to scan before the holes are recorded, so that a backlog of any length is processed over several
 * ticks.
 */
const idsAPage = 2 ** 20;
/** The maximum number of cached streams at rest. */
const maxAtRest = 1_000;

/**
 * Makes a cache for the progress of streams at rest, in which nothing is left to do. While such a stream is silent, a
 * tick reads only its last block.
 */
export function restingStreams(): LruCache<Progress> {
  return new LruCache({ maxEntries: maxAtRest });
}

/** The end times of the parts of a sweep, in milliseconds since 1970. Each part does at least one piece of its work. */
interface SweepTimes {
  readonly now: number;
  readonly scanUntilMs: number;
  readonly untilMs: number;
}

/**
 * Sweeps a stream: finds holes, advances each gap, and raises the watermark. A sweep is idempotent, also if two
 * instances sweep at once. New gaps and progress are one conditional write. All other writes are conditional too, and a
 * duplicate message has no effect.
 *
 * It reads and writes page by page. If the time is over within a page, the next sweep continues there.
 */
export class StreamSweep {
  private readonly deps: TickDeps;
  private readonly atRest: LruCache<Progress>;

  /** @param atRest Shared by all sweeps of an instance. */
  constructor(deps: TickDeps, atRest: LruCache<Progress>) {
    this.deps = deps;
    this.atRest = atRest;
  }

  /**
   * @param untilMs When to end, in milliseconds since 1970.
   * @throws The first error of a gap that could not be advanced. The other gaps were advanced.
   */
  async run(stream: string, untilMs: number): Promise<void> {
    const { blocks, ledger, clock, catalog } = this.deps;
    const settings = catalog.stream(stream);
    const last = await blocks.last(stream);
    const seen = last && highestId(last);
    const rested = this.atRest.get(stream);
    if (rested && isAtRest(rested, seen ?? rested.highWater, clock.now(), settings)) return;
    this.atRest.take(stream);
    const before = await ledger.progress(stream);
    // If a stream was silent for a window, all of its blocks are deleted.
    const highWater = seen ?? before?.value.highWater;
    if (highWater === undefined) return;
    const now = clock.now();
    const sinceMs = before ? undefined : await this.heldSince(stream, now, settings);
    const observed = observe(before?.value ?? startProgress(stream), highWater, now, settings, sinceMs);
    const writer = new ProgressWriter(ledger, before, await this.begin(observed, now, settings));
    // Half of the time is reserved for known gaps, even in a backlog.
    const times = { now, scanUntilMs: now + (untilMs - now) / 2, untilMs };
    // If an overlapping sweep was faster, it or the next one does the rest.
    const isDone = await this.follow(writer, times, settings);
    if (isDone && isAtRest(writer.progress, highWater, now, settings)) this.atRest.set(stream, writer.progress);
  }

  /** @returns Whether it was completed: no other sweep wrote in between. */
  private async follow(writer: ProgressWriter, times: SweepTimes, settings: StreamSettings): Promise<boolean> {
    const { now, untilMs } = times;
    if (!(await this.abandonForgotten(writer, now))) return false;
    if (!(await this.findGaps(writer, times, settings))) return false;
    const { stream, scanned, advancedTo } = writer.progress;
    const advance = new GapAdvance(this.deps, { stream, settings, now, advancedTo, untilMs });
    const gaps = writer.hasUnresolved ? await advance.run() : noGaps(now);
    // The watermark never falls. Ids below it may be forgotten since, or in a gap that another sweep has recorded.
    const watermark = Math.max(watermarkOf(scanned, gaps.lowest), writer.progress.watermark);
    writer.progress = { ...writer.progress, watermark, advancedTo: gaps.advancedTo };
    const isSaved = await writer.save();
    await this.report(writer.progress, gaps, now);
    if (gaps.errors.length > 0) throw gaps.errors[0];
    return isSaved;
  }

  /**
   * Returns the earliest time at which the ids of a stream that was never swept may have come, from the age of its
   * lowest block.
   */
  private async heldSince(stream: string, now: number, { windowMs }: StreamSettings): Promise<number> {
    const first = await this.deps.blocks.first(stream);
    return first ? Math.min(now, first.expireAtMs - windowMs) : now;
  }

  /** Sets the first id of the stream when its first grace has passed. */
  private async begin(progress: Progress, now: number, settings: StreamSettings): Promise<Progress> {
    if (progress.first !== undefined || horizon(progress, now, settings) === undefined) return progress;
    const lowest = await this.deps.blocks.first(progress.stream);
    const first = settings.start ?? (lowest && lowestId(lowest.block)) ?? 0;
    return { ...progress, first, scanned: first - 1, watermark: first - 1 };
  }

  /**
   * Gives up ids that were not scanned in time. Their blocks may be deleted, and a forgotten id must not be reported as
   * missing or inferred.
   */
  private async abandonForgotten(writer: ProgressWriter, now: number): Promise<boolean> {
    const { stream, scanned, floor, first } = writer.progress;
    if (first === undefined || scanned >= floor) return true;
    const range = { from: scanned + 1, to: floor };
    const request = { ...range, stream, phase: 'infer', attempt: 1, deadlineMs: now } as const;
    await this.deps.publisher.publish('dead-letter-queue', unrecoverableLetter(request, 'sweep', notInTime, now));
    writer.progress = { ...writer.progress, scanned: floor };
    return writer.save([{ ...range, stream, state: 'abandoned', foundAtMs: now, resolvedAtMs: now }]);
  }

  /** Files the holes up to the horizon. `scanned` never passes a hole that is not filed. */
  private async findGaps(
    writer: ProgressWriter,
    { now, scanUntilMs }: SweepTimes,
    settings: StreamSettings,
  ): Promise<boolean> {
    const { blocks, clock } = this.deps;
    const { stream, first, scanned } = writer.progress;
    const horizonId = horizon(writer.progress, now, settings);
    if (first === undefined || horizonId === undefined || scanned >= horizonId) return true;
    const range = { from: scanned + 1, to: horizonId };
    const isTimeOver = (): boolean => clock.now() >= scanUntilMs;
    const pages = holePages(blocks, stream, range, { maxHoles: maxFiledAtOnce, maxIds: idsAPage }, isTimeOver);
    for await (const { holes, upTo } of pages) {
      const gaps = holes.map((hole): Gap => ({ ...hole, stream, state: 'open', foundAtMs: now }));
      writer.progress = { ...writer.progress, scanned: upTo };
      // If the last page has no gap, it is saved together with the watermark.
      if ((gaps.length > 0 || upTo < horizonId) && !(await writer.save(gaps))) return false;
      if (isTimeOver()) return true;
    }
    return true;
  }

  /**
   * Logs the health of the stream. If not all gaps were read, the ledger counts them. The oldest gap is the lowest one,
   * because gaps are found in the order of ids.
   */
  private async report({ stream, highWater, watermark }: Progress, gaps: AdvanceResult, now: number): Promise<void> {
    const { isWhole, unresolved, oldestMs } = gaps;
    this.deps.log.swept({
      stream,
      highWater,
      watermark,
      lag: Math.max(0, highWater - watermark),
      unresolvedGaps: isWhole ? unresolved : await this.deps.ledger.countUnresolved(stream),
      oldestGapSeconds: Math.round((now - oldestMs) / 1_000),
    });
  }
}

function noGaps(now: number): AdvanceResult {
  return { lowest: undefined, unresolved: 0, oldestMs: now, isWhole: true, advancedTo: undefined, errors: [] };
}
