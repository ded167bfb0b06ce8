import type { Gap, Reason } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { withRoomInLetter, type GivenUpGap } from '../../shared/gaps/letter-entries.ts';
import { doubtIntervalMs, isLetterDue, letterIntervalMs } from '../../shared/gaps/letter-times.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { givenUp, told } from '../../shared/gaps/recount.ts';
import { unrecoverableLetter } from '../../shared/gaps/unrecoverable.ts';
import type { Version, Versioned } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { TickDeps } from './deps.ts';
import { loadUntold } from './load-untold.ts';

/** A gap to give up, and why. */
export interface GapToGiveUp {
  /** The row as it is stored. */
  readonly row: Versioned<Gap>;
  /** The gap to record: the row with the answers that have come. */
  readonly gap: Gap;
  readonly coverage: Pick<RangeCoverage, 'missing' | 'holes' | 'fills'>;
  readonly reason: Reason;
}

/** When letters reported gaps, and whether gaps were given up since that no letter reports yet. */
export type TellTimes = Pick<Progress, 'gaveUpAtMs' | 'doubtToldAtMs' | 'hasUntold'>;

export interface GiveUpOptions {
  readonly progress: Progress;
  readonly now: number;
  /** Records when letters reported gaps. @returns Whether no other sweep wrote in between. */
  readonly record: (times: TellTimes) => Promise<boolean>;
  /** When to end, in milliseconds since 1970. Gaps that are not saved by then wait for the next letter. */
  readonly untilMs: number;
}

/** The number of rows that are saved at a time. Then the clock is checked. */
const savesAtOnce = 50;
/** The maximum number of gaps that one letter reports, of each kind: doubtful and other gaps. */
export const maxGapsALetter = 5_000;

/** A row that a letter reports: what the letter says, and how the row is saved. */
interface TellRow {
  readonly listed: GivenUpGap;
  readonly version: Version;
  readonly savedAs: (naming: Gap) => Gap;
  readonly value: Gap;
}

/**
 * Gives up gaps. One letter reports all of them. If the last letter was less than ten minutes ago, they wait. Doubtful
 * gaps are reported once a day, because there can be very many. Those of the rest of the day are given up without a
 * letter, and the next letter about doubtful gaps reports them.
 *
 * The time of the letter is recorded before it is published. So there are not more letters if sweeps crash or overlap:
 * the gaps wait for ten minutes more. The time of a letter about doubtful gaps is recorded after it, because no such gap
 * may be given up on account of a letter that was never published. The rows are saved last, and the one that names the
 * letter before the others. So a later letter has another name, or lists all gaps of this one.
 */
export class GiveUp {
  private readonly deps: Pick<TickDeps, 'ledger' | 'publisher' | 'clock'>;
  private readonly options: GiveUpOptions;
  private times: TellTimes;
  /** Whether no other instance wrote one of the rows that this one tried to save. */
  isEachSaved = true;

  constructor(deps: Pick<TickDeps, 'ledger' | 'publisher' | 'clock'>, options: GiveUpOptions) {
    this.deps = deps;
    this.options = options;
    const { gaveUpAtMs, doubtToldAtMs, hasUntold } = options.progress;
    this.times = { gaveUpAtMs, doubtToldAtMs, hasUntold };
  }

  /**
   * Gives up what may be given up, and records the answers of the gaps that wait. Otherwise the answers that come while
   * they wait would count as if they had come by the deadline.
   *
   * @returns The gaps that could not be given up yet.
   */
  async run(gaps: readonly GapToGiveUp[]): Promise<readonly GapToGiveUp[]> {
    const waiting = await this.giveUp(gaps);
    const changed = waiting.filter(({ row, gap }) => gap !== row.value);
    await this.saveInTime(changed, ({ row: { version }, gap }) => this.deps.ledger.save(gap, version));
    return waiting;
  }

  /** @returns The gaps that could not be given up yet. */
  private async giveUp(gaps: readonly GapToGiveUp[]): Promise<readonly GapToGiveUp[]> {
    const isSilent = ({ reason }: GapToGiveUp): boolean => reason.isDoubtful && !this.isDoubtDue;
    const silent = gaps.filter(isSilent);
    const waiting = await this.giveUpSilently(silent);
    const toTell = gaps.filter((gap) => !isSilent(gap));
    const { gaveUpAtMs } = this.times;
    if (!isLetterDue(gaveUpAtMs, letterIntervalMs, this.options.now)) return [...waiting, ...toTell];
    return [...waiting, ...(await this.tell(toTell))];
  }

  private get isDoubtDue(): boolean {
    return isLetterDue(this.times.doubtToldAtMs, doubtIntervalMs, this.options.now);
  }

  /** Gives up doubtful gaps that a later letter reports. @returns Those that could not be given up yet. */
  private async giveUpSilently(gaps: readonly GapToGiveUp[]): Promise<readonly GapToGiveUp[]> {
    // It is recorded each time. Otherwise another sweep may record meanwhile that every gap was reported.
    if (gaps.length === 0 || !(await this.record({ hasUntold: true }))) return gaps;
    const { now } = this.options;
    const saved = await this.saveInTime(gaps, ({ row: { version }, gap, coverage, reason }) =>
      this.deps.ledger.save(givenUp(gap, coverage, reason.why, now), version),
    );
    return gaps.slice(saved);
  }

  /** @returns The gaps that could not be given up yet. */
  private async tell(gaps: readonly GapToGiveUp[]): Promise<readonly GapToGiveUp[]> {
    const { rows, isAll } = await this.rowsToTell(gaps);
    const [first, ...others] = rows;
    const { now, progress } = this.options;
    if (!first) {
      if (isAll && this.times.hasUntold) await this.record({ hasUntold: undefined });
      return gaps;
    }
    if (!(await this.record({ gaveUpAtMs: now }))) return gaps;
    const letter = unrecoverableLetter(
      progress.stream,
      rows.map(({ listed }) => listed),
      now,
    );
    await this.deps.publisher.publish('dead-letter-queue', letter);
    if (isAll && rows.some(({ listed }) => listed.isDoubtful))
      if (!(await this.record({ doubtToldAtMs: now, hasUntold: undefined }))) return gaps;
    const save = ({ savedAs, version }: TellRow): Promise<boolean> =>
      this.deps.ledger.save(savedAs(first.value), version);
    if (!(await save(first))) return gaps;
    const saved = await this.saveInTime(others, save);
    const done = new Set([first, ...others.slice(0, saved)].map(({ value }) => value));
    return gaps.filter(({ row }) => !done.has(row.value));
  }

  /**
   * Returns the rows that the next letter reports, ascending.
   *
   * @returns isAll: Whether they are all doubtful gaps that are to be reported.
   */
  private async rowsToTell(
    gaps: readonly GapToGiveUp[],
  ): Promise<{ readonly rows: readonly TellRow[]; readonly isAll: boolean }> {
    const { now } = this.options;
    const rows = gaps.map((gap) => tellRowOf(gap, now));
    const others = rows.filter(({ listed }) => !listed.isDoubtful).slice(0, maxGapsALetter);
    if (!this.isDoubtDue) return { rows: others, isAll: false };
    const untold = this.times.hasUntold
      ? await loadUntold(this.deps, this.options.progress.stream, maxGapsALetter, () => this.isOver)
      : { rows: [], isAll: true };
    const doubtful = [...rows.filter(({ listed }) => listed.isDoubtful), ...untold.rows.map(untoldRowOf)];
    const ranges = doubtful.sort(ascending).map((row) => ({ ...row.value, row }));
    const fitting = withRoomInLetter(ranges).slice(0, maxGapsALetter);
    return {
      rows: [...others, ...fitting.map(({ row }) => row)].sort(ascending),
      isAll: untold.isAll && fitting.length === doubtful.length,
    };
  }

  private async record(times: TellTimes): Promise<boolean> {
    this.times = { ...this.times, ...times };
    return this.options.record(this.times);
  }

  /**
   * Saves rows until the time is over, but at least one piece. A row that another instance has written meanwhile is left
   * for the next sweep.
   *
   * @returns The number of rows for which this was done.
   */
  private async saveInTime<Row>(rows: readonly Row[], save: (row: Row) => Promise<boolean>): Promise<number> {
    let count = 0;
    while (count < rows.length && (count === 0 || !this.isOver)) {
      const piece = rows.slice(count, count + savesAtOnce);
      await runLimited(piece, savesAtOnce, async (row) => {
        if (!(await save(row))) this.isEachSaved = false;
      });
      count += piece.length;
    }
    return count;
  }

  private get isOver(): boolean {
    return this.deps.clock.now() >= this.options.untilMs;
  }
}

function tellRowOf({ row: { value, version }, gap, coverage, reason }: GapToGiveUp, now: number): TellRow {
  const { from, to, foundAtMs } = value;
  const { missing, holes } = coverage;
  return {
    listed: { from, to, foundAtMs, ...reason, missing, holes },
    version,
    savedAs: (naming) => givenUp(gap, coverage, reason.why, now, naming),
    value,
  };
}

/** Of a gap that was given up before, the letter has the range. The blocks have the ids. */
function untoldRowOf({ value, version }: Versioned<Gap>): TellRow {
  const { from, to, foundAtMs, why = '', missing = 0 } = value;
  return {
    listed: { from, to, foundAtMs, why, isDoubtful: true, missing, holes: [{ from, to }] },
    version,
    savedAs: (naming) => told(value, naming),
    value,
  };
}

function ascending(a: TellRow, b: TellRow): number {
  return a.value.from - b.value.from;
}
