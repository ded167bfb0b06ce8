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

/** How many ids are looked at before what was found is recorded: a backlog of any length is got through, tick by tick. */
const idsAPage = 2 ** 20;
/** How many streams are remembered as being at rest. */
const mostAtRest = 1_000;

/** Caches the progress of streams in which nothing is left to do: while they stay silent, nothing else need be read. */
export function restingStreams(): LruCache<Progress> {
  return new LruCache({ maxEntries: mostAtRest });
}

/** When the parts of a sweep are to end, in milliseconds since 1970. Each does a piece of its work in any case. */
interface SweepTimes {
  readonly now: number;
  readonly scanUntilMs: number;
  readonly untilMs: number;
}

/**
 * Brings what is known of a stream's gaps up to date: finds holes, moves each gap on, and lifts the watermark. It can be done twice,
 * or by two instances at once, and is the same as once: gaps are filed together with how far was scanned, on the condition that
 * nobody has written that since; all else is conditional too; and what is sent twice is answered once.
 *
 * It reads, and writes, page by page. Where time runs out it ends within a page, and the next sweep goes on from there.
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
   * @throws What kept some of the gaps from being moved on; the others were.
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
    // Of a stream that has been silent for a window no block is left.
    const highWater = seen ?? before?.value.highWater;
    if (highWater === undefined) return;
    const now = clock.now();
    const sinceMs = before ? undefined : await this.heldSince(stream, now, settings);
    const observed = observe(before?.value ?? startProgress(stream), highWater, now, settings, sinceMs);
    const writer = new ProgressWriter(ledger, before, await this.begin(observed, now, settings));
    // A backlog leaves half of the time to the gaps that are known.
    const times = { now, scanUntilMs: now + (untilMs - now) / 2, untilMs };
    // A tick that overlaps has got ahead: it, or the next one, does the rest.
    const isDone = await this.follow(writer, times, settings);
    if (isDone && isAtRest(writer.progress, highWater, now, settings)) this.atRest.set(stream, writer.progress);
  }

  /** @returns Whether it was followed to its end: nobody else wrote in between. */
  private async follow(writer: ProgressWriter, times: SweepTimes, settings: StreamSettings): Promise<boolean> {
    const { now, untilMs } = times;
    if (!(await this.abandonForgotten(writer, now))) return false;
    if (!(await this.findGaps(writer, times, settings))) return false;
    const { stream, scanned, advancedTo } = writer.progress;
    const advance = new GapAdvance(this.deps, { stream, settings, now, advancedTo, untilMs });
    const gaps = writer.hasUnresolved ? await advance.run() : noGaps(now);
    // What was accounted for once may be forgotten since, or be in a gap that another sweep has recorded meanwhile.
    const watermark = Math.max(watermarkOf(scanned, gaps.lowest), writer.progress.watermark);
    writer.progress = { ...writer.progress, watermark, advancedTo: gaps.advancedTo };
    const isSaved = await writer.save();
    await this.report(writer.progress, gaps, now);
    if (gaps.errors.length > 0) throw gaps.errors[0];
    return isSaved;
  }

  /** Since when a stream may hold ids that was never swept: its lowest block was written then, or later. */
  private async heldSince(stream: string, now: number, { windowMs }: StreamSettings): Promise<number> {
    const first = await this.deps.blocks.first(stream);
    return first ? Math.min(now, first.expireAtMs - windowMs) : now;
  }

  /** Settles where the stream begins, once its first grace has run out. */
  private async begin(progress: Progress, now: number, settings: StreamSettings): Promise<Progress> {
    if (progress.first !== undefined || horizon(progress, now, settings) === undefined) return progress;
    const lowest = await this.deps.blocks.first(progress.stream);
    const first = settings.start ?? (lowest && lowestId(lowest.block)) ?? 0;
    return { ...progress, first, scanned: first - 1, watermark: first - 1 };
  }

  /**
   * Gives up what was not scanned in time: its blocks may be gone, and an id that is merely forgotten must not be called missing,
   * far less be inferred.
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

  /** Files the holes up to the horizon. Progress never says more than is filed. */
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
      // The last page without a gap is saved with the watermark.
      if ((gaps.length > 0 || upTo < horizonId) && !(await writer.save(gaps))) return false;
      if (isTimeOver()) return true;
    }
    return true;
  }

  /** The gaps that were not read are counted by the ledger; the oldest is the lowest, for gaps are found in the order of ids. */
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
