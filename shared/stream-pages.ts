import { RetryableError } from './errors.ts';
import type { BlockStore } from './ports.ts';

/** The number of streams in a page. Firestore lists at most 300 at a time. */
const streamsAPage = 300;

/** Lists the names of all streams, page by page. The next page is read when it is needed. */
export async function* streamPages(
  blocks: Pick<BlockStore, 'streams'>,
): AsyncGenerator<readonly string[], void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await blocks.streams(streamsAPage, cursor);
    if (!page) throw new RetryableError('the cursor of the list of streams has expired');
    yield page.names;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** Lists the names of all streams, one by one. */
export async function* eachStream(blocks: Pick<BlockStore, 'streams'>): AsyncGenerator<string, void, undefined> {
  for await (const names of streamPages(blocks)) yield* names;
}
