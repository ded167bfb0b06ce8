import type { StreamSettings } from '../../shared/catalog-definition.ts';
import { loadFillings } from '../../shared/gaps/fillings.ts';
import { advanceGap, isUnresolved, type Gap, type GapStep } from '../../shared/gaps/gap.ts';
import { horizon, isAtRest, observe, startProgress, watermarkOf, type Progress } from '../../shared/gaps/progress.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import type { Version } from '../../shared/ports.ts';
import { LruCache } from '../../shared/lru-cache.ts';
import { highestId, lowestId } from '../../shared/tracking/block.ts';
import { Course } from './course.ts';
import type { SweepDeps } from './handler.ts';

const notInTime = 'not swept within the deduplication window';

/** How many gaps are moved on at a time. */
const gapsAtATime = 200;
/** How many ids are looked at before what was found is recorded: a backlog of any length is got through, tick by tick. */
const idsAtATime = 2 ** 20;
/** How many streams are remembered as being at rest. */
const mostAtRest = 1_000;

/**
 * Brings what is known of a stream's gaps up to date: finds holes, moves each gap on, and lifts the watermark. It can be done twice,
 * or by two instances at once, and is the same as once: gaps are filed together with how far was scanned, on the condition that
 * nobody has written that since; all else is conditional too; and what is sent twice is answered once.
 */
export class StreamSweep {
  private readonly deps: SweepDeps;
  /** Progress of streams in which there was nothing left to do: while they stay silent, nothing else need be read. */
  private readonly atRest = new LruCache<Progress>({ maxEntries: mostAtRest });

  constructor(deps: SweepDeps) {
    this.deps = deps;
  }

  async run(stream: string): Promise<void> {
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
    const course = new Course(ledger, before, await this.begin(observed, now, settings));
    // A tick that overlaps has got ahead: it, or the next one, does the rest.
    const isDone = await this.follow(course, now, settings);
    if (isDone && isAtRest(course.progress, highWater, now, settings)) this.atRest.set(stream, course.progress);
  }

  /** @returns Whether it was followed to its end: nobody else wrote in between. */
  private async follow(course: Course, now: number, settings: StreamSettings): Promise<boolean> {
    if (!(await this.abandonForgotten(course, now))) return false;
    if (!(await this.findGaps(course, now, settings))) return false;
    const unresolved = course.hasUnresolved ? await this.advanceGaps(course.progress.stream, now, settings) : [];
    const watermark = watermarkOf(
      course.progress.scanned,
      unresolved.map(({ missingFrom }) => missingFrom),
    );
    // What was accounted for once may be forgotten since, or be in a gap that another sweep has recorded meanwhile.
    course.progress = { ...course.progress, watermark: Math.max(watermark, course.progress.watermark) };
    this.report(course.progress, unresolved, now);
    return course.save();
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
  private async abandonForgotten(course: Course, now: number): Promise<boolean> {
    const { stream, scanned, floor, first } = course.progress;
    if (first === undefined || scanned >= floor) return true;
    const range = { from: scanned + 1, to: floor };
    const request = { ...range, stream, phase: 'infer', attempt: 1, deadlineMs: now } as const;
    await this.deps.publisher.publish('dead-letter-queue', unrecoverableLetter(request, 'sweep', notInTime, now));
    course.progress = { ...course.progress, scanned: floor };
    return course.save([{ ...range, stream, state: 'abandoned', foundAtMs: now, resolvedAtMs: now }]);
  }

  /** Files the holes up to the horizon. */
  private async findGaps(course: Course, now: number, settings: StreamSettings): Promise<boolean> {
    const { stream, first } = course.progress;
    const horizonId = horizon(course.progress, now, settings);
    if (first === undefined || horizonId === undefined) return true;
    for (let ids = idsAtATime; course.progress.scanned < horizonId;) {
      const from = course.progress.scanned + 1;
      const to = Math.min(horizonId, from + ids - 1);
      const [filling] = await loadFillings(this.deps.blocks, stream, [{ from, to }]);
      const missing = filling?.missing ?? [];
      // A hole that goes on is looked at again, whole.
      const cut = to < horizonId && missing.at(-1)?.to === to ? missing.at(-1) : undefined;
      if (cut?.from === from) ids *= 2;
      else {
        const whole = missing.filter((range) => range !== cut);
        const gaps = whole.map((range): Gap => ({ ...range, stream, state: 'open', foundAtMs: now }));
        const isFiled = await course.fileUpTo(cut ? cut.from - 1 : to, gaps);
        if (!isFiled || (to < horizonId && !(await course.save()))) return false;
      }
    }
    return true;
  }

  /** Moves the unresolved gaps on. @returns Those that still are. */
  private async advanceGaps(stream: string, now: number, settings: StreamSettings): Promise<readonly Unresolved[]> {
    const { ledger, blocks } = this.deps;
    const gaps = await ledger.unresolved(stream, 100_000);
    const fillings = await loadFillings(
      blocks,
      stream,
      gaps.map(({ value }) => value),
    );
    const unresolved: Unresolved[] = [];
    for (let at = 0; at < gaps.length; at += gapsAtATime) {
      const chunk = gaps.slice(at, at + gapsAtATime);
      await Promise.all(
        chunk.map(async ({ value, version }, i) => {
          const filling = fillings[at + i];
          const step = filling ? advanceGap(value, filling, now, settings) : { gap: value };
          const isRecorded = step.gap === value || (await this.record(step, version, now));
          if (isUnresolved(step.gap) || !isRecorded)
            unresolved.push({ foundAtMs: value.foundAtMs, missingFrom: filling?.missing[0]?.from ?? value.from });
        }),
      );
    }
    return unresolved;
  }

  /** What is to be sent is published first and recorded then: a crash in between sends it again. */
  private async record({ gap, send, giveUp }: GapStep, version: Version, now: number): Promise<boolean> {
    const { publisher, ledger } = this.deps;
    if (send) await publisher.publish('reprocess-requests', writeRequest(send));
    if (giveUp) await publisher.publish('dead-letter-queue', unrecoverableLetter(giveUp, 'sweep', notInTime, now));
    return ledger.save(gap, version);
  }

  private report({ stream, highWater, watermark }: Progress, unresolved: readonly Unresolved[], now: number): void {
    const oldest = unresolved.reduce((least, { foundAtMs }) => Math.min(least, foundAtMs), now);
    this.deps.log.swept({
      stream,
      highWater,
      watermark,
      lag: Math.max(0, highWater - watermark),
      unresolvedGaps: unresolved.length,
      oldestGapSeconds: Math.round((now - oldest) / 1_000),
    });
  }
}

/** A gap that is not resolved, or not recorded as resolved. */
interface Unresolved {
  readonly foundAtMs: number;
  /** Its lowest id that is missing. */
  readonly missingFrom: number;
}
