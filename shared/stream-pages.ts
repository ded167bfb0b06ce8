import { RetryableError } from './errors.ts';
import type { BlockStore } from './ports.ts';

/** How many streams are listed at a time: Firestore lists no more than 300. */
const streamsAPage = 300;

/** The names of all streams, page by page: the next page is read when it is asked for. */
export async function* streamPages(
  blocks: Pick<BlockStore, 'streams'>,
): AsyncGenerator<readonly string[], void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await blocks.streams(streamsAPage, cursor);
    if (!page) throw new RetryableError('the list of streams could not be read on from where it was');
    yield page.names;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** The names of all streams, one by one. */
export async function* eachStream(blocks: Pick<BlockStore, 'streams'>): AsyncGenerator<string, void, undefined> {
  for await (const names of streamPages(blocks)) yield* names;
}
