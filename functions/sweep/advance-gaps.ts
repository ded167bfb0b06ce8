import type { StreamSettings } from '../../shared/stream-settings.ts';
import { loadRangeCoverage } from '../../shared/gaps/range-coverage.ts';
import { advanceGap, isUnresolved, type Gap, type GapStep } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import { bugMet, InvariantError } from '../../shared/errors.ts';
import { spellUnreadable } from '../../shared/gaps/spell-unreadable.ts';
import type { UnreadableGap, Version, Versioned } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { TickDeps } from './deps.ts';

export const notInTime = 'not swept within the deduplication window';
const notAskedFor = 'not asked for, by the settings of the stream, and not received within the deduplication window';

/** How many gaps are read at a time. */
const gapsAPage = 200;
/** How many of them are published and recorded at a time. The clock is looked at after each so many. */
const gapsAtOnce = 50;

export interface AdvanceOptions {
  readonly stream: string;
  readonly settings: StreamSettings;
  readonly now: number;
  /** The gap at which the sweep before ran out of time, by its lowest id. */
  readonly advancedTo: number | undefined;
  /**
   * When to end, in milliseconds since 1970. Afterwards no read is begun, and no gap is moved on, but for one piece of work at the
   * lowest gap and one where the sweep before ended.
   */
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

/** Gaps that had their turn in a page, and whether these were all of it. */
interface PageResult {
  readonly last: Gap | undefined;
  readonly isWhole: boolean;
}

/**
 * Advances the unresolved gaps of a stream page by page: the next page is read when the requests and letters of the one before are
 * sent and recorded. The clock is looked at within a page too, since each gap may need a call of its own. Where time runs out, the
 * next sweep goes on, so that every gap gets its turn. It takes the first page too, in half of its time at most, which tells how far
 * the watermark may rise.
 *
 *     gaps           page 1   page 2   page 3   page 4
 *     one sweep      ■■■■■■   ■■■■                        time is over: advancedTo is the last gap that had its turn
 *     the next       ■■■■■■       ■■   ■■■■■■
 */
export class GapAdvance {
  private readonly deps: TickDeps;
  private readonly options: AdvanceOptions;
  private lowest: number | undefined;
  private oldestMs: number;
  private unresolved = 0;
  /** The last id of the gaps that were read from the lowest on, and whether none was left out so far. */
  private readTo = -1;
  private isFromLowest = true;
  /** The rows that cannot be read, by their first ids. A page that is not finished is read again from where it ended. */
  private readonly unreadable = new Set<number>();
  private readonly errors: unknown[] = [];

  constructor(deps: TickDeps, options: AdvanceOptions) {
    this.deps = deps;
    this.options = options;
    this.oldestMs = options.now;
  }

  async run(): Promise<AdvanceResult> {
    const { ledger } = this.deps;
    const { stream, now, untilMs, advancedTo = -1 } = this.options;
    let above: number | undefined;
    /** Whether the gap is yet to come at which the sweep before ended. */
    let mustJump = advancedTo >= 0;
    try {
      for (;;) {
        const page = await ledger.unresolved(stream, gapsAPage, above);
        page.unreadable.forEach((row) => {
          this.seeUnreadable(row);
        });
        const { last, isWhole } = await this.advancePage(page.gaps, mustJump ? now + (untilMs - now) / 2 : untilMs);
        if (isWhole && page.next === undefined) return this.result(undefined, this.isFromLowest);
        above = isWhole ? page.next : (last?.from ?? above);
        if (mustJump) {
          mustJump = false;
          if (advancedTo > (above ?? -1)) {
            above = advancedTo;
            this.isFromLowest = false;
          }
        } else if (this.isOver(untilMs)) return this.result(above, false);
      }
    } catch (error) {
      this.errors.push(error);
      return this.result(above ?? this.options.advancedTo, false);
    }
  }

  /**
   * Advances the gaps of one page until time is over, the first of them in any case. An error is noted, and the other gaps go on.
   * Those that failed count as unresolved, and are tried again.
   */
  private async advancePage(page: readonly Versioned<Gap>[], untilMs: number): Promise<PageResult> {
    const coverages = await this.readCoverages(page, untilMs);
    const readable = coverages ? page.slice(0, coverages.length) : page;
    let count = 0;
    do {
      const piece = readable.slice(count, count + gapsAtOnce);
      await this.advancePiece(piece, coverages?.slice(count, count + gapsAtOnce) ?? []);
      count += piece.length;
    } while (count < readable.length && !this.isOver(untilMs));
    return { last: readable[count - 1]?.value, isWhole: count === page.length };
  }

  /** @returns The coverages of the gaps that were read in time; undefined if they cannot be read. */
  private async readCoverages(
    page: readonly Versioned<Gap>[],
    untilMs: number,
  ): Promise<readonly RangeCoverage[] | undefined> {
    const ranges = page.map(({ value }) => value);
    try {
      return await loadRangeCoverage(this.deps.blocks, this.options.stream, ranges, () => this.isOver(untilMs));
    } catch (error) {
      this.errors.push(error);
      return undefined;
    }
  }

  private async advancePiece(piece: readonly Versioned<Gap>[], coverages: readonly RangeCoverage[]): Promise<void> {
    const isDone = new Set<Gap>();
    try {
      await runLimited(piece, gapsAtOnce, async ({ value, version }, i) => {
        const coverage = coverages[i];
        if (coverage && (await this.advanceOne(value, version, coverage))) isDone.add(value);
      });
    } catch (error) {
      this.errors.push(error);
    }
    piece.forEach(({ value }, i) => {
      if (!isDone.has(value)) this.see(value, coverages[i]);
    });
    if (this.isFromLowest) this.readTo = piece.at(-1)?.value.to ?? this.readTo;
  }

  private isOver(untilMs: number): boolean {
    return this.deps.clock.now() >= untilMs;
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
    const { now, settings } = this.options;
    const why = settings.recover ? notInTime : notAskedFor;
    if (send) await publisher.publish('reprocess-requests', writeRequest(send));
    if (giveUp) await publisher.publish('dead-letter-queue', unrecoverableLetter(giveUp, 'sweep', why, now));
    return ledger.save(gap, version);
  }

  private see(gap: Gap, coverage: RangeCoverage | undefined): void {
    this.unresolved++;
    this.oldestMs = Math.min(this.oldestMs, gap.foundAtMs);
    this.holdWatermarkBelow(coverage?.holes[0]?.from ?? gap.from);
  }

  /** Counts a row that cannot be read as unresolved. Only an operator or new code can change it, so that an alert tells of it. */
  private seeUnreadable(row: UnreadableGap): void {
    if (this.unreadable.has(row.from)) return;
    this.unreadable.add(row.from);
    this.unresolved++;
    this.holdWatermarkBelow(row.from);
    this.deps.log.error(bugMet, new InvariantError(`stream ${row.stream}: ${spellUnreadable(row)}`));
  }

  private holdWatermarkBelow(id: number): void {
    if (this.isFromLowest) this.lowest = Math.min(this.lowest ?? id, id);
  }

  private result(advancedTo: number | undefined, isWhole: boolean): AdvanceResult {
    const { unresolved, oldestMs, errors } = this;
    const lowest = isWhole ? this.lowest : Math.min(this.lowest ?? Number.POSITIVE_INFINITY, this.readTo + 1);
    return { lowest, unresolved, oldestMs, isWhole, advancedTo, errors };
  }
}
