import { bugMet, InvariantError } from '../../shared/errors.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { spellUnreadable } from '../../shared/gaps/spell-unreadable.ts';
import type { Log, UnreadableGap } from '../../shared/ports.ts';

/** Counts the unresolved gaps that a sweep has read or knows. */
export class GapCounts {
  unresolved = 0;
  /** When the oldest of these gaps was found, or the current time if there is none. */
  oldestMs: number;
  /** The number of gaps that looked like numbers with holes when they should have been inferred. */
  doubtful = 0;
  readonly ranges: Range[] = [];
  private readonly log: Pick<Log, 'error'>;
  /**
   * The first ids of the unreadable rows. A row can be read twice, because the rest of an unfinished page is read
   * again.
   */
  private readonly unreadable = new Set<number>();

  constructor(log: Pick<Log, 'error'>, nowMs: number) {
    this.log = log;
    this.oldestMs = nowMs;
  }

  /** Whether no row was unreadable. */
  get isEachReadable(): boolean {
    return this.unreadable.size === 0;
  }

  add({ from, to, foundAtMs }: Pick<Gap, 'from' | 'to' | 'foundAtMs'>): void {
    this.unresolved++;
    this.oldestMs = Math.min(this.oldestMs, foundAtMs);
    this.ranges.push({ from, to });
  }

  /**
   * Counts an unreadable row as unresolved. If its end is not known, any higher id may be in the gap. It also raises an
   * alert, because only an operator or new code can repair the row.
   */
  addUnreadable(row: UnreadableGap): void {
    const { stream, from, to = Number.POSITIVE_INFINITY } = row;
    if (this.unreadable.has(from)) return;
    this.unreadable.add(from);
    this.unresolved++;
    this.ranges.push({ from, to });
    this.log.error(bugMet, new InvariantError(`stream ${stream}: ${spellUnreadable(row)}`));
  }
}
