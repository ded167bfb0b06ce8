import type { BlockRef, BlockStore, StoredBlock, UuidKeys } from '../ports.ts';
import { runLimited } from '../run-limited.ts';
import { blockIndex, cellOf, isFullBlock } from '../tracking/block.ts';
import { digitOf } from '../tracking/pages.ts';
import { slotName } from '../tracking/slot.ts';
import type { ListedEvent } from './listed-event.ts';

/** The maximum number of blocks in one read, and of uuids that are read at a time. */
const maxRead = 100;

interface Sought {
  readonly event: ListedEvent;
  readonly ref: BlockRef;
}

/**
 * Returns the events that no entry of a stream has, in whatever state. A full bucket leads on to a page, where an event
 * is sought next.
 *
 * @param keys Asked too, if the place of a message's event depends on when the message came.
 */
export async function findUnheld(
  stream: string,
  events: readonly ListedEvent[],
  { blocks, keys }: { readonly blocks: BlockStore; readonly keys: UuidKeys | undefined },
): Promise<readonly ListedEvent[]> {
  const distinct = [...new Map(events.map((event) => [event.key, event])).values()];
  const held = await heldIn(stream, distinct, blocks);
  const unheld = distinct.filter((event) => !held.has(event));
  if (!keys) return unheld;
  const missing: ListedEvent[] = [];
  await runLimited(unheld, maxRead, async (event) => {
    if ((await keys.holder(stream, event.key)) === undefined) missing.push(event);
  });
  return missing;
}

/** Returns those of the events that the buckets of a stream, or their pages, have. */
async function heldIn(
  stream: string,
  events: readonly ListedEvent[],
  blocks: BlockStore,
): Promise<ReadonlySet<ListedEvent>> {
  const held = new Set<ListedEvent>();
  let sought: readonly Sought[] = events.map((event) => ({
    event,
    ref: { stream, index: blockIndex(event.place), isBucket: true },
  }));
  while (sought.length > 0) {
    const stored = await readAll(sought, blocks);
    const further: Sought[] = [];
    for (const each of sought) {
      const { event, ref } = each;
      const block = stored.get(slotName(ref))?.block;
      if (!block) continue;
      if (cellOf(block, event.place).some(({ key }) => event.digests.includes(key))) held.add(event);
      else if (isFullBlock(block)) further.push(...onPages(each));
    }
    sought = further;
  }
  return held;
}

/** Returns the pages on which an event may be, one for each identity. */
function onPages({ event, ref }: Sought): readonly Sought[] {
  const { page = '' } = ref;
  return event.digests.map((key) => ({ event, ref: { ...ref, page: page + digitOf(key, page.length) } }));
}

/** Reads each block once. */
async function readAll(sought: readonly Sought[], blocks: BlockStore): Promise<ReadonlyMap<string, StoredBlock>> {
  const refs = new Map(sought.map(({ ref }) => [slotName(ref), ref]));
  const read = new Map<string, StoredBlock>();
  for (const some of piecesOf([...refs.values()])) {
    const stored = await blocks.read(some);
    for (const [i, ref] of some.entries()) {
      const one = stored[i];
      if (one) read.set(slotName(ref), one);
    }
  }
  return read;
}

function piecesOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / maxRead) }, (_, i) => all.slice(i * maxRead, (i + 1) * maxRead));
}
