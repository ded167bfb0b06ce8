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
const notAskedFor =
  'not requested, because the stream has recover: false, and not received within the deduplication window';

/** The number of gaps in a page. */
const gapsAPage = 200;
/**
 * The number of gaps in a piece of a page. The gaps of a piece are advanced concurrently, and then the clock is
 * checked.
 */
const gapsAtOnce = 50;

export interface AdvanceOptions {
  readonly stream: string;
  readonly settings: StreamSettings;
  readonly now: number;
  /** The position where the previous sweep ran out of time: the first id of a gap. This sweep continues above it. */
  readonly advancedTo: number | undefined;
  /**
   * When to end, in milliseconds since 1970. After this time the sweep begins no read and advances no gap. There are
   * two exceptions: one piece at the lowest gap, and one piece where the previous sweep ended.
   */
  readonly untilMs: number;
}

/** The state of the unresolved gaps that a sweep has read. */
export interface AdvanceResult {
  /**
   * The lowest id that may be missing. This sweep found all ids below it accounted for. Undefined if no gap is left.
   */
  readonly lowest: number | undefined;
  /** The number of unresolved gaps that were read. */
  readonly unresolved: number;
  /** When the oldest of these gaps was found, or the current time if there is none. */
  readonly oldestMs: number;
  /** Whether every gap was read. */
  readonly isWhole: boolean;
  /** The position where the sweep ended early: the first id of a gap. Undefined if the sweep reached the last gap. */
  readonly advancedTo: number | undefined;
  /** The errors of gaps that could not be advanced. The other gaps were advanced. */
  readonly errors: readonly unknown[];
}

/** The last processed gap of a page, and whether the whole page was processed. */
interface PageResult {
  readonly last: Gap | undefined;
  readonly isWhole: boolean;
}

/**
 * Advances the unresolved gaps of a stream page by page. It publishes the requests and letters of a page and records
 * its gaps before it reads the next page. It also checks the clock within a page, because each gap may need its own
 * call. When the time is over, it returns its position. The next sweep continues there, so that every gap is processed.
 * Each sweep begins with the first page, because the lowest gaps limit the watermark. If it then has to jump to a saved
 * position, the first page gets half of the time.
 *
 *     gaps           page 1   page 2   page 3   page 4
 *     one sweep      ■■■■■■   ■■■■                        out of time: advancedTo is the last processed gap
 *     the next       ■■■■■■       ■■   ■■■■■■
 */
export class GapAdvance {
  private readonly deps: TickDeps;
  private readonly options: AdvanceOptions;
  private lowest: number | undefined;
  private oldestMs: number;
  private unresolved = 0;
  /** The last id of the highest gap that was processed before any jump. */
  private readTo = -1;
  /** Whether the sweep has not jumped, so that no gap between the lowest one and its position was left out. */
  private isFromLowest = true;
  /**
   * The first ids of the unreadable rows. A row can be read twice, because the rest of an unfinished page is read
   * again.
   */
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
    /** Whether the sweep must still jump to the position where the previous sweep ended. */
    let mustJump = advancedTo >= 0;
    try {
      for (;;) {
        const page = await ledger.unresolved(stream, gapsAPage, above);
        page.unreadable.forEach((row) => {
          this.countUnreadable(row);
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
   * Advances the gaps of one page until the time is over. It always advances the first piece. If a gap fails, its error
   * is kept and the other gaps are still advanced. A failed gap counts as unresolved, and the next sweep tries it
   * again.
   */
  private async advancePage(page: readonly Versioned<Gap>[], untilMs: number): Promise<PageResult> {
    const coverages = await this.readCoverages(page, untilMs);
    const inTime = coverages ? page.slice(0, coverages.length) : page;
    let count = 0;
    do {
      const piece = inTime.slice(count, count + gapsAtOnce);
      await this.advancePiece(piece, coverages?.slice(count, count + gapsAtOnce) ?? []);
      count += piece.length;
    } while (count < inTime.length && !this.isOver(untilMs));
    return { last: inTime[count - 1]?.value, isWhole: count === page.length };
  }

  /** @returns The coverages of the gaps whose blocks were read in time. Undefined if a read failed. */
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
    const done = new Set<Gap>();
    try {
      await runLimited(piece, gapsAtOnce, async ({ value, version }, i) => {
        const coverage = coverages[i];
        if (coverage && (await this.advanceOne(value, version, coverage))) done.add(value);
      });
    } catch (error) {
      this.errors.push(error);
    }
    piece.forEach(({ value }, i) => {
      if (!done.has(value)) this.countUnresolved(value, coverages[i]);
    });
    if (this.isFromLowest) this.readTo = piece.at(-1)?.value.to ?? this.readTo;
  }

  private isOver(untilMs: number): boolean {
    return this.deps.clock.now() >= untilMs;
  }

  /** @returns Whether the gap is resolved and recorded. */
  private async advanceOne(gap: Gap, version: Version, coverage: RangeCoverage): Promise<boolean> {
    const { now, settings } = this.options;
    const step = advanceGap(gap, coverage, now, settings);
    const isRecorded = step.gap === gap || (await this.record(step, version));
    return isRecorded && !isUnresolved(step.gap);
  }

  /** Publishes before it records. After a crash in between, the message is published again. */
  private async record({ gap, send, giveUp }: GapStep, version: Version): Promise<boolean> {
    const { publisher, ledger } = this.deps;
    const { now, settings } = this.options;
    const why = settings.recover ? notInTime : notAskedFor;
    if (send) await publisher.publish('reprocess-requests', writeRequest(send));
    if (giveUp) await publisher.publish('dead-letter-queue', unrecoverableLetter(giveUp, 'sweep', why, now));
    return ledger.save(gap, version);
  }

  private countUnresolved(gap: Gap, coverage: RangeCoverage | undefined): void {
    this.unresolved++;
    this.oldestMs = Math.min(this.oldestMs, gap.foundAtMs);
    this.holdWatermarkBelow(coverage?.holes[0]?.from ?? gap.from);
  }

  /**
   * Counts an unreadable row as unresolved. It also raises an alert, because only an operator or new code can repair
   * the row.
   */
  private countUnreadable(row: UnreadableGap): void {
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
