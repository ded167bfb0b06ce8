import type { StreamSettings } from '../../shared/stream-settings.ts';
import { loadRangeCoverage } from '../../shared/gaps/range-coverage.ts';
import { advanceGap, isUnresolved, type Gap, type GapStep } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import type { Version, Versioned } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { SweepDeps } from './deps.ts';

export const notInTime = 'not swept within the deduplication window';

/** How many gaps are read at a time. */
const gapsAPage = 200;
/** How many of them are published and recorded at a time. */
const gapsAtOnce = 50;

export interface AdvanceOptions {
  readonly stream: string;
  readonly settings: StreamSettings;
  readonly now: number;
  /** The gap at which the sweep before ran out of time, by its lowest id. */
  readonly advancedTo: number | undefined;
  /** When to end: no page is begun after it, but for the first and one more. Milliseconds since 1970. */
  readonly untilMs: number;
}

/** The state of a stream's unresolved gaps, as far as a sweep has read them. */
export interface AdvanceResult {
  /** Every id below it is accounted for, as far as this sweep can tell. Undefined where no gap is left. */
  readonly lowest: number | undefined;
  /** How many gaps are unresolved, of those that were read. */
  readonly unresolved: number;
  /** When the oldest of these was found; now, where there is none. */
  readonly oldestMs: number;
  /** Whether every gap was read. */
  readonly isWhole: boolean;
  /** The gap at which time ran out. */
  readonly advancedTo: number | undefined;
  /** Why some gaps could not be advanced. The others were. */
  readonly errors: readonly unknown[];
}

/**
 * Advances the unresolved gaps of a stream page by page: the next page is read when what the one before needs is sent and recorded.
 * Where time runs out, the next sweep goes on, so that every gap gets its turn. It takes the first page too, which tells how far
 * the watermark may rise.
 *
 *     gaps           page 1   page 2   page 3   page 4
 *     one sweep      ■■■■■■   ■■■■■■                      time is over: advancedTo is the last gap of page 2
 *     the next       ■■■■■■            ■■■■■■   ■■■■■■
 */
export class GapAdvance {
  private readonly deps: SweepDeps;
  private readonly options: AdvanceOptions;
  private lowest: number | undefined;
  private oldestMs: number;
  private unresolved = 0;
  /** The last id of the gaps that were read from the lowest on, and whether none was left out so far. */
  private readTo = -1;
  private isFromLowest = true;
  private readonly errors: unknown[] = [];

  constructor(deps: SweepDeps, options: AdvanceOptions) {
    this.deps = deps;
    this.options = options;
    this.oldestMs = options.now;
  }

  async run(): Promise<AdvanceResult> {
    const { ledger, clock } = this.deps;
    const { stream, advancedTo = -1, untilMs } = this.options;
    let above: number | undefined;
    try {
      for (let pages = 1; ; pages++) {
        const page = await ledger.unresolved(stream, gapsAPage, above);
        await this.advancePage(page);
        const last = page.at(-1);
        if (!last || page.length < gapsAPage) return this.result(undefined, this.isFromLowest);
        above = last.value.from;
        if (pages > 1 && clock.now() >= untilMs) return this.result(above, false);
        if (pages > 1 || advancedTo <= above) continue;
        above = advancedTo;
        this.isFromLowest = false;
      }
    } catch (error) {
      this.errors.push(error);
      return this.result(above ?? this.options.advancedTo, false);
    }
  }

  /** Advances one page. An error is noted, and the other pages go on; gaps that failed count as unresolved and are tried again. */
  private async advancePage(page: readonly Versioned<Gap>[]): Promise<void> {
    const ranges = page.map(({ value }) => value);
    let coverages: readonly RangeCoverage[] = [];
    const isDone = new Set<Gap>();
    try {
      coverages = await loadRangeCoverage(this.deps.blocks, this.options.stream, ranges);
      await runLimited(page, gapsAtOnce, async ({ value, version }, i) => {
        const coverage = coverages[i];
        if (coverage && (await this.advanceOne(value, version, coverage))) isDone.add(value);
      });
    } catch (error) {
      this.errors.push(error);
    }
    ranges.forEach((gap, i) => {
      if (!isDone.has(gap)) this.see(gap, coverages[i]);
    });
    if (this.isFromLowest) this.readTo = ranges.at(-1)?.to ?? this.readTo;
  }

  /** @returns Whether the gap is resolved, and recorded as such. */
  private async advanceOne(gap: Gap, version: Version, coverage: RangeCoverage): Promise<boolean> {
    const { now, settings } = this.options;
    const step = advanceGap(gap, coverage, now, settings);
    const isRecorded = step.gap === gap || (await this.record(step, version));
    return isRecorded && !isUnresolved(step.gap);
  }

  /** Publishes first and records then: after a crash in between, the message is published again. */
  private async record({ gap, send, giveUp }: GapStep, version: Version): Promise<boolean> {
    const { publisher, ledger } = this.deps;
    const { now } = this.options;
    if (send) await publisher.publish('reprocess-requests', writeRequest(send));
    if (giveUp) await publisher.publish('dead-letter-queue', unrecoverableLetter(giveUp, 'sweep', notInTime, now));
    return ledger.save(gap, version);
  }

  private see(gap: Gap, coverage: RangeCoverage | undefined): void {
    this.unresolved++;
    this.oldestMs = Math.min(this.oldestMs, gap.foundAtMs);
    if (this.isFromLowest) this.lowest ??= coverage?.holes[0]?.from ?? gap.from;
  }

  private result(advancedTo: number | undefined, isWhole: boolean): AdvanceResult {
    const { unresolved, oldestMs, errors } = this;
    const lowest = this.lowest ?? (isWhole ? undefined : this.readTo + 1);
    return { lowest, unresolved, oldestMs, isWhole, advancedTo, errors };
  }
}
