import { auditAll } from '../../shared/audit/stream-audit.ts';
import type { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import {
  aFront,
  aGap,
  anEntry,
  aPiece,
  cellsOf,
  dayMs,
  fileGaps,
  hold,
  idsFrom,
  minuteMs,
  noon,
} from '../support/builders.ts';
import { Audited } from '../support/audited.ts';
import { CountedBlockStore } from '../support/counted-block-store.ts';
import { Pipeline } from '../support/pipeline.ts';
import { withUnreadable } from '../support/unreadable-gaps.ts';

const tooOld = 'no sweep has looked for holes among its ids, though they are old enough for one';

/** 1 to 700 but for 5 to 8, which are asked for, and 300 to 400, which are given up; up to 650 the ledger knows what is missing. */
async function aStream(): Promise<Audited> {
  const audited = new Audited();
  await hold(audited.blocks, 'orders', cellsOf([...idsFrom(1, 4), ...idsFrom(9, 299), ...idsFrom(401, 699), 701]));
  await audited.progress({ pieces: aFront({ first: 1, last: 701, scanned: 650 }) });
  await fileGaps(audited.stores.ledger, [
    aGap({ from: 5, to: 8, state: 'requested' }),
    aGap({ from: 300, to: 400, state: 'abandoned' }),
  ]);
  return audited;
}

describe('an audit', () => {
  it('finds every id of a front in one place', async () => {
    const { fronts, difference, findings, notes } = await (await aStream()).audit();
    expect(fronts).toEqual([
      {
        from: 1,
        to: 701,
        scanned: 650,
        held: { clean: 595, suspect: 0, reconstructed: 0, closed: 0 },
        missing: 4,
        givenUp: 101,
        assumed: 0,
        offStep: 0,
        notLookedAt: 1,
        moved: 0,
        difference: 0,
      },
    ]);
    expect([difference, findings, notes]).toEqual([0, [], []]);
  });

  it('reports each row that cannot be read, and audits the others', async () => {
    const audited = await aStream();
    audited.stores.ledger = withUnreadable(audited.stores.ledger, [5]);
    const { fronts, difference, findings } = await audited.audit();
    expect([fronts[0]!.missing, fronts[0]!.givenUp, difference]).toEqual([0, 101, 4]);
    expect(findings).toEqual([
      'ledger: the row of the gap 5–8 cannot be read: foundAtMs: not a number',
      'missing: 5–8 without an entry, and in no gap of the ledger',
    ]);
  });

  it('begins above the ids that may be forgotten by now, however long ago the last sweep was', async () => {
    const audited = await aStream();
    const pieces = [
      aPiece({ from: 1, to: 520 }),
      aPiece({ from: 521, to: 699, sinceMs: noon + minuteMs, atMs: noon + 2 * minuteMs }),
    ];
    await audited.progress({ pieces, sweptAtMs: noon + 2 * minuteMs });
    audited.nowMs = noon + 14 * dayMs;
    const { fronts, forgotten, difference, notes } = await audited.audit();
    expect([fronts.map(({ from }) => from), fronts[0]!.givenUp, difference]).toEqual([[521], 0, 0]);
    expect(forgotten).toEqual([{ from: 1, to: 520 }]);
    expect(notes).toContain('nothing is proved of ids that may be forgotten: 1–520');
  });

  it('proves nothing of a young stream, and says so', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([6, 9]));
    const nothing = { from: 6, to: 9, scanned: 5, notLookedAt: 2, difference: 0 };
    expect(await audited.audit()).toMatchObject({ fronts: [nothing], isSwept: false, findings: [] });
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

  it('gives a front its grace, and then reports that no sweep has looked for its holes', async () => {
    const audited = await aStream();
    audited.nowMs = noon + 10 * minuteMs;
    expect((await audited.audit()).findings).toEqual([]);
    audited.nowMs = noon + 11 * minuteMs;
    expect((await audited.audit()).findings).toEqual([
      'no sweep has looked for holes in 651–701, though it is old enough for one',
    ]);
    await audited.progress({ pieces: [aPiece({ from: 701, to: 701, isScanned: false })] });
    expect((await audited.audit()).findings).toEqual([]);
  });

  it('says that a front is in its first grace', async () => {
    const audited = await aStream();
    await audited.progress({ pieces: aFront({ first: 1, last: 701, scanned: 0 }) });
    expect(await audited.draw()).toContain('\n  in its first grace: orders 1–701; nothing is proved of these ids\n');
  });

  it('reports ids that no sweep has seen, if sweeps have stopped', async () => {
    const audited = await aStream();
    await hold(audited.blocks, 'orders', cellsOf([9_000, 9_001]));
    const note = '2 ids held in no front: 9000–9001';
    audited.nowMs = noon + 10 * minuteMs;
    expect(await audited.audit()).toMatchObject({ findings: [], notes: [note] });
    audited.nowMs = noon + 11 * minuteMs;
    expect((await audited.audit()).findings).toContain(
      'no sweep has seen the id 9000, though it is old enough for one',
    );
    await audited.progress({ pieces: aFront({ first: 1, last: 699 }), hasDropped: true });
    expect((await audited.audit()).findings).toEqual([]);
  });

  it('reports no id of a numbering that was reset, but one that came after the reset', async () => {
    const audited = await aStream();
    audited.nowMs = noon + 30 * minuteMs;
    const resetAt = async (atMs: number) => {
      await audited.progress({ pieces: aFront({ first: 1, last: 699 }), reset: { from: 1, atMs, isSettled: true } });
      return (await audited.audit()).findings;
    };
    expect(await resetAt(noon + minuteMs)).toEqual([]);
    expect(await resetAt(noon - minuteMs)).toEqual(['no sweep has seen the id 701, though it is old enough for one']);
  });

  it('gives a stream time that was silent for a window and has a new event', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([701]));
    await audited.progress({ pieces: [], forgotten: [{ from: 1, to: 700 }], sweptAtMs: noon - minuteMs });
    expect(await audited.audit()).toMatchObject({ fronts: [], isSwept: true, findings: [] });
  });

  it('reports lost progress if the ledger has gaps', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([6, 9]));
    await fileGaps(audited.stores.ledger, [aGap({ from: 7, to: 8 })]);
    expect((await audited.audit()).findings).toEqual([
      expect.stringMatching(/^progress: none, though the ledger has gaps/),
    ]);
  });

  it('reports impossible progress, even if every id is in one place', async () => {
    const audited = await aStream();
    const [low, high] = aFront({ first: 1, last: 701, scanned: 650 });
    await audited.progress({ pieces: [low!, { ...high!, from: 640 }] });
    expect((await audited.audit()).findings).toContain('pieces: 1–650 and 640–701 overlap, or are not ascending');
  });

  it('reads again before it reports a difference', async () => {
    const audited = await aStream();
    const { ledger } = audited.stores;
    const read = ledger.progress.bind(ledger);
    let readings = 0;
    jest.spyOn(ledger, 'progress').mockImplementation(async (stream) => {
      const found = await read(stream);
      const pieces = aFront({ first: 1, last: 9_999 });
      return found && ++readings === 1 ? { ...found, value: { ...found.value, pieces } } : found;
    });
    expect((await audited.audit()).findings).toEqual([]);
    expect(readings).toBe(2);
  });

  it('proves nothing of a stream that fell silent a window ago', async () => {
    const audited = new Audited();
    await audited.progress({ pieces: [], forgotten: [{ from: 1, to: 700 }] });
    expect(await audited.audit()).toMatchObject({
      fronts: [],
      difference: 0,
      findings: [],
      notes: ['nothing is proved of ids that may be forgotten: 1–700'],
    });
    expect(await audited.draw()).toContain('orders: nothing to prove, since it has no front');
  });

  it('finds nothing for an unknown stream', async () => {
    expect((await auditAll(new Audited().stores, 'orders')).streams).toEqual([]);
  });

  it('reports a missing id that is in no gap', async () => {
    const audited = await aStream();
    await hold(audited.blocks, 'orders', { 5: anEntry() });
    await empty(audited, 256);
    const { difference, findings } = await audited.audit();
    expect(difference).toBe(1);
    expect(findings).toEqual(['missing: 256 without an entry, and in no gap of the ledger']);
  });

  it('reports a missing id whose gap is marked as filled', async () => {
    const audited = await aStream();
    await fileGaps(audited.stores.ledger, [aGap({ from: 5, to: 8, state: 'filled' })]);
    const { difference, findings } = await audited.audit();
    expect(difference).toBe(4);
    expect(findings).toEqual(['missing: 5–8 without an entry, in the gap 5–8, which is filled']);
  });

  it('reports missing ids above the highest one that is stored', async () => {
    const audited = await aStream();
    await audited.progress({ pieces: aFront({ first: 1, last: 800, scanned: 650 }) });
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
    const { fronts, difference, findings } = await audited.audit();
    expect([fronts[0]!.moved > 0, difference, findings]).toEqual([true, 0, []]);
  });

  it('reads no blocks but those at the ends and those of gaps that are not filled', async () => {
    const audited = new Audited();
    await hold(audited.blocks, 'orders', cellsOf([...idsFrom(1, 5_000), ...idsFrom(5_002, 20_000)]));
    await audited.progress({ pieces: aFront({ first: 1, last: 20_000, scanned: 19_000 }) });
    await fileGaps(audited.stores.ledger, [
      aGap({ from: 5_001, to: 5_001 }),
      aGap({ from: 9_000, to: 9_100, state: 'filled' }),
    ]);
    const counted = new CountedBlockStore(audited.blocks);
    audited.stores.blocks = counted;
    expect(await audited.audit()).toMatchObject({ difference: 0, fronts: [{ missing: 1 }] });
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
      { stream: 'orders', eventId: 702, state: 'clean', type: 'LeadCreated', instantMs: noon, atLeastMs: minuteMs },
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
    const [front] = streams[0]!.fronts;
    expect(front).toMatchObject({ from: 1, to: 60, scanned: 60, held: { closed: 3 } });
    expect(front!.held.reconstructed).toBeGreaterThan(0);
    expect(unpublished).toEqual([]);
    expect([...openLetters.values()].reduce((sum, count) => sum + count, 0)).toBe(pipeline.letters.length);
  });
});

/** Removes the entries of an id. */
async function empty({ blocks }: Audited, id: number): Promise<void> {
  const ref = { stream: 'orders', index: Math.floor(id / 256) };
  const [stored] = await blocks.read([ref]);
  const block = { index: ref.index, cells: stored!.block.cells.with(id % 256, []) };
  await blocks.write([{ ref, block, expected: stored!.version, expireAtMs: noon + 14 * dayMs, writtenAtMs: noon }]);
}

function flipped({ state }: Entry): Entry['state'] {
  return state === 'clean' ? 'suspect' : 'clean';
}

async function aMessyRun(): Promise<Pipeline> {
  const pipeline = new Pipeline();
  const others = idsFrom(20, 60).filter((id) => id !== 22 && id !== 30);
  await pipeline.sendIds(...idsFrom(1, 10), 5, 14, 60, ...others.slice(0, -1));
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
