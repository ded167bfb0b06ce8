import type { Gap } from './gap.ts';
import type { GapLedger, GapPage } from '../ports.ts';

/** The rows of the ledger that are read at once. */
const pageSize = 500;

/**
 * Yields the gaps of a stream in pages, from the highest id down. A page is read when the caller asks for it.
 *
 * @param below Leaves out gaps that begin at or above this id.
 */
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

/** Yields the gaps of {@link gapPages} one by one, without the rows that cannot be read. */
export async function* gapsBelow(
  ledger: Pick<GapLedger, 'list'>,
  stream: string,
  below?: number,
): AsyncGenerator<Gap, void, undefined> {
  for await (const { gaps } of gapPages(ledger, stream, below)) yield* gaps;
}
