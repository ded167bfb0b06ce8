import { digest } from '../../shared/digest.ts';
import { defaultStreamSettings } from '../../shared/stream-settings.ts';
import { placeOfKey } from '../../shared/place.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { blockIndex, blockSize, maxFurther } from '../../shared/tracking/block.ts';
import { anEntry } from './builders.ts';

const { bucketMs, windowMs } = defaultStreamSettings;
const entriesACell = 1 + maxFurther / blockSize;

/**
 * Stores the bucket of an instant with thousands of published events, so that it is full but for some further entries.
 *
 * @param instantMs In a bucket of the default length.
 */
export async function storeFullBucket(
  blocks: Pick<BlockStore, 'write'>,
  stream: string,
  { instantMs, nowMs, room = 0 }: { readonly instantMs: number; readonly nowMs: number; readonly room?: number },
): Promise<void> {
  const index = blockIndex(placeOfKey('', instantMs, bucketMs));
  const entryAt = (cell: number, n: number) =>
    anEntry({ key: digest(`earlier-${cell}-${n}`), root: digest(`events/earlier-${cell}-${n}`) });
  const cells = Array.from({ length: blockSize }, (_, cell) =>
    Array.from({ length: entriesACell - (cell < room ? 1 : 0) }, (__, n) => entryAt(cell, n)),
  );
  const times = { expireAtMs: nowMs + 2 * windowMs, writtenAtMs: nowMs };
  const ref = { stream, index, isBucket: true };
  await blocks.write([{ ref, block: { index, cells }, expected: undefined, ...times }]);
}
