import type { AnswerCounts } from '../gaps/answers.ts';
import { isUnresolved, maxShortGap, type Gap } from '../gaps/gap.ts';
import type { Progress } from '../gaps/progress.ts';
import { overlap, type Range } from '../gaps/range.ts';
import {
  maxLongGaps,
  type BlockRef,
  type GapLedger,
  type GapPage,
  type GapRows,
  type Version,
  type Versioned,
} from '../ports.ts';
import { idsOf } from '../tracking/block.ts';
import type { Step } from './steps.ts';
import { VersionedMap } from './versioned-map.ts';

/** The number of gaps in a page of a search. */
const gapsAPage = 300;

/** Stores the gap ledger in memory. It never has unreadable rows. */
export class EmbeddedGapLedger implements GapLedger {
  private readonly step: Step;
  private readonly byStream = new VersionedMap<Progress>();
  private readonly gaps = new Map<string, VersionedMap<Gap>>();
  /** The first ids of each stream's gaps, ascending. The list is rebuilt when a gap was added. */
  private readonly sorted = new Map<string, readonly number[]>();

  constructor(step: Step) {
    this.step = step;
  }

  async progress(stream: string): Promise<Versioned<Progress> | undefined> {
    await this.step();
    return this.byStream.get(stream);
  }

  async saveProgress(
    stream: string,
    progress: Progress,
    expected: Version | undefined,
    found: readonly Gap[] = [],
  ): Promise<Version | undefined> {
    await this.step();
    const version = this.byStream.put(stream, progress, expected);
    if (version === undefined) return undefined;
    const rows = this.stream(stream);
    for (const gap of found) rows.put(String(gap.from), gap, rows.get(String(gap.from))?.version);
    return version;
  }

  async unresolved(stream: string, limit: number, above = -1): Promise<GapPage> {
    await this.step();
    const rows = this.allUnresolved(stream).filter(({ value }) => value.from > above);
    return pageOf(rows.slice(0, limit), limit, ({ value }) => value.from);
  }

  async untold(stream: string, limit: number, above = -1): Promise<GapPage> {
    await this.step();
    const rows = this.ascending(stream).filter(({ value }) => value.isUntold && value.from > above);
    return pageOf(rows.slice(0, limit), limit, ({ value }) => value.from);
  }

  async countUnresolved(stream: string): Promise<number> {
    await this.step();
    return this.allUnresolved(stream).length;
  }

  async find(stream: string, from: number): Promise<Versioned<Gap> | undefined> {
    await this.step();
    return this.gaps.get(stream)?.get(String(from));
  }

  async save(gap: Gap, expected: Version): Promise<boolean> {
    await this.step();
    return this.stream(gap.stream).put(String(gap.from), gap, expected) !== undefined;
  }

  async overlapping({ stream, index }: BlockRef): Promise<GapRows> {
    await this.step();
    const ids = idsOf(index);
    const found = this.ascending(stream).filter(({ value }) => overlap(value, ids));
    const far = found.filter(({ value }) => value.from <= ids.from - maxShortGap);
    const near = found.slice(far.length);
    return { gaps: [...endingFirst(far, maxLongGaps), ...near], unreadable: [] };
  }

  async *within(stream: string, range: Range): AsyncIterable<GapRows> {
    await this.step();
    const far = this.ascending(stream).filter(({ value }) => value.from <= range.from - maxShortGap);
    const long = far.filter(({ value }) => overlap(value, range));
    yield { gaps: endingFirst(long, maxLongGaps), unreadable: [] };
    for (let above = range.from - maxShortGap; ;) {
      await this.step();
      const rows = this.ascending(stream).filter(({ value }) => value.from > above && value.from <= range.to);
      const page = rows.slice(0, gapsAPage);
      const gaps = page.filter(({ value }) => overlap(value, range));
      yield { gaps, unreadable: [] };
      if (page.length < gapsAPage) return;
      above = page.at(-1)?.value.from ?? range.to;
    }
  }

  async list(stream: string, limit: number, below = Number.POSITIVE_INFINITY): Promise<GapPage<Gap>> {
    await this.step();
    const rows = this.ascending(stream).filter(({ value }) => value.from < below);
    const listed = rows.reverse().slice(0, limit);
    return pageOf(
      listed.map(({ value }) => value),
      limit,
      ({ from }) => from,
    );
  }

  async lateAnswers(stream: string): Promise<AnswerCounts> {
    await this.step();
    const sums = { originals: 0, voids: 0 };
    for (const { value } of this.ascending(stream)) {
      sums.originals += value.lateOriginals ?? 0;
      sums.voids += value.lateVoids ?? 0;
    }
    return sums;
  }

  /** Returns the number of writes. */
  changes(): number {
    return [...this.gaps.values()].reduce((sum, gaps) => sum + gaps.changes(), this.byStream.changes());
  }

  private allUnresolved(stream: string): Versioned<Gap>[] {
    return this.ascending(stream).filter(({ value }) => isUnresolved(value));
  }

  private ascending(stream: string): Versioned<Gap>[] {
    const rows = this.gaps.get(stream);
    if (!rows) return [];
    const known = this.sorted.get(stream);
    const ids =
      known?.length === rows.size
        ? known
        : rows
            .keys()
            .map(Number)
            .sort((a, b) => a - b);
    this.sorted.set(stream, ids);
    return ids.flatMap((from) => rows.get(String(from)) ?? []);
  }

  private stream(name: string): VersionedMap<Gap> {
    const known = this.gaps.get(name);
    if (known) return known;
    const gaps = new VersionedMap<Gap>();
    this.gaps.set(name, gaps);
    return gaps;
  }
}

/** Returns the gaps that end first, at most `limit`, ascending by their first ids. */
function endingFirst(gaps: readonly Versioned<Gap>[], limit: number): readonly Versioned<Gap>[] {
  if (gaps.length <= limit) return gaps;
  const byEnd = gaps.toSorted((a, b) => a.value.to - b.value.to);
  return byEnd.slice(0, limit).sort((a, b) => a.value.from - b.value.from);
}

function pageOf<Row>(gaps: readonly Row[], limit: number, firstIdOfRow: (row: Row) => number): GapPage<Row> {
  const last = gaps.at(-1);
  return { gaps, unreadable: [], next: last === undefined || gaps.length < limit ? undefined : firstIdOfRow(last) };
}
