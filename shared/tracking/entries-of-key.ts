import type { Digest } from '../digest.ts';
import { InvariantError } from '../errors.ts';
import type { BlockStore, StoredBlock } from '../ports.ts';
import { blockIndex, cellOf, isFullBlock } from './block.ts';
import type { Entry } from './entry.ts';
import { digitOf } from './pages.ts';

/** The entries of a key at a place of an unnumbered stream, and the bucket or page that has them. */
export interface EntriesOfKey {
  readonly entries: readonly Entry[];
  /** The last page that was read. It is the bucket itself if `page` is empty. */
  readonly stored: StoredBlock;
  /** The path of the page; empty for the bucket. */
  readonly page: string;
}

/** Finds the entries of a key: in the bucket of their place, or on a page to which the full bucket leads. */
export async function loadEntriesOfKey(
  blocks: Pick<BlockStore, 'read'>,
  { stream, place, key }: { readonly stream: string; readonly place: number; readonly key: Digest },
): Promise<EntriesOfKey> {
  const bucket = { stream, index: blockIndex(place), isBucket: true };
  for (let page = ''; ; page += digitOf(key, page.length)) {
    const [stored] = await blocks.read([page === '' ? bucket : { ...bucket, page }]);
    if (!stored) throw new InvariantError(`the bucket ${bucket.index} of ${stream} was not read`);
    const entries = cellOf(stored.block, place).filter((entry) => entry.key === key);
    if (entries.length > 0 || !isFullBlock(stored.block)) return { entries, stored, page };
  }
}
