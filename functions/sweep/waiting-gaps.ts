import type { Gap } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import type { NumberedSettings } from '../../shared/gaps/reset.ts';
import { duePages, failedGap, gapForLetter, waitingGap, type WaitingGap } from '../../shared/gaps/waiting-gap.ts';
import type { Versioned } from '../../shared/ports.ts';

export interface WaitingGapsOptions {
  readonly settings: NumberedSettings;
  readonly now: number;
  /** Whether a letter may be sent now. */
  readonly mayTell: boolean;
}

/** The unresolved gaps of a stream that a sweep has read or knows from an earlier sweep, and when each is due. */
export class WaitingGaps {
  private readonly options: WaitingGapsOptions;
  private readonly byFirstId: Map<number, WaitingGap>;

  /** @param known The gaps that earlier sweeps have left. */
  constructor(known: readonly WaitingGap[], options: WaitingGapsOptions) {
    this.options = options;
    this.byFirstId = new Map(known.map((gap) => [gap.from, gap]));
  }

  /** Returns the unresolved gaps, ascending. */
  all(): readonly WaitingGap[] {
    return [...this.byFirstId.values()].sort((a, b) => a.from - b.from);
  }

  /** Divides the gaps that are due into pages. */
  duePages(maxGaps: number): readonly (readonly WaitingGap[])[] {
    return [...duePages(this.all(), (gap) => this.isDue(gap), maxGaps)];
  }

  /**
   * Takes up the rows that the query for a page has read. The gaps of the page that it has not found are resolved.
   *
   * @returns The rows to advance.
   */
  dueOf(page: readonly WaitingGap[], rows: readonly Versioned<Gap>[]): readonly Versioned<Gap>[] {
    const lastId = page.at(-1)?.from ?? -1;
    const readTo = rows.length < page.length ? lastId : (rows.at(-1)?.value.from ?? lastId);
    const found = new Set(rows.map(({ value }) => value.from));
    for (const { from } of page) if (from <= readTo && !found.has(from)) this.byFirstId.delete(from);
    return rows.filter(({ value: { from } }) => {
      const known = this.byFirstId.get(from);
      return from <= lastId && (!known || this.isDue(known));
    });
  }

  /** Returns the coverage of a gap, if it is known. */
  coverageOf({ from, to, foundAtMs }: Gap): RangeCoverage | undefined {
    const known = this.byFirstId.get(from);
    return known?.to === to && known.foundAtMs === foundAtMs ? known.coverage : undefined;
  }

  /** Records a gap after its step. */
  note(gap: Gap, coverage: RangeCoverage): void {
    const { now, settings } = this.options;
    this.byFirstId.set(gap.from, waitingGap(gap, now, settings, coverage));
  }

  /** Records that the next sweep must try again. @param coverage The coverage of the gap, if it was read. */
  noteFailed(gap: Gap, coverage?: RangeCoverage): void {
    this.byFirstId.set(gap.from, failedGap(gap, coverage));
  }

  /** Records that a gap must be given up with the next letter. */
  noteForLetter(gap: Gap): void {
    const known = this.byFirstId.get(gap.from);
    if (known) this.byFirstId.set(gap.from, gapForLetter(gap, known, this.options.now));
  }

  delete({ from }: Gap): void {
    this.byFirstId.delete(from);
  }

  private isDue({ dueAtMs, isForLetter }: WaitingGap): boolean {
    const { now, mayTell } = this.options;
    return dueAtMs <= now || (isForLetter && mayTell);
  }
}
