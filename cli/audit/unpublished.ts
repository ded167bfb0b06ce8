import { firstId } from '../../shared/tracking/block.ts';
import { isUnpublished } from '../../shared/tracking/totals.ts';
import type { Stores } from '../stores.ts';

/** An entry that was accepted, and is not known to be published. */
export interface Unpublished {
  readonly stream: string;
  readonly eventId: number;
  readonly state: string;
  readonly type: string;
  /** How long ago it was accepted, at the least: its block has not been written since. */
  readonly atLeastMs: number | undefined;
}

export interface UnpublishedList {
  readonly entries: readonly Unpublished[];
  /** Whether there are more. */
  readonly isCut: boolean;
}

/** The most blocks of a stream that are looked into. */
const maxBlocks = 20;

/**
 * What was accepted and is not known to be published, of one stream, ascending. For a second or so that is every event: the mark
 * rides with the next commit of its block. After a crash it is one until its message comes again; and a mark can be lost.
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
