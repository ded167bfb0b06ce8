import fc from 'fast-check';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedCleanEventStore } from '../../shared/embedded/clean-event-store.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { EmbeddedUuidKeys } from '../../shared/embedded/uuid-keys.ts';
import { VersionedMap } from '../../shared/embedded/versioned-map.ts';
import { discardedStanding, filedWith } from '../support/letters.ts';
import { headOf } from '../../shared/dead-letter/dead-letter.ts';
import type { Block } from '../../shared/tracking/block.ts';
import {
  aBlockWith,
  aDelivery,
  aGap,
  aMessage,
  anEntry,
  aProgress,
  atOnce,
  aVoidEntry,
  cellsOf,
  fileGaps,
  hold,
  noon,
} from '../support/builders.ts';

describe('a conditional write', () => {
  test('takes place where what was read is still there, and not where another was faster', () => {
    const map = new VersionedMap<string>();
    const first = map.put('a', 'one', undefined);
    expect(map.put('a', 'other', undefined)).toBeUndefined();
    const second = map.put('a', 'two', first);
    expect(map.put('a', 'three', first)).toBeUndefined();
    expect(map.get('a')).toEqual({ value: 'two', version: second });
    expect(map.changes()).toBe(2);
  });

  test('of something that was never there fails', () => {
    expect(new VersionedMap<string>().put('a', 'one', '1')).toBeUndefined();
  });

  test('loses no increment, in whatever order writers read and write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 5 }), async (scheduler, writers) => {
        const ledger = new EmbeddedGapLedger(() => scheduler.schedule(Promise.resolve()));
        const increment = async (): Promise<void> => {
          for (;;) {
            const read = await ledger.progress('orders');
            const sweptAtMs = (read?.value.sweptAtMs ?? 0) + 1;
            if (await ledger.saveProgress('orders', aProgress({ sweptAtMs }), read?.version)) return;
          }
        };
        const done = Promise.all(Array.from({ length: writers }, increment));
        await scheduler.waitFor(done);
        const last = scheduler.waitFor(ledger.progress('orders'));
        expect((await last)?.value.sweptAtMs).toBe(writers);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the block store', () => {
  async function scanned(blocks: EmbeddedBlockStore, from: number, to: number): Promise<number[]> {
    const found: Block[] = [];
    for await (const block of blocks.scan('orders', from, to)) found.push(block);
    return found.map(({ index }) => index);
  }

  test('gives back what was written, each block on its own condition', async () => {
    const blocks = new EmbeddedBlockStore(atOnce);
    const block = aBlockWith({ 1: [anEntry(), anEntry({ replacement: 1, type: 'CRM_Sync' })], 9: aVoidEntry() });
    const ref = { stream: 'orders', index: 0 };
    const other = { ref: { stream: 'orders', index: 1 }, block: aBlockWith({ 256: anEntry() }) };
    const outcomes = await blocks.write([
      { ref, block, expected: undefined, expireAtMs: noon, writtenAtMs: noon },
      { ...other, expected: '7', expireAtMs: noon, writtenAtMs: noon },
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['written', 'conflict']);
    const [stored, absent] = await blocks.read([ref, other.ref]);
    expect(stored).toMatchObject({ block, expireAtMs: noon });
    expect(stored?.version).toBe(outcomes[0]?.status === 'written' ? outcomes[0].version : '');
    expect(absent).toMatchObject({ version: undefined, expireAtMs: Number.POSITIVE_INFINITY });
    expect(absent?.block.cells.every((cell) => cell.length === 0)).toBe(true);
  });

  test('scans the stored blocks of a range in the order of their numbers', async () => {
    const blocks = new EmbeddedBlockStore(atOnce);
    await hold(blocks, 'orders', cellsOf([100, 10, 2, 1, 30].map((index) => index * 256)));
    await hold(blocks, 'audit', cellsOf([5 * 256]));
    expect(await scanned(blocks, 2, 30)).toEqual([2, 10, 30]);
    await hold(blocks, 'orders', cellsOf([3 * 256]));
    expect(await scanned(blocks, 0, 9)).toEqual([1, 2, 3]);
    expect([(await blocks.first('orders'))?.block.index, (await blocks.last('orders'))?.index]).toEqual([1, 100]);
  });

  test('knows nothing of a stream that holds nothing', async () => {
    const blocks = new EmbeddedBlockStore(atOnce);
    expect([await blocks.first('orders'), await blocks.last('orders')]).toEqual([undefined, undefined]);
    expect(await scanned(blocks, 0, 9)).toEqual([]);
    const ref = { stream: 'orders', index: 0 };
    await blocks.write([
      { ref, block: aBlockWith({ 1: anEntry() }), expected: '7', expireAtMs: noon, writtenAtMs: noon },
    ]);
    expect(await blocks.streams(10)).toEqual({ names: [], next: undefined });
  });

  test('lists the streams that hold anything', async () => {
    const blocks = new EmbeddedBlockStore(atOnce);
    await hold(blocks, 'orders', cellsOf([1, 1_000]));
    await hold(blocks, 'audit', cellsOf([1]));
    expect(await blocks.streams(10)).toEqual({ names: ['audit', 'orders'], next: undefined });
  });
});

describe('the ledger', () => {
  test('lists unresolved gaps of the stream alone, lowest id first', async () => {
    const ledger = new EmbeddedGapLedger(atOnce);
    await fileGaps(ledger, [aGap({ from: 20, to: 20 }), aGap({ from: 3, to: 4 }), aGap({ from: 9, state: 'filled' })]);
    await fileGaps(ledger, [aGap({ stream: 'audit' })]);
    expect((await ledger.unresolved('orders', 10)).gaps.map(({ value }) => value.from)).toEqual([3, 20]);
    expect((await ledger.list('orders', 2)).gaps.map(({ from }) => from)).toEqual([20, 9]);
    expect((await ledger.unresolved('other', 10)).gaps).toEqual([]);
  });

  test('saves a gap only if nobody has since it was read', async () => {
    const ledger = new EmbeddedGapLedger(atOnce);
    await fileGaps(ledger, [aGap()]);
    const read = await ledger.find('orders', 5);
    expect(await ledger.save(aGap({ state: 'requested' }), read!.version)).toBe(true);
    expect(await ledger.save(aGap({ state: 'filled' }), read!.version)).toBe(false);
    expect((await ledger.find('orders', 5))?.value.state).toBe('requested');
  });
});

describe('the dead-letter store', () => {
  function aRecord(messageId: string, failedAt: string) {
    const attributes = { 'eventmend-failed-at': failedAt };
    return filedWith(attributes, { messageId });
  }

  test('lists the newest first, and saves only what nobody has saved since', async () => {
    const letters = new EmbeddedDeadLetterStore(atOnce);
    const [old, recent] = [aRecord('1', '2025-02-09T11:00:00Z'), aRecord('2', '2025-02-09T11:30:00Z')];
    expect([await letters.save(old, undefined), await letters.save(recent, undefined)]).toEqual([true, true]);
    expect(await letters.save({ ...old, standing: discardedStanding }, undefined)).toBe(false);
    expect(await letters.list(5)).toEqual([recent, old].map(headOf));
    expect(await letters.list(1)).toEqual([headOf(recent)]);
    expect(await letters.all()).toEqual([recent, old]);
    const found = await letters.find(old.id);
    expect(await letters.save({ ...old, standing: discardedStanding }, found!.version)).toBe(true);
    expect((await letters.find(old.id))?.value.standing).toEqual(discardedStanding);
  });

  test('keeps what is too large to travel under its root', async () => {
    const letters = new EmbeddedDeadLetterStore(atOnce);
    await letters.keep('events/1', 0, aDelivery({ content: 'large', attributes: { stream: 'orders' } }));
    expect(await letters.kept('events/1', 0)).toEqual(aMessage('large', { stream: 'orders' }));
    expect(await letters.kept('events/2', 0)).toBeUndefined();
  });
});

test('a uuid belongs to the first id that claims it, in its stream alone', async () => {
  const keys = new EmbeddedUuidKeys(atOnce);
  expect(await keys.claim('orders', 'u', 1)).toBe(1);
  expect(await keys.claim('orders', 'u', 2)).toBe(1);
  expect(await keys.claim('orders', 'u', 1)).toBe(1);
  expect(await keys.claim('audit', 'u', 2)).toBe(2);
});

test('a clean event is stored once, and a tombstone stays', async () => {
  const events = new EmbeddedCleanEventStore(atOnce);
  await events.put('a', aMessage('first'));
  await events.put('a', aMessage('second'));
  expect(events.find('a')).toEqual({ event: aMessage('first') });
  await events.bury('a', 'b');
  await events.put('a', aMessage('third'));
  expect(events.find('a')).toEqual({ supersededBy: 'b' });
});
