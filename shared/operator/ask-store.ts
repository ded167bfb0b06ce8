import type { HeldOutcome, ReplayedEntry } from '../dead-letter/dead-letter.ts';
import { digest, type Digest } from '../digest.ts';
import type { EntryRef } from '../messages/attributes.ts';
import type { BlockStore } from '../ports.ts';
import { blockIndex, cellOf } from '../tracking/block.ts';
import { loadEntriesOfKey } from '../tracking/entries-of-key.ts';
import type { Entry } from '../tracking/entry.ts';

/** The entries that the store holds for the event of a letter. */
export interface StoreAnswer {
  /** The entries with the root of the letter, and those with the key of the content that would be sent. */
  readonly entries: readonly Entry[];
  /**
   * Whether the content is settled: its entry is marked as published, or another root holds the same key and content.
   * Undefined if it is not known to be.
   */
  readonly holds: HeldOutcome | undefined;
  /** Whether an event of the letter may still be published, or may have been without a mark. */
  readonly mayBePublished: boolean;
}

/** The event that the store is asked about. */
export interface AskedEvent {
  readonly root: string;
  /** The entry of the content that would be sent, or was sent last. */
  readonly entry: ReplayedEntry | undefined;
  /** Where the entry of the letter's first message is. */
  readonly left?: EntryRef | undefined;
}

/** Asks the store what it holds for the event of a letter. */
export async function askStore(
  blocks: Pick<BlockStore, 'read'>,
  { root, entry, left }: AskedEvent,
): Promise<StoreAnswer> {
  const own = digest(root);
  const positions: Position[] = [];
  if (entry) positions.push(...[entry, ...(entry.formerly ? [{ ...entry, ...entry.formerly }] : [])]);
  if (left && !(entry && isSamePlace(left, entry))) {
    const { stream, at, isPlace, key } = left;
    positions.push({ stream, at, isUnnumbered: isPlace, key: key === undefined ? undefined : digest(key) });
  }
  const found = await Promise.all(positions.map((position) => entriesAt(blocks, position, own)));
  const entries = found.flat();
  const held = entry && entries.find((one) => answersFor(one, entry, own));
  return {
    entries,
    holds: held && (held.root === own ? 'published' : 'already there'),
    mayBePublished: entries.some((one) => one.root === own && (one.state === 'clean' || one.state === 'suspect')),
  };
}

type Position = Omit<ReplayedEntry, 'key' | 'hash' | 'formerly'> & { readonly key: Digest | undefined };

/** Reads the entries of a root, and those of a key, at one id or place. */
async function entriesAt(
  blocks: Pick<BlockStore, 'read'>,
  { stream, at, isUnnumbered, key }: Position,
  root: Digest,
): Promise<readonly Entry[]> {
  const ref = { stream, index: blockIndex(at), ...(isUnnumbered && { isBucket: true }) };
  const [stored] = await blocks.read([ref]);
  const own = stored ? cellOf(stored.block, at).filter((entry) => entry.root === root && entry.key !== key) : [];
  if (key === undefined) return own;
  const { entries } = await loadEntriesOfKey(blocks, { stream, place: at, isBucket: isUnnumbered, key });
  return [...own, ...entries];
}

function isSamePlace({ stream, at, isPlace }: EntryRef, entry: ReplayedEntry): boolean {
  return stream === entry.stream && at === entry.at && isPlace === entry.isUnnumbered;
}

/** Whether an entry answers for a content: it is published, or another root holds it. */
function answersFor({ state, root, key, hash, published }: Entry, { formerly, ...entry }: ReplayedEntry, own: Digest) {
  if (state !== 'clean') return false;
  const isSame = [entry, ...(formerly ? [formerly] : [])].some((one) => one.key === key && one.hash === hash);
  return isSame && (root !== own || published);
}
