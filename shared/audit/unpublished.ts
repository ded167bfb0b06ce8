import type { BlockRef, StoredBlock } from '../ports.ts';
import { firstId, isFullBlock } from '../tracking/block.ts';
import type { Entry } from '../tracking/entry.ts';
import { isUnpublished } from '../tracking/totals.ts';
import type { AuditStores } from './audit-stores.ts';

/** An entry that was accepted but is not known to be published, or that has been with verify for long. */
export interface Unpublished {
  readonly stream: string;
  /** Undefined in an unnumbered stream. */
  readonly eventId: number | undefined;
  readonly state: string;
  readonly type: string;
  /** The timestamp of the event, in milliseconds since 1970. */
  readonly instantMs: number | undefined;
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

/** How long an event may be with verify before it is listed, in milliseconds. */
const longSuspectMs = 3_600_000;

/**
 * Lists the entries of one stream that were accepted but are not known to be published, by block. Every event is in
 * this state for about a second: its mark is written with the next commit of its block. After a crash an event stays in
 * it until its message comes again. A mark can also be lost. Of buckets and pages it also lists the entries that have
 * been with verify for an hour, because no totals count them.
 */
export async function listUnpublished(stores: AuditStores, stream: string): Promise<UnpublishedList> {
  const { blocks } = stores;
  const found = await blocks.unpublished(stream, maxBlocks + 1);
  const apart = await blocks.unsettled(stream, maxBlocks + 1);
  const listed = [
    ...found
      .slice(0, maxBlocks)
      .toSorted((a, b) => a.block.index - b.block.index)
      .map((stored) => entriesOf(stores, stored, { stream, isBucket: false })),
    ...apart.slice(0, maxBlocks).map((stored) => entriesOf(stores, stored, stored.ref)),
  ];
  return { entries: listed.flat(), isCut: found.length > maxBlocks || apart.length > maxBlocks };
}

function entriesOf(
  { catalog, clock }: AuditStores,
  { block, expireAtMs }: StoredBlock,
  { stream, isBucket = false }: Pick<BlockRef, 'stream' | 'isBucket'>,
): readonly Unpublished[] {
  const { windowMs } = catalog.stream(stream);
  // A full block is stored for two windows.
  const writtenAtMs = expireAtMs - windowMs * (isFullBlock(block) ? 2 : 1);
  const atLeastMs = Number.isFinite(expireAtMs) ? clock.now() - writtenAtMs : undefined;
  const isLongSuspect = ({ state }: Entry): boolean => state === 'suspect' && (atLeastMs ?? 0) >= longSuspectMs;
  return block.cells.flatMap((cell, place) =>
    cell
      .filter((entry) => isUnpublished(entry) || isLongSuspect(entry))
      .map(({ state, type, instantMs }) => {
        const eventId = isBucket ? undefined : firstId(block.index) + place;
        return { stream, eventId, state, type, instantMs, atLeastMs };
      }),
  );
}
