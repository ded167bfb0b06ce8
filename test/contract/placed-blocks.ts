import { randomUUID } from 'node:crypto';
import { digest } from '../../shared/digest.ts';
import type { BlockRef, BlockStore } from '../../shared/ports.ts';
import { firstId, type Block } from '../../shared/tracking/block.ts';
import { aBlockWith, anEntry, noon } from '../support/builders.ts';

/** Tests how every block store must keep buckets of unnumbered streams, and pages of full blocks. */
export function describePlacedBlocks(name: string, makeStore: () => Promise<BlockStore>): void {
  describe(`${name} keeps buckets and pages apart from blocks`, () => {
    let store: BlockStore;
    let refs: readonly BlockRef[];
    beforeEach(async () => {
      store = await makeStore();
      const kinds = [{}, { isBucket: true }, { page: 'a' }, { page: 'af' }, { isBucket: true, page: 'a' }];
      const stream = `stream-${randomUUID()}`;
      refs = kinds.map((kind) => ({ stream, index: 3, ...kind }));
      await write(refs.map((ref, i) => [ref, blockOf(i)]));
    });

    const unpublished = anEntry({ published: false });
    const blockOf = (i: number): Block => aBlockWith({ [firstId(3) + i]: unpublished });
    const write = (placed: readonly (readonly [BlockRef, Block])[]) =>
      store.write(
        placed.map(([ref, block]) => ({
          ref,
          block,
          expected: undefined,
          expireAtMs: 1_900_000_000_000,
          writtenAtMs: noon,
        })),
      );

    it('although all have one index', async () => {
      const { stream } = refs[0]!;
      expect((await store.read(refs)).map(({ block }) => block)).toEqual(refs.map((_, i) => blockOf(i)));
      const scanned: Block[] = [];
      for await (const block of store.scan(stream, 0, 9)) scanned.push(block);
      expect(scanned).toEqual([blockOf(0)]);
      expect(await store.last(stream)).toEqual(blockOf(0));
      expect(await store.totals(stream, 0, 9)).toMatchObject({ clean: 1 });
      expect((await store.unpublished(stream, 9)).map(({ block }) => block)).toEqual([blockOf(0)]);
      expect((await store.streams(1_000))?.names).toContain(stream);
    });

    it('and finds the bucket with the latest time, whatever blocks and pages there are', async () => {
      const { stream } = refs[0]!;
      const bucketAt = (index: number): Block => aBlockWith({ [firstId(index)]: unpublished });
      const later = [4, 5].map((index) => [{ stream, index, isBucket: true }, bucketAt(index)] as const);
      const others = [{ isBucket: true, page: 'a' }, {}].map(
        (kind) => [{ stream, index: 6, ...kind }, bucketAt(6)] as const,
      );
      await write([...later, ...others]);
      expect(await store.lastBucket(stream)).toEqual(bucketAt(5));
      expect(await store.lastBucket(`${stream}-none`)).toBeUndefined();
    });

    it('and adds up the events of buckets and their pages, although strangers share a place', async () => {
      const stream = `stream-${randomUUID()}`;
      const copies = [anEntry({ key: digest('a') }), anEntry({ key: digest('a'), state: 'closed' })];
      const strangers = [...copies, anEntry({ key: digest('b') }), anEntry({ key: digest('c'), state: 'suspect' })];
      const bucket = (index: number, page = '') =>
        [{ stream, index, isBucket: true, page }, aBlockWith({ [firstId(index)]: strangers })] as const;
      await write([bucket(7), bucket(8), bucket(8, 'f'), bucket(9)]);
      expect(await store.eventTotals(stream, 8)).toEqual({ clean: 6, suspect: 3, reconstructed: 0, closed: 0 });
      expect(await store.eventTotals(stream, 7, 8)).toEqual({ clean: 2, suspect: 1, reconstructed: 0, closed: 0 });
      expect(await store.eventTotals(stream, 10)).toEqual({ clean: 0, suspect: 0, reconstructed: 0, closed: 0 });
    });

    it('and finds those with entries that are not known to be published, or are with verify', async () => {
      const { stream } = refs[0]!;
      const suspect = aBlockWith({ [firstId(4)]: anEntry({ state: 'suspect', published: false }) });
      const settled = aBlockWith({ [firstId(5)]: [anEntry(), anEntry({ state: 'closed', published: false })] });
      const bucketOf = (block: Block) => [{ stream, index: block.index, isBucket: true }, block] as const;
      await write([suspect, settled].map(bucketOf));
      const found = await store.unsettled(stream, 10);
      const names = found.map(({ ref: { index, isBucket = false, page = '' } }) => `${index} ${isBucket} ${page}`);
      expect(names.toSorted()).toEqual(['3 false a', '3 false af', '3 true ', '3 true a', '4 true ']);
      expect(found.find(({ ref }) => ref.index === 4)?.block).toEqual(suspect);
    });
  });
}
