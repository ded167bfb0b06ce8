import { auditAll } from '../../../cli/audit.ts';
import type { Stores } from '../../../cli/stores.ts';
import { makeCatalog } from '../../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../../shared/embedded/block-store.ts';
import { EmbeddedDeadLetterStore } from '../../../shared/embedded/dead-letter-store.ts';
import { EmbeddedGapLedger } from '../../../shared/embedded/gap-ledger.ts';
import type { Progress } from '../../../shared/gaps/progress.ts';
import type { BlockStore } from '../../../shared/ports.ts';
import {
  aGap,
  anEntry,
  aProgress,
  atOnce,
  cellsOf,
  dayMs,
  fileGaps,
  hold,
  idsFrom,
  minuteMs,
  noon,
} from '../../support/builders.ts';
import { CountedBlockStore } from '../../support/counted-block-store.ts';
import { Pipeline } from '../../support/pipeline.ts';

class Audited {
  readonly blocks = new EmbeddedBlockStore(atOnce);
  readonly stores: Stores & { blocks: BlockStore };
  nowMs = noon;

  constructor() {
    this.stores = {
      blocks: this.blocks,
      ledger: new EmbeddedGapLedger(atOnce),
      letters: new EmbeddedDeadLetterStore(atOnce),
      catalog: makeCatalog({}),
      clock: { now: () => this.nowMs, schedule: () => () => undefined },
    };
  }

  async progress(progress: Partial<Progress>): Promise<void> {
    const before = await this.stores.ledger.progress('orders');
    await this.stores.ledger.saveProgress('orders', aProgress(progress), before?.version);
  }

  async audit() {
    const { streams, ...rest } = await auditAll(this.stores, 'orders');
    return { ...streams[0]!, ...rest };
  }
}

/** 1 to 700 but for 5 to 8, which are asked for, and 300 to 400, which are given up; up to 650 the ledger knows what is missing. */
async function aStream(): Promise<Audited> {
  const audited = new Audited();
  await hold(audited.blocks, 'orders', cellsOf([...idsFrom(1, 4), ...idsFrom(9, 299), ...idsFrom(401, 699), 701]));
  await audited.progress({ first: 1, highWater: 700, scanned: 650, watermark: 4 });
  await fileGaps(audited.stores.ledger, [
    aGap({ from: 5, to: 8, state: 'requested' }),
    aGap({ from: 300, to: 400, state: 'abandoned' }),
  ]);
  return audited;
}

describe('an audit', () => {
  it('finds every id of a stream in one place', async () => {
    const { books, difference, findings } = await (await aStream()).audit();
    expect(books).toEqual({
      from: 1,
      to: 701,
      scanned: 650,
      held: { clean: 595, suspect: 0, reconstructed: 0, closed: 0 },
      missing: 4,
      givenUp: 101,
      notLookedAt: 1,
      moved: 0,
    });
    expect([difference, findings]).toEqual([0, []]);
  });

  it('begins with the first id of the stream: lower ones are accepted and open no gap', async () => {
    const audited = await aStream();
    await audited.progress({ first: 3, highWater: 700, scanned: 650 });
    expect(await audited.audit()).toMatchObject({ books: { from: 3, held: { clean: 593 } }, difference: 0 });
  });

  it('begins above what may be forgotten by now, be the last sweep however long ago', async () => {
    const audited = await aStream();
    const samples = [{ sinceMs: noon - minuteMs, atMs: noon, highWater: 520 }];
    await audited.progress({ first: 1, highWater: 700, scanned: 650, samples });
    audited.nowMs = noon + 14 * dayMs;
    expect(await audited.audit()).toMatchObject({ books: { from: 521, givenUp: 0 }, difference: 0 });
  });

  it('proves nothing of a stream that was never swept', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([6, 9]));
    const nothing = { from: 6, to: 9, scanned: 5, notLookedAt: 2 };
    expect(await audited.audit()).toMatchObject({ books: nothing, difference: 0 });
  });

  it('proves nothing of a stream that fell silent a window ago', async () => {
    const audited = new Audited();
    await audited.progress({ first: 1, highWater: 700, scanned: 700, floor: 700 });
    expect(await audited.audit()).toMatchObject({ books: { from: 701, to: 700 }, difference: 0, findings: [] });
  });

  it('knows nothing of a stream that nobody has seen', async () => {
    expect((await auditAll(new Audited().stores, 'orders')).streams).toEqual([]);
  });

  it('misses an id that no gap has, and tells it', async () => {
    const audited = await aStream();
    await hold(audited.blocks, 'orders', { 5: anEntry() });
    const [stored] = await audited.blocks.read([{ stream: 'orders', index: 1 }]);
    const block = { index: 1, cells: stored!.block.cells.with(0, []) };
    await audited.blocks.write([
      { ref: { stream: 'orders', index: 1 }, block, expected: stored!.version, expireAtMs: noon },
    ]);
    const { difference, findings } = await audited.audit();
    expect(difference).toBe(1);
    expect(findings).toEqual(['missing: 256 without an entry, and in no gap of the ledger']);
  });

  it('misses an id whose gap is said to be filled', async () => {
    const audited = await aStream();
    await fileGaps(audited.stores.ledger, [aGap({ from: 5, to: 8, state: 'filled' })]);
    const { difference, findings } = await audited.audit();
    expect(difference).toBe(4);
    expect(findings).toEqual(['missing: 5–8 without an entry, in the gap 5–8, which is filled']);
  });

  it('misses ids at the end, which were seen', async () => {
    const audited = await aStream();
    await audited.progress({ first: 1, highWater: 800, scanned: 650 });
    const { difference, findings } = await audited.audit();
    expect(difference).toBe(99);
    expect(findings).toEqual(['id 800 was seen, and nothing is stored of it any more']);
  });

  it('does not take what comes while it reads for a difference', async () => {
    const audited = await aStream();
    const { blocks } = audited;
    let next = 300;
    const arriving = new Proxy(blocks, {
      get(target, name: keyof EmbeddedBlockStore): unknown {
        const member = target[name].bind(target) as (...args: unknown[]) => unknown;
        if (name !== 'totals') return member;
        return async (...args: unknown[]) => {
          const totals = await member(...args);
          await hold(blocks, 'orders', { [next++]: anEntry() });
          return totals;
        };
      },
    });
    audited.stores.blocks = arriving;
    const { books, difference, findings } = await audited.audit();
    expect([books.moved > 0, difference, findings]).toEqual([true, 0, []]);
  });

  it('reads no blocks but those at the ends and those of gaps that are not filled', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([...idsFrom(1, 5_000), ...idsFrom(5_002, 20_000)]));
    await audited.progress({ first: 1, highWater: 20_000, scanned: 19_000 });
    await fileGaps(audited.stores.ledger, [
      aGap({ from: 5_001, to: 5_001 }),
      aGap({ from: 9_000, to: 9_100, state: 'filled' }),
    ]);
    const counted = new CountedBlockStore(audited.blocks);
    audited.stores.blocks = counted;
    expect(await audited.audit()).toMatchObject({ difference: 0, books: { missing: 1 } });
    expect(counted.reads).toBeLessThanOrEqual(14);
  });

  it('lists what was accepted and is not known to be published, and since when at the least', async () => {
    const audited = await aStream();
    await hold(audited.blocks, 'orders', {
      702: anEntry({ published: false }),
      703: anEntry({ published: false, state: 'suspect' }),
    });
    audited.nowMs = noon + minuteMs;
    expect((await audited.audit()).unpublished).toEqual([
      { stream: 'orders', eventId: 702, state: 'clean', type: 'LeadCreated', atLeastMs: minuteMs },
    ]);
  });

  it('balances after whatever the pipeline does, and counts its open letters', async () => {
    const { runtime, ...pipeline } = await aMessyRun();
    const { blocks, ledger, letters, catalog, clock } = runtime;
    const { streams, unpublished, openLetters } = await auditAll({ blocks, ledger, letters, catalog, clock });
    expect(streams.map(({ stream, difference }) => [stream, difference])).toEqual([['default', 0]]);
    expect(streams[0]!.books).toMatchObject({ from: 1, to: 40, scanned: 40 });
    expect(streams[0]!.books.held.reconstructed).toBeGreaterThan(0);
    expect(streams[0]!.books.held.closed).toBe(3);
    expect(unpublished).toEqual([]);
    expect([...openLetters.values()].reduce((sum, count) => sum + count, 0)).toBe(pipeline.letters.length);
  });
});

async function aMessyRun(): Promise<Pipeline> {
  const pipeline = new Pipeline();
  await pipeline.sendIds(...idsFrom(1, 10), 5, 14, 40, 20, 21);
  await pipeline.send(
    'not JSON',
    '{"event_id": 22}',
    '{"event_id": 30, "type": "A", "timestamp": "2025-02-09T12:00:00", "valid": false}',
  );
  await pipeline.sendWith({ void: 'true' }, { from: 12, to: 12 });
  await pipeline.runtime.sweepUntilQuiet();
  await pipeline.sendIds(16);
  await pipeline.runtime.sweepUntilQuiet();
  return pipeline;
}
