import { ReadableBlocks } from '../../shared/audit/readable-blocks.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { DamagedBlock } from '../../shared/tracking/block-codec.ts';
import type { Block } from '../../shared/tracking/block.ts';
import { anEntry, atOnce, hold } from '../support/builders.ts';

/** A store with the blocks 1 to 5. Any read of block 2 or 4 fails. */
async function damagedStore(): Promise<BlockStore> {
  const blocks = new EmbeddedBlockStore(atOnce);
  for (const index of [1, 2, 3, 4, 5]) await hold(blocks, 'orders', { [index * 256]: anEntry() });
  const checked = (block: Block): Block => {
    if (block.index === 2 || block.index === 4) throw new DamagedBlock(block.index);
    return block;
  };
  return new Proxy(blocks, {
    get: (target, name): unknown => {
      if (name === 'below')
        return async (...query: Parameters<BlockStore['below']>) => (await target.below(...query)).map(checked);
      if (name === 'writtenSince')
        return async function* (...query: Parameters<BlockStore['writtenSince']>) {
          for await (const written of target.writtenSince(...query)) {
            checked(written.block);
            yield written;
          }
        };
      if (name !== 'scan') return Reflect.get(target, name);
      return async function* (...query: Parameters<BlockStore['scan']>) {
        for await (const block of target.scan(...query)) yield checked(block);
      };
    },
  });
}

const indexesOf = (blocks: readonly Block[]): number[] => blocks.map(({ index }) => index);

test('finds the blocks below an index that can be read, and remembers the others', async () => {
  const blocks = new ReadableBlocks(await damagedStore());
  expect(indexesOf(await blocks.below('orders', 5, 4))).toEqual([5, 3, 1]);
  expect(blocks.unreadable.map((line) => line.slice(0, 7))).toEqual(['block 4', 'block 2']);
  expect(indexesOf(await blocks.below('orders', 5, 2))).toEqual([5, 3]);
});

test('remembers the block that ends a search for the latest blocks', async () => {
  const blocks = new ReadableBlocks(await damagedStore());
  const found: Block[] = [];
  for await (const { block } of blocks.writtenSince('orders', 0)) found.push(block);
  expect(indexesOf(found)).toEqual([1]);
  expect(blocks.unreadable).toHaveLength(1);
});
