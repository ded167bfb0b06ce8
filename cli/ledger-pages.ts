import type { Gap } from '../shared/gaps/gap.ts';
import type { GapLedger, GapPage } from '../shared/ports.ts';

/** How many rows of the ledger are read at once. */
const pageSize = 500;

/** The gaps of a stream, or only those that begin below an id, from the highest down: a page is read when it is asked for. */
export async function* gapPages(
  ledger: Pick<GapLedger, 'list'>,
  stream: string,
  below?: number,
): AsyncGenerator<GapPage<Gap>, void, undefined> {
  for (let next = below; ;) {
    const page = await ledger.list(stream, pageSize, next);
    yield page;
    next = page.next;
    if (next === undefined) return;
  }
}

/** The same, one by one, without the rows that cannot be read. */
export async function* gapsBelow(
  ledger: Pick<GapLedger, 'list'>,
  stream: string,
  below?: number,
): AsyncGenerator<Gap, void, undefined> {
  for await (const { gaps } of gapPages(ledger, stream, below)) yield* gaps;
}
