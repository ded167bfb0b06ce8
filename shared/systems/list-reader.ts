import type { ListAnswer, ListQuery } from '../reconciliation/list.ts';
import { SystemTrouble } from './trouble.ts';

/** Reads a list of a system of record by the vendor's own client, with one request for a page and without retries. */
export interface ListReader {
  /** Reads a page. @throws SystemTrouble, or AccessError if the system refuses the key. No other error. */
  page(query: ListQuery, after: string | undefined, signal: AbortSignal): Promise<ListAnswer>;
}

/**
 * Reads a page, if the system still knows the cursor. Vendors document no answer for a cursor that they do not know any
 * more. Any 4xx for a request with a cursor counts as one, except those about the key or the rate: the span is then
 * read from its beginning, and the first page tells whether the request itself is wrong.
 */
export async function unlessUnknown<Page>(
  after: string | undefined,
  read: () => Promise<Page>,
): Promise<Page | 'unknown cursor'> {
  try {
    return await read();
  } catch (error) {
    if (after !== undefined && error instanceof SystemTrouble && error.kind === 'refusal') return 'unknown cursor';
    throw error;
  }
}
