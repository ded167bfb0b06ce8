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

/** The number of gaps in a page. */
const gapsAPage = 200;
/** The number of gaps that are advanced at a time. The clock is checked after each such piece. */
const gapsAtOnce = 50;

export interface AdvanceOptions {
  readonly stream: string;
  readonly settings: StreamSettings;
  readonly now: number;
  /** The first id of the gap at which the previous sweep ran out of time. */
  readonly advancedTo: number | undefined;
  /**
   * When to end, in milliseconds since 1970. Afterwards no read begins and no gap is advanced, except one piece of work
   * at the lowest gap, and one where the previous sweep ended.
   */
  readonly untilMs: number;
}

/** The state of the unresolved gaps that a sweep has read. */
export interface AdvanceResult {
  /** All ids below it are accounted for, as far as this sweep knows. Undefined if no gap is left. */
  readonly lowest: number | undefined;
  /** The number of unresolved gaps that were read. */
  readonly unresolved: number;
  /** When the oldest of these gaps was found, or the current time if there is none. */
  readonly oldestMs: number;
  /** Whether every gap was read. */
  readonly isWhole: boolean;
  /** The gap at which time ran out. */
  readonly advancedTo: number | undefined;
  /** The errors of gaps that could not be advanced. The other gaps were. */
  readonly errors: readonly unknown[];
}

/** The last processed gap of a page, and whether the whole page was processed. */
interface PageResult {
  readonly last: Gap | undefined;
  readonly isWhole: boolean;
}

/**
 * Advances the unresolved gaps of a stream page by page. The next page is read when the requests and letters of the
 * previous page are published and recorded. The clock is checked within a page too, because each gap may need a call of
 * its own. If the time is over, the next sweep continues at that gap, so that every gap is processed. Each sweep also
 * processes the first page, in at most half of its time, because the lowest gaps bound the watermark.
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
  /**
   * The last id of the gaps that were read without a jump from the lowest one on, and whether there was no jump so far.
   */
  private readTo = -1;
  private isFromLowest = true;
  /**
   * The unreadable rows, by their first ids. The rest of an unfinished page is read again, so a row can occur twice.
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
    /** Whether the sweep must still jump to the gap at which the previous sweep ended. */
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
   * Advances the gaps of one page until the time is over, but at least the first piece. An error is recorded, and the
   * other gaps are still advanced. The failed gaps count as unresolved. The next sweep tries them again.
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

  /** @returns The coverage of each gap that was read in time. Undefined if the read failed. */
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

  private see(gap: Gap, coverage: RangeCoverage | undefined): void {
    this.unresolved++;
    this.oldestMs = Math.min(this.oldestMs, gap.foundAtMs);
    this.holdWatermarkBelow(coverage?.holes[0]?.from ?? gap.from);
  }

  /**
   * Counts an unreadable row as unresolved, and raises an alert, because only an operator or new code can repair the
   * row.
   */
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
