import type { Digest } from '../digest.ts';
import { InvariantError } from '../errors.ts';
import { placeWithKey } from '../place.ts';
import type { BlockStore, StoredBlock } from '../ports.ts';
import { blockIndex, cellOf, isFullBlock } from './block.ts';
import type { Claim } from './claim.ts';
import type { Entry } from './entry.ts';
import { digitOf } from './pages.ts';

/** The entries of a key at an id or at a place of an unnumbered stream, and the block, bucket or page that has them. */
export interface EntriesOfKey {
  readonly entries: readonly Entry[];
  /** The last page that was read. It is the block or bucket itself if `page` is empty. */
  readonly stored: StoredBlock;
  /** The path of the page; empty for the block or bucket. */
  readonly page: string;
}

/** Where the entries of a key are: an id, or a place of an unnumbered stream. */
export interface KeyPosition {
  readonly stream: string;
  readonly place: number;
  readonly isBucket: boolean;
  readonly key: Digest;
}

/** Finds the entries of a key: in their block or bucket, or on a page to which it leads if it is full. */
export async function loadEntriesOfKey(
  blocks: Pick<BlockStore, 'read'>,
  { stream, place, isBucket, key }: KeyPosition,
): Promise<EntriesOfKey> {
  const block = { stream, index: blockIndex(place), ...(isBucket && { isBucket }) };
  for (let page = ''; ; page += digitOf(key, page.length)) {
    const [stored] = await blocks.read([page === '' ? block : { ...block, page }]);
    if (!stored) throw new InvariantError(`block ${block.index} of ${stream} was not read`);
    const entries = cellOf(stored.block, place).filter((entry) => entry.key === key);
    if (entries.length > 0 || !isFullBlock(stored.block)) return { entries, stored, page };
  }
}

/**
 * Whether a block leads to an entry of a claim's identity under other rules. While the rules of identity change, a full
 * block leads the two identities of an event to different pages.
 */
export async function hasFormerEntry(
  blocks: Pick<BlockStore, 'read'>,
  stream: string,
  { eventId, place, formerly, key }: Pick<Claim, 'eventId' | 'place' | 'formerly' | 'key'>,
): Promise<boolean> {
  if (!formerly || formerly.key === key) return false;
  const at = place === undefined ? eventId : placeWithKey(place, formerly.key);
  const position = { stream, place: at, isBucket: place !== undefined, key: formerly.key };
  return (await loadEntriesOfKey(blocks, position)).entries.length > 0;
}
