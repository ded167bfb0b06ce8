import { randomUUID } from 'node:crypto';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import { InvariantError, RetryableError } from '../../shared/errors.ts';
import type { BlockStore, BlockWrite, WriteOutcome } from '../../shared/ports.ts';
import { emptyBlock, firstId, type Block } from '../../shared/tracking/block.ts';
import type { Entry, EntryState } from '../../shared/tracking/entry.ts';
import { aBlockWith, anEntry, aRevisedCell, minuteMs, noon } from '../support/builders.ts';
import { aBlock, anEventClaim, groupCommitOn, largestBlock, refusing } from './claims.ts';

/** Milliseconds since 1970. */
const someday = 1_900_000_000_000;
/** The index of the block of the highest possible id, 2^53 − 1. */
const highestIndex = 2 ** 45 - 1;

/** Tests the behaviour that every block store must have. */
export function describeBlockStore(name: string, makeStore: () => Promise<BlockStore>): void {
  describe(`${name} keeps blocks`, () => {
    let store: BlockStore;
    let stream: string;
    beforeAll(async () => {
      store = await makeStore();
    });
    beforeEach(() => {
      stream = `stream-${randomUUID()}`;
    });

    const aWrite = (block: Block, expected?: string): BlockWrite => ({
      ref: { stream, index: block.index },
      block,
      expected,
      expireAtMs: someday,
      writtenAtMs: noon,
    });
    const write = async (block: Block, expected?: string): Promise<WriteOutcome> =>
      (await store.write([aWrite(block, expected)]))[0]!;
    const writtenVersion = async (block: Block, expected?: string): Promise<string> => {
      const outcome = await write(block, expected);
      if (outcome.status !== 'written') throw new Error(`the block is ${outcome.status}`);
      return outcome.version;
    };
    const read = async (index: number) => (await store.read([{ stream, index }]))[0]!;
    /** Reads all streams in pages of a given size. */
    const streamNames = async (limit = 1_000): Promise<string[]> => {
      const names: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await store.streams(limit, cursor);
        expect(page!.names.length).toBeLessThanOrEqual(limit);
        names.push(...page!.names);
        cursor = page!.next;
        if (cursor === undefined) return names;
      }
    };
    const indexes = async (from: number, to: number): Promise<number[]> => {
      const found: number[] = [];
      for await (const block of store.scan(stream, from, to)) found.push(block.index);
      return found;
    };

    it('reads an empty block without a version if none is stored', async () => {
      expect(await read(3)).toEqual({
        block: emptyBlock(3),
        version: undefined,
        expireAtMs: Number.POSITIVE_INFINITY,
      });
    });

    it('reads back a written block with the version that the write returned', async () => {
      const block = aBlock(3, [0, 17, 255]);
      const version = await writtenVersion(block);
      const stored = await read(3);
      expect(stored).toEqual({ block, version, expireAtMs: someday, createdAtMs: expect.any(Number) as number });
      expect(stored.createdAtMs).toBeGreaterThan(0);
    });

    it('reads back the largest possible block', async () => {
      const block = largestBlock(3);
      await writtenVersion(block);
      expect((await read(3)).block).toEqual(block);
    });

    it('keeps the block of the highest possible id', async () => {
      const block = aBlock(highestIndex, [255]);
      await writtenVersion(block);
      expect((await read(highestIndex)).block).toEqual(block);
    });

    it('keeps a block forever if it never expires, even if an earlier write gave it an expiry time', async () => {
      const version = await writtenVersion(aBlock(3));
      const write = { ...aWrite(aBlock(3, [1]), version), expireAtMs: Number.POSITIVE_INFINITY };
      expect(await store.write([write])).toMatchObject([{ status: 'written' }]);
      expect((await read(3)).expireAtMs).toBe(Number.POSITIVE_INFINITY);
    });

    it('answers in the order of the requested blocks', async () => {
      await store.write([aWrite(aBlock(1)), aWrite(aBlock(2))]);
      const read = await store.read([2, 7, 1].map((index) => ({ stream, index })));
      expect(read.map(({ block, version }) => [block.index, version !== undefined])).toEqual([
        [2, true],
        [7, false],
        [1, true],
      ]);
    });

    it('does nothing for an empty list', async () => {
      expect([await store.read([]), await store.write([])]).toEqual([[], []]);
    });

    it('creates a block only if none is stored', async () => {
      await writtenVersion(aBlock(3, [1]));
      expect(await write(aBlock(3, [2]))).toEqual({ status: 'conflict' });
      expect((await read(3)).block).toEqual(aBlock(3, [1]));
    });

    it('refuses a write that expects a version if no block is stored', async () => {
      const version = await writtenVersion(aBlock(3));
      expect(await write(aBlock(4), version)).toEqual({ status: 'conflict' });
      expect((await read(4)).version).toBeUndefined();
    });

    it('accepts exactly one of two writes that expect the same version', async () => {
      const seen = await writtenVersion(aBlock(3, [0]));
      const outcomes = await Promise.all([write(aBlock(3, [0, 1]), seen), write(aBlock(3, [0, 2]), seen)]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['conflict', 'written']);
      const winner = outcomes[0].status === 'written' ? [0, 1] : [0, 2];
      expect((await read(3)).block).toEqual(aBlock(3, winner));
    });

    it('refuses a version that another write has made stale, and accepts the version of that write', async () => {
      const stale = await writtenVersion(aBlock(3, [0]));
      const fresh = await writtenVersion(aBlock(3, [0, 1]), stale);
      expect(await write(aBlock(3, [0, 2]), stale)).toEqual({ status: 'conflict' });
      expect(await write(aBlock(3, [0, 1, 2]), fresh)).toMatchObject({ status: 'written' });
      expect((await read(3)).block).toEqual(aBlock(3, [0, 1, 2]));
    });

    it('writes each of several blocks on its own condition', async () => {
      const version = await writtenVersion(aBlock(1));
      const outcomes = await store.write([
        aWrite(aBlock(1, [1]), version),
        aWrite(aBlock(1_000), version),
        aWrite(aBlock(2)),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['written', 'conflict', 'written']);
    });

    it('scans a range of sparse blocks in ascending order, both ends included', async () => {
      await store.write([100, 9, 1, 10, 11, 8].map((index) => aWrite(aBlock(index))));
      expect(await indexes(8, 11)).toEqual([8, 9, 10, 11]);
      expect(await indexes(2, 100)).toEqual([8, 9, 10, 11, 100]);
      expect(await indexes(101, highestIndex)).toEqual([]);
    });

    it('scans all blocks of a range that is larger than one page', async () => {
      const stored = Array.from({ length: 200 }, (_, i) => 3 * i);
      await store.write(stored.map((index) => aWrite(aBlock(index))));
      expect(await indexes(0, highestIndex)).toEqual(stored);
      expect(await indexes(3, 3 * 64)).toEqual(stored.slice(1, 65));
    });

    it('lets a caller end a scan early', async () => {
      await store.write([1, 2, 3].map((index) => aWrite(aBlock(index))));
      for await (const block of store.scan(stream, 0, 10)) {
        expect(block).toEqual(aBlock(1));
        break;
      }
    });

    it('finds the first and the last block by number, not by name', async () => {
      await store.write([9, 10, highestIndex].map((index) => aWrite(aBlock(index))));
      const first = await store.first(stream);
      expect(first).toMatchObject({ block: aBlock(9), expireAtMs: 1_900_000_000_000 });
      expect(first?.createdAtMs).toBeGreaterThan(0);
      expect(await store.last(stream)).toEqual(aBlock(highestIndex));
    });

    it('finds no first and no last block of an unknown stream', async () => {
      expect([await store.first(stream), await store.last(stream)]).toEqual([undefined, undefined]);
    });

    it('reads the blocks at or below an index, descending, up to a limit', async () => {
      await store.write([9, 10, 100, highestIndex].map((index) => aWrite(aBlock(index))));
      const below = async (index: number, limit: number) =>
        (await store.below(stream, index, limit)).map((block) => block.index);
      expect(await store.below(stream, 10, 1)).toEqual([aBlock(10)]);
      expect(await below(99, 2)).toEqual([10, 9]);
      expect(await below(highestIndex, 3)).toEqual([highestIndex, 100, 10]);
      expect(await below(highestIndex, 5)).toEqual([highestIndex, 100, 10, 9]);
      expect(await below(8, 5)).toEqual([]);
    });

    describe('finds the blocks that were written since a time', () => {
      const writeAt = (index: number, writtenAtMs: number, expected?: string) =>
        store.write([{ ...aWrite(aBlock(index), expected), writtenAtMs }]);
      const writtenSince = async (sinceMs: number, above?: number): Promise<number[]> => {
        const found: number[] = [];
        for await (const { block } of store.writtenSince(stream, sinceMs, above)) found.push(block.index);
        return found.toSorted((a, b) => a - b);
      };

      it('to the minute', async () => {
        await writeAt(9, noon - 1);
        await writeAt(10, noon);
        await writeAt(2, noon + minuteMs - 1);
        await writeAt(100, noon + minuteMs);
        expect(await writtenSince(noon + minuteMs - 1)).toEqual([2, 10, 100]);
        expect(await writtenSince(noon - 1)).toEqual([2, 9, 10, 100]);
        expect(await writtenSince(noon + 2 * minuteMs)).toEqual([]);
      });

      it('above a block of the first minute, and all of the later minutes', async () => {
        await writeAt(1, noon - 1);
        for (const index of [2, 9, 10]) await writeAt(index, noon);
        await writeAt(3, noon + minuteMs);
        expect(await writtenSince(noon, 9)).toEqual([3, 10]);
        expect(await writtenSince(noon, 8)).toEqual([3, 9, 10]);
        expect(await writtenSince(noon, 10)).toEqual([3]);
      });

      it('by their last write', async () => {
        const version = await writtenVersion(aBlock(3));
        await writeAt(3, noon + 5 * minuteMs, version);
        expect(await writtenSince(noon + 5 * minuteMs)).toEqual([3]);
        await writeAt(3, noon, (await read(3)).version);
        expect(await writtenSince(noon + 5 * minuteMs)).toEqual([]);
        expect(await writtenSince(noon)).toEqual([3]);
      });

      it('each once, if a minute has more blocks than a page', async () => {
        const minutes = [0, 1, 1, 1].map((minute) => noon + minute * minuteMs);
        const stored = Array.from({ length: 200 }, (_, i) => 3 * i);
        await store.write(
          stored.map((index, i) => ({ ...aWrite(aBlock(index)), writtenAtMs: minutes[i % 4] ?? noon })),
        );
        expect(await writtenSince(noon)).toEqual(stored);
        expect(await writtenSince(noon + minuteMs)).toEqual(stored.filter((_, i) => i % 4 !== 0));
      });

      it('without leaving one out, if blocks are written again meanwhile', async () => {
        const stored = Array.from({ length: 130 }, (_, i) => i);
        await store.write(stored.map((index) => aWrite(aBlock(index))));
        const found = new Set<number>();
        for await (const { block } of store.writtenSince(stream, noon)) {
          found.add(block.index);
          if (found.size === 1) await rewriteAll(stored, noon + minuteMs);
        }
        expect(found).toEqual(new Set(stored));
      });

      const rewriteAll = async (indexes: readonly number[], writtenAtMs: number): Promise<void> => {
        const known = await store.read(indexes.map((index) => ({ stream, index })));
        const writes = known.map(({ block, version }) => ({ ...aWrite(block, version), writtenAtMs }));
        const outcomes = await store.write(writes);
        expect(outcomes.every(({ status }) => status === 'written')).toBe(true);
      };
    });

    describe('adds up the states of ids over a range of blocks', () => {
      const entry = (state: EntryState, published = true): Entry => anEntry({ state, published });
      const aMixedBlock = (index: number): Block =>
        aBlockWith({
          [firstId(index)]: entry('clean'),
          [firstId(index) + 1]: entry('suspect'),
          [firstId(index) + 2]: entry('reconstructed'),
          [firstId(index) + 3]: entry('closed'),
          [firstId(index) + 255]: [entry('closed'), entry('suspect'), entry('clean')],
        });
      const one = { clean: 2, suspect: 1, reconstructed: 1, closed: 1 };

      it('counting each id once by its best entry, with both ends included', async () => {
        await store.write([1, 2, 9, 10].map((index) => aWrite(aMixedBlock(index))));
        expect(await store.totals(stream, 2, 2)).toEqual(one);
        expect(await store.totals(stream, 2, 9)).toEqual({ clean: 4, suspect: 2, reconstructed: 2, closed: 2 });
        expect(await store.totals(stream, 0, highestIndex)).toMatchObject({ clean: 8 });
      });

      it('as they are after the latest write', async () => {
        const version = await writtenVersion(aMixedBlock(3));
        await writtenVersion(aBlockWith({ [firstId(3)]: entry('closed') }), version);
        expect(await store.totals(stream, 3, 3)).toEqual({ clean: 0, suspect: 0, reconstructed: 0, closed: 1 });
      });

      it('to zero if no block is stored', async () => {
        expect(await store.totals(stream, 0, 9)).toEqual({ clean: 0, suspect: 0, reconstructed: 0, closed: 0 });
      });

      it('and finds blocks with accepted entries that are not known to be published', async () => {
        const published = aMixedBlock(1);
        const inferred = aBlockWith({ [firstId(2)]: entry('reconstructed', false) });
        const held = aBlockWith({ [firstId(3)]: entry('suspect', false), [firstId(3) + 1]: entry('closed', false) });
        const further = aBlockWith({ [firstId(4)]: [entry('clean'), entry('clean', false)] });
        await store.write([published, inferred, held, further].map((block) => aWrite(block)));
        const found = await store.unpublished(stream, 10);
        expect(found.map(({ block }) => block.index).toSorted()).toEqual([2, 4]);
        expect(found.find(({ block }) => block.index === 4)).toMatchObject({ block: further, expireAtMs: someday });
        expect(await store.unpublished(stream, 1)).toHaveLength(1);
        await writtenVersion(aBlockWith({ [firstId(4)]: entry('clean') }), (await read(4)).version);
        expect((await store.unpublished(stream, 10)).map(({ block }) => block.index)).toEqual([2]);
      });
    });

    describe('adds up the revisions of a stream', () => {
      const revised = aRevisedCell();

      it('over all its blocks, and not those of another stream', async () => {
        const blocks = [{ 256: revised, 511: revised }, { 512: anEntry() }, { [firstId(highestIndex)]: revised }];
        await store.write(blocks.map((cells) => aWrite(aBlockWith(cells))));
        const ref = { stream: `${stream}-other`, index: 1 };
        await store.write([{ ...aWrite(aBlockWith({ 256: revised })), ref }]);
        expect(await store.revisions(stream)).toBe(3);
      });

      it('as they are after the latest write', async () => {
        const first = await writtenVersion(aBlockWith({ 256: anEntry() }));
        expect(await store.revisions(stream)).toBe(0);
        const second = await writtenVersion(aBlockWith({ 256: revised }), first);
        expect(await store.revisions(stream)).toBe(1);
        await writtenVersion(aBlockWith({ 256: anEntry() }), second);
        expect(await store.revisions(stream)).toBe(0);
      });

      it('to zero if no block is stored', async () => {
        expect(await store.revisions(stream)).toBe(0);
      });
    });

    it('lists the streams that have blocks', async () => {
      await writtenVersion(aBlock(3));
      expect(await streamNames()).toContain(stream);
    });

    it('lists streams by name, in pages that begin where the previous page ends', async () => {
      const streams = [1, 2, 3, 4, 5].map((i) => `${stream}-${i}`);
      await store.write(streams.map((name) => ({ ...aWrite(aBlock(3)), ref: { stream: name, index: 3 } })));
      const all = await streamNames(1_000);
      expect(all).toEqual(all.toSorted());
      expect(all).toEqual(expect.arrayContaining(streams));
      expect(await streamNames(2)).toEqual(all);
      expect(await streamNames(all.length)).toEqual(all);
    });

    it('gives only one publish verdict for an id when two instances claim it at the same time', async () => {
      const instances = [groupCommitOn(store), groupCommitOn(store)];
      const ids = Array.from({ length: 100 }, (_, i) => i);
      const verdicts = await Promise.all(
        ids.flatMap((id) =>
          instances.map((commits, i) => commits.claim(stream, anEventClaim(id, { root: `events/${i}-${id}` }))),
        ),
      );
      expect(verdicts.filter(({ act }) => act === 'publish')).toHaveLength(100);
      expect(verdicts.filter(({ act }) => act === 'duplicate')).toHaveLength(100);
    });

    it('ends with one entry and a verdict when the answer of a write is lost and the message is redelivered', async () => {
      let writes = 0;
      const answerLostOnce = (method: string): Fault => (method === 'write' && writes++ === 0 ? 'answer-lost' : 'none');
      const commits = groupCommitOn(unreliable('blocks', store, answerLostOnce));
      await expect(commits.claim(stream, anEventClaim(5))).rejects.toThrow(RetryableError);
      expect(await commits.claim(stream, anEventClaim(5))).toMatchObject({ act: 'publish' });
      expect((await read(0)).block).toEqual(aBlock(0, [5]));
    });

    it('commits the other claims of a group when the store refuses one', async () => {
      const bad = anEventClaim(3);
      const commits = groupCommitOn(refusing(store, bad.root));
      const verdicts = await Promise.allSettled(
        [1, 2, 3, 4, 5].map((id) => commits.claim(stream, id === 3 ? bad : anEventClaim(id))),
      );
      expect(verdicts.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
      expect((verdicts[2] as PromiseRejectedResult).reason).toBeInstanceOf(InvariantError);
      expect((await read(0)).block).toEqual(aBlock(0, [1, 2, 4, 5]));
    });
  });
}
