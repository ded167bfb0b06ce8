import { auditAll } from '../../../cli/audit/stream-audit.ts';
import { drawAudit } from '../../../cli/audit/report.ts';
import type { Stores } from '../../../cli/stores.ts';
import { makeCatalog } from '../../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../../shared/embedded/block-store.ts';
import { EmbeddedDeadLetterStore } from '../../../shared/embedded/dead-letter-store.ts';
import { EmbeddedGapLedger } from '../../../shared/embedded/gap-ledger.ts';
import type { Progress } from '../../../shared/gaps/progress.ts';
import type { BlockStore, GapLedger } from '../../../shared/ports.ts';
import type { Entry } from '../../../shared/tracking/entry.ts';
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
import { withUnreadable } from '../../support/unreadable-gaps.ts';

class Audited {
  readonly blocks = new EmbeddedBlockStore(atOnce);
  readonly stores: Stores & { blocks: BlockStore; ledger: GapLedger };
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

  async audit(isDeep = false) {
    const { streams, ...rest } = await auditAll(this.stores, 'orders', isDeep);
    return { ...streams[0]!, ...rest };
  }

  async draw(): Promise<string> {
    return drawAudit(await auditAll(this.stores, 'orders'), false);
  }
}

const tooOld = 'no sweep has looked for holes among its ids, though they are old enough for one';

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

  it('reports each row that cannot be read, and audits the others', async () => {
    const audited = await aStream();
    audited.stores.ledger = withUnreadable(audited.stores.ledger, [5]);
    const { books, difference, findings, notes } = await audited.audit();
    expect([books.missing, books.givenUp, difference]).toEqual([0, 101, 4]);
    expect(findings).toEqual([
      'ledger: the row of the gap 5–8 cannot be read: foundAtMs: not a number',
      'missing: 5–8 without an entry, and in no gap of the ledger',
    ]);
    // The row may be unresolved, so that a sweep does not lift the watermark over it.
    expect(notes).toEqual([]);
  });

  it('begins with the first id of the stream: lower ones are accepted and open no gap', async () => {
    const audited = await aStream();
    await audited.progress({ first: 3, highWater: 700, scanned: 650 });
    expect(await audited.audit()).toMatchObject({ books: { from: 3, held: { clean: 593 } }, difference: 0 });
  });

  it('begins above the ids that may be forgotten by now, however long ago the last sweep was', async () => {
    const audited = await aStream();
    const samples = [{ sinceMs: noon - minuteMs, atMs: noon, highWater: 520 }];
    await audited.progress({ first: 1, highWater: 700, scanned: 650, samples });
    audited.nowMs = noon + 14 * dayMs;
    expect(await audited.audit()).toMatchObject({ books: { from: 521, givenUp: 0 }, difference: 0 });
  });

  it('proves nothing of a young stream, and says so', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([6, 9]));
    const nothing = { from: 6, to: 9, scanned: 5, notLookedAt: 2 };
    expect(await audited.audit()).toMatchObject({ books: nothing, difference: 0, findings: [] });
    expect(await audited.draw()).toContain('\n  never swept: orders 6–9; nothing is proved of these ids\n');
  });

  it('does not treat a stream that was not swept for hours as a young one', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([6, 9]));
    audited.nowMs = noon + 10 * minuteMs;
    expect((await audited.audit()).findings).toEqual([]);
    audited.nowMs = noon + 11 * minuteMs;
    expect((await audited.audit()).findings).toEqual([tooOld]);
    expect(await audited.draw()).toContain('  off: orders\n  never swept: orders 6–9');
  });

  it.each<[string, Partial<Progress>, string]>([
    ['first', { first: undefined, scanned: -1, watermark: -1 }, tooOld],
    ['scanned', { scanned: 0, watermark: 0 }, tooOld],
    [
      'first, beside what was scanned',
      { first: undefined },
      'first: not known, though holes were looked for up to 700',
    ],
  ])('finds that a stream which lost %s was swept before', async (_, lost, finding) => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf(idsFrom(1, 700)));
    const samples = [{ sinceMs: noon - minuteMs, atMs: noon, highWater: 700 }];
    await audited.progress({ highWater: 700, scanned: 700, watermark: 700, samples, ...lost });
    audited.nowMs = noon + dayMs;
    const { difference, findings } = await audited.audit();
    expect([difference, findings]).toEqual([0, expect.arrayContaining([finding])]);
  });

  it('gives a stream time that was silent for a window and has a new event', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([701]));
    const samples = [{ sinceMs: noon - minuteMs, atMs: noon, highWater: 700 }];
    await audited.progress({ highWater: 700, scanned: 700, watermark: 700, floor: 700, samples });
    audited.nowMs = noon + 15 * dayMs;
    expect(await audited.audit()).toMatchObject({ books: { from: 701, to: 701, scanned: 700 }, findings: [] });
  });

  it('reports lost progress if the ledger has gaps', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([6, 9]));
    await fileGaps(audited.stores.ledger, [aGap({ from: 7, to: 8 })]);
    expect((await audited.audit()).findings).toEqual([
      expect.stringMatching(/^progress: none, though the ledger has gaps/),
    ]);
  });

  it.each<[Partial<Progress>, string]>([
    [{ watermark: 999_999 }, 'watermark: 999999, though holes were looked for up to 650'],
    [{ watermark: 5 }, 'watermark: 5, though 5 is missing, in a gap that is not resolved'],
    [{ watermark: -1 }, 'watermark: -1, though the stream begins with 1'],
    [{ scanned: -1 }, 'scanned: -1, though the stream begins with 1'],
    [{ scanned: 999_999 }, 'scanned: 999999, though 700 is the highest id that was seen'],
  ])('reports impossible progress, even if every id is in one place: %j', async (damage, finding) => {
    const audited = await aStream();
    await audited.progress({ first: 1, highWater: 700, scanned: 650, watermark: 4, ...damage });
    const { findings } = await audited.audit();
    expect(findings).toContain(finding);
  });

  it('accepts a watermark at each place where a sweep may have left it, and reports one that is behind', async () => {
    const audited = await aStream();
    const at = async (watermark: number) => {
      await audited.progress({ first: 1, highWater: 700, scanned: 650, watermark });
      const { findings, notes } = await audited.audit();
      return [findings, notes];
    };
    expect(await at(4)).toEqual([[], []]);
    expect(await at(0)).toEqual([[], ['its watermark, 0, is behind: the next sweep raises it to 4']]);
    await hold(audited.blocks, 'orders', cellsOf([5]));
    expect(await at(5)).toEqual([[], []]);
    await hold(audited.blocks, 'orders', cellsOf([6, 7, 8]));
    expect(await at(5)).toEqual([[], ['its watermark, 5, is behind: the next sweep raises it to 650']]);
    expect(await at(650)).toEqual([[], []]);
  });

  it('does not report a watermark as behind if a partly forgotten gap may hold it back', async () => {
    const audited = await aStream();
    await audited.progress({ first: 1, highWater: 700, scanned: 650, watermark: 4, floor: 420 });
    const { books, findings, notes } = await audited.audit();
    expect([books.from, findings, notes]).toEqual([421, [], [expect.stringMatching(/^the proof begins with 421/)]]);
  });

  it('reads again before it reports impossible progress', async () => {
    const audited = await aStream();
    await audited.progress({ first: 1, highWater: 700, scanned: 650, watermark: 7 });
    const { ledger } = audited.stores;
    const read = ledger.progress.bind(ledger);
    let readings = 0;
    jest.spyOn(ledger, 'progress').mockImplementation(async (stream) => {
      const found = await read(stream);
      return found && ++readings > 1 ? { ...found, value: { ...found.value, watermark: 4 } } : found;
    });
    expect((await audited.audit()).findings).toEqual([]);
    expect(readings).toBe(2);
  });

  it('says where the proof begins if ids below are stored', async () => {
    const audited = await aStream();
    await audited.progress({ first: 600, highWater: 700, scanned: 650, watermark: 650 });
    const { difference, findings, notes } = await audited.audit();
    const note = 'the proof begins with 600: nothing is proved of the ids below, though some are stored, from 1 on';
    expect([difference, findings, notes]).toEqual([0, [], [note]]);
    expect(await audited.draw()).toContain(`every id from 600 to 650 is in one place\n    ${note}\n`);
    audited.nowMs = noon + 14 * dayMs;
    expect((await audited.audit()).notes).toEqual([]);
  });

  it('proves nothing of a stream that fell silent a window ago', async () => {
    const audited = new Audited();
    await audited.progress({ first: 1, highWater: 700, scanned: 700, watermark: 700, floor: 700 });
    expect(await audited.audit()).toMatchObject({
      books: { from: 701, to: 700 },
      difference: 0,
      findings: [],
      notes: [],
    });
    expect(await audited.draw()).toContain('nothing to prove, since all that it held may be forgotten');
  });

  it('finds nothing for an unknown stream', async () => {
    expect((await auditAll(new Audited().stores, 'orders')).streams).toEqual([]);
  });

  it('reports a missing id that is in no gap', async () => {
    const audited = await aStream();
    await hold(audited.blocks, 'orders', { 5: anEntry() });
    const [stored] = await audited.blocks.read([{ stream: 'orders', index: 1 }]);
    const block = { index: 1, cells: stored!.block.cells.with(0, []) };
    await audited.blocks.write([
      { ref: { stream: 'orders', index: 1 }, block, expected: stored!.version, expireAtMs: noon, writtenAtMs: noon },
    ]);
    const { difference, findings } = await audited.audit();
    expect(difference).toBe(1);
    expect(findings).toEqual(['missing: 256 without an entry, and in no gap of the ledger']);
  });

  it('reports a missing id whose gap is marked as filled', async () => {
    const audited = await aStream();
    await fileGaps(audited.stores.ledger, [aGap({ from: 5, to: 8, state: 'filled' })]);
    await audited.progress({ first: 1, highWater: 700, scanned: 650, watermark: 650 });
    const { difference, findings } = await audited.audit();
    expect(difference).toBe(4);
    expect(findings).toEqual(['missing: 5–8 without an entry, in the gap 5–8, which is filled']);
  });

  it('reports missing ids up to the high water', async () => {
    const audited = await aStream();
    await audited.progress({ first: 1, highWater: 800, scanned: 650, watermark: 4 });
    const { difference, findings } = await audited.audit();
    expect(difference).toBe(99);
    expect(findings).toEqual(['id 800 was seen, but nothing of it is stored any more']);
  });

  it('does not count events that come while it reads as a difference', async () => {
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

  it('says if it does not list all entries that are not known to be published', async () => {
    const audited = new Audited();
    const held = async (blocks: number) => {
      await hold(audited.blocks, 'orders', cellsOf(idsFrom(256 * (blocks - 1), 256 * blocks - 2)));
      await hold(audited.blocks, 'orders', { [256 * blocks - 1]: anEntry({ published: false }) });
    };
    for (let blocks = 1; blocks <= 20; blocks++) await held(blocks);
    expect(await audited.draw()).toContain('not known to be published: 20. ');
    await held(21);
    expect(await audited.audit()).toMatchObject({ isUnpublishedCut: true, unpublished: { length: 20 } });
    expect(await audited.draw()).toContain('not known to be published: at least 20. ');
  });

  it('accepts writes during a deep count', async () => {
    const audited = await aStream();
    const { blocks } = audited;
    const ref = { stream: 'orders', index: 0 };
    const flip = async () => {
      const [stored] = await blocks.read([ref]);
      const cells = stored!.block.cells.map((cell) => cell.map((entry) => ({ ...entry, state: flipped(entry) })));
      await blocks.write([
        {
          ref,
          block: { index: 0, cells },
          expected: stored!.version,
          expireAtMs: stored!.expireAtMs,
          writtenAtMs: noon,
        },
      ]);
    };
    audited.stores.blocks = new Proxy(blocks, {
      get(target, name: keyof EmbeddedBlockStore): unknown {
        const member = target[name].bind(target) as (...args: unknown[]) => unknown;
        if (name !== 'totals') return member;
        return async (...args: unknown[]) => {
          await flip();
          const totals = await member(...args);
          await flip();
          return totals;
        };
      },
    });
    expect((await audited.audit(true)).findings).toEqual([]);
  });

  it('balances after any run of the pipeline, and counts the open letters', async () => {
    const { runtime, ...pipeline } = await aMessyRun();
    const { blocks, ledger, letters, catalog, clock } = runtime;
    const stores = { blocks, ledger, letters, catalog, clock };
    const { streams, unpublished, openLetters } = await auditAll(stores, undefined, true);
    expect(streams).toMatchObject([{ stream: 'default', difference: 0, findings: [], notes: [] }]);
    expect(streams[0]!.books).toMatchObject({ from: 1, to: 40, scanned: 40 });
    expect(streams[0]!.books.held.reconstructed).toBeGreaterThan(0);
    expect(streams[0]!.books.held.closed).toBe(3);
    expect(unpublished).toEqual([]);
    expect([...openLetters.values()].reduce((sum, count) => sum + count, 0)).toBe(pipeline.letters.length);
  });
});

function flipped({ state }: Entry): Entry['state'] {
  return state === 'clean' ? 'suspect' : 'clean';
}

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
