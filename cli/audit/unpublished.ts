import { firstId } from '../../shared/tracking/block.ts';
import { isUnpublished } from '../../shared/tracking/totals.ts';
import type { Stores } from '../stores.ts';

/** An entry that was accepted but is not known to be published. */
export interface Unpublished {
  readonly stream: string;
  readonly eventId: number;
  readonly state: string;
  readonly type: string;
  /** The least time since it was accepted. Its block has not been written later. */
  readonly atLeastMs: number | undefined;
}

export interface UnpublishedList {
  readonly entries: readonly Unpublished[];
  /** Whether there are more. */
  readonly isCut: boolean;
}

/** The most blocks of a stream that are read. */
const maxBlocks = 20;

/**
 * Lists the entries of one stream that were accepted but are not known to be published, ascending. Every event is in
 * this state for about a second: its mark is written with the next commit of its block. After a crash an event stays in
 * it until its message comes again. A mark can also be lost.
 */
export async function listUnpublished({ blocks, catalog, clock }: Stores, stream: string): Promise<UnpublishedList> {
  const { windowMs } = catalog.stream(stream);
  const found = await blocks.unpublished(stream, maxBlocks + 1);
  const entries = found
    .slice(0, maxBlocks)
    .toSorted((a, b) => a.block.index - b.block.index)
    .flatMap(({ block, expireAtMs }) => {
      const atLeastMs = Number.isFinite(expireAtMs) ? clock.now() - (expireAtMs - windowMs) : undefined;
      return block.cells.flatMap((cell, place) =>
        cell.filter(isUnpublished).map(({ state, type }) => ({
          stream,
          eventId: firstId(block.index) + place,
          state,
          type,
          atLeastMs,
        })),
      );
    });
  return { entries, isCut: found.length > maxBlocks };
}
