import { headOf, type DeadLetter, type DeadLetterHead, type RecordState } from '../dead-letter/dead-letter.ts';
import { isAllowed, type LetterFilter, type LetterOrder } from '../dead-letter/letter-filter.ts';
import type { Code } from '../failure.ts';
import type { FoundLetter, ReasonText, LetterIndex } from '../letter-ports.ts';
import type { Step } from './steps.ts';

/** The records among which letters are searched. */
interface LetterSource {
  everyRecord(): readonly DeadLetter[];
  /** Returns the number of changes so far. */
  changes(): number;
}

/** Searches dead letters in memory. */
export class EmbeddedLetterIndex implements LetterIndex {
  private readonly step: Step;
  private readonly source: LetterSource;
  private sorted: { readonly records: readonly DeadLetter[]; readonly changes: number } = { records: [], changes: 0 };

  constructor(step: Step, source: LetterSource) {
    this.step = step;
    this.source = source;
  }

  async find(
    filter: LetterFilter,
    limit: number,
    after?: string,
    order: LetterOrder = 'newest',
  ): Promise<readonly FoundLetter[] | undefined> {
    await this.step();
    const last = after === undefined ? undefined : /^(\d{1,16})\/([\w-]{1,64})$/.exec(after);
    if (last === null) return undefined;
    const ordered = order === 'newest' ? this.ordered() : this.ordered().toReversed();
    const found: FoundLetter[] = [];
    const first = last ? indexBehind(ordered, { filedAtMs: Number(last[1]), id: last[2] ?? '' }, order) : 0;
    for (let i = first; i < ordered.length && found.length < limit; i++) {
      const record = ordered[i];
      if (record && isAllowed(record, filter))
        found.push({ head: headOf(record), position: `${record.filedAtMs}/${record.id}` });
    }
    return found;
  }

  async count(filter: LetterFilter, max = Number.POSITIVE_INFINITY): Promise<number> {
    await this.step();
    return Math.min(max, this.allowed(filter).length);
  }

  async oldest(state: RecordState): Promise<DeadLetterHead | undefined> {
    await this.step();
    const oldest = this.allowed({ state }).at(-1);
    return oldest && headOf(oldest);
  }

  async reasons(code: Code, limit: number): Promise<readonly ReasonText[]> {
    await this.step();
    const texts = new Map(this.allowed({ code }).map(({ reason, failure }) => [reason, failure.detail]));
    return [...texts].map(([reason, text]) => ({ reason, text })).slice(0, limit);
  }

  private allowed(filter: LetterFilter): readonly DeadLetter[] {
    return this.ordered().filter((record) => isAllowed(record, filter));
  }

  /** Returns the records in their order, which is kept until one of them changes. */
  private ordered(): readonly DeadLetter[] {
    const changes = this.source.changes();
    if (this.sorted.changes !== changes)
      this.sorted = { records: this.source.everyRecord().toSorted(compare), changes };
    return this.sorted.records;
  }
}

type Place = Pick<DeadLetter, 'filedAtMs' | 'id'>;

/** Returns the index of the first record that comes behind a place. */
function indexBehind(ordered: readonly DeadLetter[], place: Place, order: LetterOrder): number {
  const sign = order === 'newest' ? 1 : -1;
  let [from, to] = [0, ordered.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const record = ordered[middle];
    if (record && sign * compare(place, record) < 0) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Orders letters: those that were opened last first, of those at one time by their ids. */
function compare(a: Place, b: Place): number {
  return b.filedAtMs - a.filedAtMs || (a.id < b.id ? 1 : Number(a.id !== b.id) * -1);
}
