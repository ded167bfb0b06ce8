import { headOf, type DeadLetter, type DeadLetterHead, type RecordState } from '../dead-letter/dead-letter.ts';
import { isAllowed, type LetterFilter, type LetterOrder } from '../dead-letter/letter-filter.ts';
import type { Code } from '../failure.ts';
import type { FoundLetter, ReasonText, LetterIndex } from '../letter-ports.ts';
import type { Step } from './steps.ts';

/** Searches dead letters in memory. */
export class EmbeddedLetterIndex implements LetterIndex {
  private readonly step: Step;
  private readonly records: () => readonly DeadLetter[];

  /** @param records Returns every record. */
  constructor(step: Step, records: () => readonly DeadLetter[]) {
    this.step = step;
    this.records = records;
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
    const sign = order === 'newest' ? 1 : -1;
    const isLater = ({ filedAtMs, id }: DeadLetter): boolean =>
      !last || sign * compare({ filedAtMs: Number(last[1]), id: last[2] ?? '' }, { filedAtMs, id }) < 0;
    return this.allowed(filter)
      .filter(isLater)
      .toSorted((a, b) => sign * compare(a, b))
      .slice(0, limit)
      .map((record) => ({ head: headOf(record), position: `${record.filedAtMs}/${record.id}` }));
  }

  async count(filter: LetterFilter, max = Number.POSITIVE_INFINITY): Promise<number> {
    await this.step();
    return Math.min(max, this.allowed(filter).length);
  }

  async oldest(state: RecordState): Promise<DeadLetterHead | undefined> {
    await this.step();
    const oldest = this.allowed({ state }).toSorted(compare).at(-1);
    return oldest && headOf(oldest);
  }

  async reasons(code: Code, limit: number): Promise<readonly ReasonText[]> {
    await this.step();
    const texts = new Map(this.allowed({ code }).map(({ reason, failure }) => [reason, failure.detail]));
    return [...texts].map(([reason, text]) => ({ reason, text })).slice(0, limit);
  }

  private allowed(filter: LetterFilter): readonly DeadLetter[] {
    return this.records().filter((record) => isAllowed(record, filter));
  }
}

type Place = Pick<DeadLetter, 'filedAtMs' | 'id'>;

/** Orders letters: those that were opened last first, of those at one time by their ids. */
function compare(a: Place, b: Place): number {
  return b.filedAtMs - a.filedAtMs || (a.id < b.id ? 1 : Number(a.id !== b.id) * -1);
}
