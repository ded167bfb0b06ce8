import { advanceGap, isInferenceDue, type GapStep } from '../../shared/gaps/advance-gap.ts';
import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { isLetterDue, letterIntervalMs } from '../../shared/gaps/letter-times.ts';
import { loadEventsAround } from '../../shared/gaps/load-events.ts';
import { obstacleTo } from '../../shared/gaps/obstacle.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import type { Range } from '../../shared/gaps/range.ts';
import type { NumberedSettings } from '../../shared/gaps/reset.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import type { WaitingGap } from '../../shared/gaps/waiting-gap.ts';
import type { GapPage, Version, Versioned } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { SweepDeps } from './deps.ts';
import { GapCounts } from './gap-counts.ts';
import { GiveUp, maxGapsALetter, type GapToGiveUp, type GiveUpOptions } from './give-up.ts';
import type { KnownReasons } from './known-reasons.ts';
import { loadCoverages } from './load-coverage.ts';
import { WaitingGaps } from './waiting-gaps.ts';

/** The number of gaps in a page. */
const gapsAPage = 200;
/**
 * The number of gaps in a piece of a page. The gaps of a piece are advanced concurrently, and then the clock is
 * checked.
 */
const gapsAtOnce = 50;
/** The time after the end of a sweep in which it gives up gaps, in milliseconds. */
const giveUpMs = 15_000;

export interface AdvanceOptions {
  /** Its `advancedTo` is the position where the previous sweep ran out of time. This sweep continues above it. */
  readonly progress: Progress;
  readonly settings: NumberedSettings;
  readonly now: number;
  readonly record: GiveUpOptions['record'];
  readonly reasons: KnownReasons;
  /** Every unresolved gap, ascending, as this instance has left it. Only due gaps are read. Undefined if all must be read. */
  readonly known: readonly WaitingGap[] | undefined;
  /**
   * When to end, in milliseconds since 1970. After this time the sweep begins no read and advances no gap. There are
   * two exceptions: one piece at the lowest gap, and one piece where the previous sweep ended.
   */
  readonly untilMs: number;
}

/** The state of the unresolved gaps that a sweep has read. */
export interface AdvanceResult {
  /** The unresolved gaps that were read. If not every gap was read, also all ids from the lowest gap that was left out. */
  readonly unresolvedRanges: readonly Range[];
  /** The number of unresolved gaps that were read. */
  readonly unresolved: number;
  /** When the oldest of these gaps was found, or the current time if there is none. */
  readonly oldestMs: number;
  /** The number of gaps that looked like numbers with holes when they should have been inferred. */
  readonly doubtful: number;
  /** Whether every gap was read. */
  readonly isWhole: boolean;
  /** The position where the sweep ended early: the first id of a gap. Undefined if the sweep reached the last gap. */
  readonly advancedTo: number | undefined;
  /** The errors of gaps that could not be advanced. The other gaps were advanced. */
  readonly errors: readonly unknown[];
  /** Every unresolved gap, ascending, for the next sweep. Undefined if it must read all. */
  readonly waiting: readonly WaitingGap[] | undefined;
}

type Position = Pick<AdvanceResult, 'advancedTo' | 'isWhole'>;

type Coverages = ReadonlyMap<Gap, RangeCoverage>;

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
  private readonly deps: SweepDeps;
  private readonly options: AdvanceOptions;
  private readonly counts: GapCounts;
  private readonly waiting: WaitingGaps;
  private readonly toGiveUp: GapToGiveUp[] = [];
  /** The last id of the highest gap that was processed before any jump. */
  private readTo = -1;
  /** Whether the sweep has not jumped, so that no gap between the lowest one and its position was left out. */
  private isFromLowest = true;
  private readonly errors: unknown[] = [];

  constructor(deps: SweepDeps, options: AdvanceOptions) {
    this.deps = deps;
    this.options = options;
    this.counts = new GapCounts(deps.log, options.now);
    const { settings, now, progress, known = [] } = options;
    const mayTell = isLetterDue(progress.gaveUpAtMs, letterIntervalMs, now);
    this.waiting = new WaitingGaps(known, { settings, now, mayTell });
  }

  /** Advances the gaps, and then gives up those that must be given up, with one letter. */
  async run(): Promise<AdvanceResult> {
    const { progress, now, record, untilMs, known } = this.options;
    const position = await (known ? this.readDue() : this.readAll());
    const giveUp = new GiveUp(this.deps, { progress, now, record, untilMs: untilMs + giveUpMs });
    try {
      const waiting = new Set(await giveUp.run(this.toGiveUp));
      for (const gap of this.toGiveUp) {
        if (waiting.has(gap)) this.waiting.noteForLetter(gap.row.value);
        else this.waiting.delete(gap.row.value);
      }
    } catch (error) {
      this.errors.push(error);
    }
    return this.result(position, giveUp.isEachSaved);
  }

  /**
   * Reads only the gaps that are due. When as many must be given up as a letter reports, those that only wait for a letter are
   * left for the next one.
   */
  private async readDue(): Promise<Position> {
    const { ledger } = this.deps;
    const { progress, now, untilMs } = this.options;
    let advancedTo: number | undefined;
    try {
      for (const page of this.waiting.duePages(gapsAPage)) {
        if (this.toGiveUp.length >= maxGapsALetter && page.every(({ dueAtMs }) => dueAtMs > now)) continue;
        if (advancedTo !== undefined && this.isOver(untilMs)) return { advancedTo, isWhole: false };
        const { from = 0 } = page[0] ?? {};
        const rows = await ledger.unresolved(progress.stream, page.length, from > 0 ? from - 1 : undefined);
        this.countUnreadable(rows);
        const { last, isWhole } = await this.advancePage(this.waiting.dueOf(page, rows.gaps), untilMs);
        advancedTo = last?.from ?? advancedTo;
        if (!isWhole) return { advancedTo, isWhole };
      }
      return { advancedTo: undefined, isWhole: true };
    } catch (error) {
      this.errors.push(error);
      return { advancedTo, isWhole: false };
    }
  }

  private countUnreadable({ unreadable }: GapPage): void {
    for (const row of unreadable) this.counts.addUnreadable(row);
  }

  /** @returns The position where the sweep ended early, and whether every gap was read. */
  private async readAll(): Promise<Position> {
    const { ledger } = this.deps;
    const { progress, now, untilMs } = this.options;
    const { stream, advancedTo = -1 } = progress;
    let above: number | undefined;
    /** Whether the sweep must still jump to the position where the previous sweep ended. */
    let mustJump = advancedTo >= 0;
    try {
      for (;;) {
        const page = await ledger.unresolved(stream, gapsAPage, above);
        this.countUnreadable(page);
        const { last, isWhole } = await this.advancePage(page.gaps, mustJump ? now + (untilMs - now) / 2 : untilMs);
        if (isWhole && page.next === undefined) return { advancedTo: undefined, isWhole: this.isFromLowest };
        above = isWhole ? page.next : (last?.from ?? above);
        if (mustJump) {
          mustJump = false;
          if (advancedTo > (above ?? -1)) {
            above = advancedTo;
            this.isFromLowest = false;
          }
        } else if (this.isOver(untilMs)) return { advancedTo: above, isWhole: false };
      }
    } catch (error) {
      this.errors.push(error);
      return { advancedTo: above ?? progress.advancedTo, isWhole: false };
    }
  }

  /**
   * Advances the gaps of one page until the time is over. It always advances the first piece. If a gap fails, its error
   * is kept and the other gaps are still advanced. A failed gap counts as unresolved, and the next sweep tries it
   * again.
   */
  private async advancePage(page: readonly Versioned<Gap>[], untilMs: number): Promise<PageResult> {
    const coverages = await this.readCoverages(page, untilMs);
    const end = coverages ? page.findIndex(({ value }) => !coverages.has(value)) : -1;
    const inTime = end < 0 ? page : page.slice(0, end);
    let count = 0;
    do {
      const piece = inTime.slice(count, count + gapsAtOnce);
      await this.advancePiece(piece, coverages ?? new Map());
      count += piece.length;
    } while (count < inTime.length && !this.isOver(untilMs));
    return { last: inTime[count - 1]?.value, isWhole: count === page.length };
  }

  /** @returns The coverages of the gaps whose blocks were read in time. Undefined if a read failed. */
  private async readCoverages(page: readonly Versioned<Gap>[], untilMs: number): Promise<Coverages | undefined> {
    const known = new Map<Gap, RangeCoverage>();
    for (const { value } of page) {
      const coverage = this.waiting.coverageOf(value);
      if (coverage) known.set(value, coverage);
    }
    const gaps = page.map(({ value }) => value).filter((gap) => !known.has(gap));
    try {
      const read = await loadCoverages(this.deps.blocks, gaps, this.options.settings, () => this.isOver(untilMs));
      return new Map([...known, ...read]);
    } catch (error) {
      this.errors.push(error);
      return undefined;
    }
  }

  private async advancePiece(piece: readonly Versioned<Gap>[], coverages: Coverages): Promise<void> {
    for (const { value } of piece) this.waiting.noteFailed(value, coverages.get(value));
    try {
      const events = await this.loadEvents(piece.map(({ value }) => value));
      await runLimited(piece, gapsAtOnce, async (row) => {
        const coverage = coverages.get(row.value);
        if (coverage) await this.advanceOne(row, coverage, events);
      });
    } catch (error) {
      this.errors.push(error);
    }
    if (this.isFromLowest) this.readTo = piece.at(-1)?.value.to ?? this.readTo;
  }

  /** Loads the events around the gaps that are inferred next, because they show whether events were lost at all. */
  private async loadEvents(gaps: readonly Gap[]): Promise<readonly number[]> {
    const { now, settings, progress, reasons } = this.options;
    const due = gaps.filter((gap) => isInferenceDue(gap, now, settings) && !reasons.of(gap, progress, now));
    return loadEventsAround(this.deps.blocks, progress.stream, due);
  }

  private isOver(untilMs: number): boolean {
    return this.deps.clock.now() >= untilMs;
  }

  private async advanceOne(row: Versioned<Gap>, coverage: RangeCoverage, events: readonly number[]): Promise<void> {
    const { now, settings, progress, reasons } = this.options;
    const { value: gap, version } = row;
    const obstacle = () =>
      reasons.of(gap, progress, now) ??
      reasons.note(gap, obstacleTo(gap, coverage, events, progress, now, settings), now);
    const step = advanceGap(gap, coverage, now, settings, obstacle);
    if (step.giveUp) {
      if (step.giveUp.isDoubtful) this.counts.doubtful++;
      this.toGiveUp.push({ row, gap: step.gap, coverage, reason: step.giveUp });
      this.waiting.note(step.gap, coverage);
      return;
    }
    if (step.gap !== gap && !(await this.record(step, version))) return;
    if (isUnresolved(step.gap)) this.waiting.note(step.gap, coverage);
    else this.waiting.delete(gap);
  }

  /** Publishes before it records. After a crash in between, the message is published again. */
  private async record({ gap, send }: GapStep, version: Version): Promise<boolean> {
    const { publisher, ledger } = this.deps;
    if (send) await publisher.publish('reprocess-requests', writeRequest(send));
    return ledger.save(gap, version);
  }

  /** @param isEachSaved Whether no other instance wrote a row that was given up. */
  private result(position: Position, isEachSaved: boolean): AdvanceResult {
    const { errors } = this;
    const gaps = this.waiting.all();
    for (const gap of gaps) this.counts.add(gap);
    const { unresolved, doubtful, oldestMs, ranges, isEachReadable } = this.counts;
    const leftOut = { from: this.readTo + 1, to: Number.POSITIVE_INFINITY };
    const unresolvedRanges = position.isWhole ? ranges : [...ranges, leftOut];
    const isKnown = position.isWhole && errors.length === 0 && isEachSaved && isEachReadable;
    const waiting = isKnown ? gaps : undefined;
    return { unresolvedRanges, unresolved, doubtful, oldestMs, errors, waiting, ...position };
  }
}
