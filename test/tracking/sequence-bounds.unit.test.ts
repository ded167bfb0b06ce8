import fc from 'fast-check';
import { aRouting, dayMs, idsFrom, noon } from '../support/builders.ts';
import { pieceOf, BoundsHarness } from '../support/bounds.ts';

const failure = { code: 'ERR_INVALID_PAYLOAD', stage: 'validate', detail: '' } as const;
const aVoid = (lastId: number) => ({ kind: 'void', lastId, instantMs: undefined }) as const;

/** Whether an id is too far above some held ids, as the definition says. */
function isFarAbove(id: number, held: ReadonlySet<number>, maxJump: number): boolean {
  const atOrBelow = [...held].filter((one) => one <= id);
  return atOrBelow.length > 0 && id - Math.max(...atOrBelow) > maxJump;
}

describe('an id far above the others', () => {
  it('is admitted as the first one of a stream', async () => {
    expect(await new BoundsHarness().codeOf(9_000_000)).toBeUndefined();
  });

  it('is refused more than maxJump above the highest id held below it', async () => {
    const harness = new BoundsHarness();
    await harness.store(1, 5_000, 90_000);
    expect(await harness.codeOf(6_001)).toBe('ERR_SEQUENCE_JUMP');
    expect(await harness.codeOf(6_000)).toBeUndefined();
    expect(await harness.codeOf(7_000)).toBeUndefined();
  });

  it('is admitted if nothing is held below it, however much is held above it', async () => {
    const harness = new BoundsHarness();
    await harness.store(1_000_000);
    expect(await harness.codeOf(5)).toBeUndefined();
    expect(await harness.codeOf(500_000)).toBe('ERR_SEQUENCE_JUMP');
  });

  it('is admitted if it is held itself, as after a replay', async () => {
    const harness = new BoundsHarness();
    await harness.store(1, 1_000_000);
    expect(await harness.codeOf(1_000_000, { origin: 'verified' })).toBeUndefined();
  });

  it('is measured by the first admitted one of the messages that arrive together', async () => {
    const harness = new BoundsHarness();
    const codes = await Promise.all([1, 1_000_000_000, 2].map((id) => harness.codeOf(id)));
    expect(codes).toEqual([undefined, 'ERR_SEQUENCE_JUMP', undefined]);
  });

  it('is measured by the ids too that a sweep has seen, since their blocks expire', async () => {
    const harness = new BoundsHarness();
    await harness.store(1);
    await harness.sweep({ pieces: [pieceOf(1, 5_000)], forgotten: [{ from: 7_000, to: 8_000 }] });
    expect(await harness.codeOf(6_001)).toBe('ERR_SEQUENCE_JUMP');
    expect(await harness.codeOf(9_001)).toBe('ERR_SEQUENCE_JUMP');
    expect(await harness.codeOf(9_000)).toBeUndefined();
    expect(await harness.codeOf(6_000)).toBeUndefined();
  });

  it('is measured by the start of the stream too', async () => {
    const harness = new BoundsHarness({ start: 100 });
    expect(await harness.codeOf(1_100)).toBe('ERR_SEQUENCE_JUMP');
    expect(await harness.codeOf(1_099)).toBeUndefined();
    expect(await harness.codeOf(3)).toBeUndefined();
  });

  it('is admitted if an operator replays it, or if it is inferred', async () => {
    const harness = new BoundsHarness();
    await harness.store(1);
    expect(await harness.codeOf(1_000_000, { origin: 'replayed' })).toBeUndefined();
    expect(await harness.codeOf(1_000_000, { origin: 'reconstructed' })).toBeUndefined();
  });

  it('makes a void invalid, and leaves a failure its own code', async () => {
    const harness = new BoundsHarness();
    await harness.store(1);
    expect(await harness.bounds.admit(aRouting({ eventId: 900, ...aVoid(1_002) }))).toEqual({
      code: 'ERR_INVALID_EVENT',
      stage: 'track',
      detail: 'void.to: far above the highest id seen below it',
    });
    expect(await harness.codeOf(900, aVoid(1_001))).toBeUndefined();
    expect(await harness.codeOf(9_000, { kind: 'failure', failure })).toBe('ERR_INVALID_PAYLOAD');
  });

  it('is refused only by a read that began after its message had come', async () => {
    const harness = new BoundsHarness();
    await harness.store(1);
    const answer = harness.holdAnswers();
    const first = harness.codeOf(5_500);
    await harness.store(5_000);
    const second = harness.codeOf(6_000);
    answer();
    expect(await Promise.all([first, second])).toEqual(['ERR_SEQUENCE_JUMP', undefined]);
  });

  it('is found in any order of events and voids, from the ids that are held at that moment', async () => {
    const message = fc.record({
      from: fc.nat(6_000),
      size: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 900 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { maxLength: 40 }),
        fc.integer({ min: 1, max: 1_200 }),
        async (all, maxJump) => {
          const harness = new BoundsHarness({ maxJump });
          const held = new Set<number>();
          for (const { from, size } of all) {
            const ids = idsFrom(from, from + size - 1);
            const isFar = ids.some((id) => isFarAbove(id, held, maxJump));
            const code = await harness.codeOf(from, size > 1 ? aVoid(from + size - 1) : {});
            expect(code !== undefined).toBe(isFar);
            if (isFar) continue;
            await harness.store(...ids);
            for (const id of ids) held.add(id);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the reads of blocks', () => {
  /** Admits ids one after the other, and stores them. @returns The number of reads. */
  async function readsFor(harness: BoundsHarness, ids: readonly number[]): Promise<number> {
    const before = harness.blockReads;
    for (const id of ids) expect(await harness.codeOf(id)).toBeUndefined();
    return harness.blockReads - before;
  }

  it('are two for the first event of a stream, and none for those that follow', async () => {
    const harness = new BoundsHarness();
    await harness.store(...idsFrom(1, 600));
    expect(await readsFor(harness, [601])).toBe(2);
    expect(await readsFor(harness, [...idsFrom(602, 5_000), 700, 650])).toBe(0);
    expect(harness.documentReads).toBe(0);
  });

  it('are shared by messages that come together', async () => {
    const harness = new BoundsHarness();
    await harness.store(1);
    await Promise.all([2, 3, 4, 5].map((id) => harness.codeOf(id)));
    expect(harness.blockReads).toBe(1);
  });

  it('fail only for the message that they were made for', async () => {
    const harness = new BoundsHarness();
    await harness.store(1);
    harness.failures = 1;
    const outcomes = await Promise.allSettled([2, 3].map((id) => harness.codeOf(id)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await harness.codeOf(2)).toBeUndefined();
  });

  it('are one a minute for a backlog in descending order below all that is held', async () => {
    const harness = new BoundsHarness();
    const ids = idsFrom(1, 1_000).map((i) => 10_000_000 - i * 3_000);
    expect(await readsFor(harness, ids.slice(0, 500))).toBe(1);
    harness.clock.advance(60_000);
    expect(await readsFor(harness, ids.slice(500))).toBe(1);
  });

  it('are few for a backlog in descending order between held ids', async () => {
    const harness = new BoundsHarness({ maxJump: 100_000 });
    await harness.store(...idsFrom(0, 2_000).map((i) => 50_000 + i * 100));
    const ids = idsFrom(0, 1_990).map((i) => 249_990 - i * 100);
    expect(await readsFor(harness, ids)).toBeLessThan(40);
  });

  it('are few for a backlog in random order between held ids', async () => {
    const harness = new BoundsHarness({ maxJump: 20_000 });
    await harness.store(...idsFrom(0, 2_000).map((i) => 50_000 + i * 100));
    // 997 and 1,991 have no common factor, so each number comes once.
    const ids = idsFrom(0, 1_990).map((i) => 249_990 - ((i * 997) % 1_991) * 100);
    expect(await readsFor(harness, ids)).toBeLessThan(120);
  });

  it('are few for a backlog in descending order of which 100 messages are in flight', async () => {
    const harness = new BoundsHarness({ maxJump: 100_000 });
    await harness.store(...idsFrom(0, 2_000).map((i) => 50_000 + i * 100));
    for (let i = 0; i < 1_900; i += 100)
      await Promise.all(idsFrom(i, i + 99).map((k) => harness.codeOf(249_990 - k * 100)));
    expect(harness.blockReads).toBeLessThan(300);
  });

  it('are at most two for each id that is refused', async () => {
    const harness = new BoundsHarness();
    await harness.store(1, 1_000);
    for (let i = 0; i < 100; i++) expect(await harness.codeOf(1_000_000 - i)).toBe('ERR_SEQUENCE_JUMP');
    expect(harness.blockReads).toBeLessThanOrEqual(200);
  });

  it('are one for a backlog in random order on a new stream', async () => {
    const harness = new BoundsHarness({ maxJump: 1_000_000 });
    const ids = idsFrom(0, 9_999).map((i) => 1 + ((i * 7_919) % 10_000) * 100);
    expect(await readsFor(harness, ids)).toBe(1);
  });
});

describe('an id that may be forgotten', () => {
  const old = { instantMs: noon - 15 * dayMs };

  it('is refused if its block is gone and its timestamp is old', async () => {
    const harness = new BoundsHarness();
    await harness.store(5_000);
    await harness.sweep({ forgotten: [{ from: 4_000, to: 5_000 }] });
    expect(await harness.codeOf(4_000, old)).toBe('ERR_STALE');
    expect(await harness.codeOf(4_000, { instantMs: undefined })).toBe('ERR_STALE');
    expect(await harness.codeOf(4_000, { ...old, kind: 'failure', failure })).toBe('ERR_INVALID_PAYLOAD');
    expect(await harness.codeOf(3_999, old)).toBeUndefined();
    expect(await harness.codeOf(4_000)).toBeUndefined();
    // The block of id 4999 is that of 5000, and still there.
    expect(await harness.codeOf(4_999, old)).toBeUndefined();
  });

  it('is refused if its block was made again by another event, which knows nothing of it', async () => {
    const harness = new BoundsHarness();
    await harness.storeInNewBlocks(5_000);
    await harness.sweep({ forgotten: [{ from: 4_990, to: 5_000 }] });
    expect(await harness.codeOf(4_999, old)).toBe('ERR_STALE');
    expect(await harness.codeOf(4_999, { kind: 'void', lastId: 4_999, instantMs: undefined })).toBe('ERR_STALE');
    // A copy of what the block holds is not refused here, and neither is an id that no sweep has forgotten.
    expect(await harness.codeOf(5_000, old)).toBeUndefined();
    expect(await harness.codeOf(5_001, old)).toBeUndefined();
  });

  it('is refused if its block is full and the page of its key is gone, but not if the block has its key', async () => {
    const harness = new BoundsHarness();
    await harness.storeFull(5);
    await harness.sweep({ forgotten: [{ from: 1, to: 9 }] });
    expect(await harness.codeOf(5, { ...old, key: 'on-a-page' })).toBe('ERR_STALE');
    expect(await harness.codeOf(5, { ...old, key: '7' })).toBeUndefined();
    expect(await harness.codeOf(5, { key: 'on-a-page' })).toBeUndefined();
  });

  it('is refused if its event was refused before, perhaps because another id held its uuid: that may be forgotten', async () => {
    for (const uuid of ['global', 'sequence'] as const) {
      const harness = new BoundsHarness({ uuid });
      await harness.storeClosed(5, 'a-uuid');
      await harness.sweep({ forgotten: [{ from: 1, to: 9 }] });
      const code = await harness.codeOf(5, { ...old, key: 'a-uuid' });
      expect([uuid, code]).toEqual([uuid, uuid === 'global' ? 'ERR_STALE' : undefined]);
      expect(await harness.codeOf(5, { key: 'a-uuid' })).toBeUndefined();
    }
  });

  it('is admitted if an operator replays it, or if it is inferred', async () => {
    const harness = new BoundsHarness();
    await harness.sweep({ forgotten: [{ from: 1, to: 9 }] });
    expect(await harness.codeOf(5, old)).toBe('ERR_STALE');
    expect(await harness.codeOf(5, { ...old, origin: 'replayed' })).toBeUndefined();
    expect(await harness.codeOf(5, { ...old, origin: 'reconstructed' })).toBeUndefined();
  });

  it('is refused if its block may be deleted, though it is still stored', async () => {
    const harness = new BoundsHarness();
    await harness.store(5);
    harness.clock.advance(14 * dayMs);
    await harness.sweep({ forgotten: [{ from: 1, to: 9 }] });
    expect(await harness.codeOf(6, { instantMs: noon - 1 })).toBe('ERR_STALE');
  });

  it('is refused as soon as its piece is a window old, by a document that no sweep has changed since', async () => {
    const harness = new BoundsHarness();
    const sinceMs = noon - 14 * dayMs + 30_000;
    await harness.sweep({ pieces: [pieceOf(1, 9, { sinceMs })] });
    expect(await harness.codeOf(5, old)).toBeUndefined();
    harness.clock.advance(30_000);
    expect(await harness.codeOf(5, old)).toBe('ERR_STALE');
  });

  it('is any old id, while no sweep has run for a window', async () => {
    const harness = new BoundsHarness();
    await harness.sweep({ sweptAtMs: noon - 14 * dayMs - 1 });
    expect(await harness.codeOf(5, old)).toBe('ERR_STALE');
    await harness.sweep({});
    expect(await harness.codeOf(5, old)).toBeUndefined();
  });

  it('is none on a stream that was never swept', async () => {
    expect(await new BoundsHarness().codeOf(5, old)).toBeUndefined();
  });

  it('makes a void stale, if any of its ids is one', async () => {
    const harness = new BoundsHarness({ maxJump: 10_000 });
    // Blocks 0, 19 and 20 are stored. The ids between them may have come.
    await harness.store(100, 5_000, 5_300);
    await harness.sweep({ forgotten: [{ from: 0, to: 5_100 }] });
    expect(await harness.bounds.admit(aRouting({ eventId: 10, ...aVoid(300) }))).toEqual({
      code: 'ERR_STALE',
      stage: 'track',
      detail: 'void.from: older than the deduplication window',
    });
    expect(await harness.codeOf(10, aVoid(90))).toBeUndefined();
    expect(await harness.codeOf(4_900, aVoid(5_800))).toBeUndefined();
  });

  it('is refused only by a document whose read began after its message had come', async () => {
    const harness = new BoundsHarness();
    await harness.sweep({ forgotten: [{ from: 1, to: 9 }] });
    const answer = harness.holdAnswers();
    const code = harness.codeOf(5, old);
    const next = harness.bounds.mayBeInRow('orders', 5);
    await harness.sweep({ forgotten: [] });
    answer();
    expect([await code, await next]).toEqual([undefined, true]);
  });

  it('costs no read of a document if its timestamp is recent', async () => {
    const harness = new BoundsHarness();
    for (const id of idsFrom(1, 100)) await harness.codeOf(id);
    expect(harness.documentReads).toBe(0);
  });

  it('costs one read a minute for old events that nobody has forgotten', async () => {
    const harness = new BoundsHarness();
    await harness.sweep({ forgotten: [{ from: 1, to: 9 }] });
    for (const id of idsFrom(100, 200)) expect(await harness.codeOf(id, old)).toBeUndefined();
    expect(harness.documentReads).toBe(1);
    harness.clock.advance(60_000);
    for (const id of idsFrom(201, 300)) expect(await harness.codeOf(id, old)).toBeUndefined();
    expect(harness.documentReads).toBe(2);
  });
});

describe('an id that may be in a row of the ledger', () => {
  it('is told from a document that is at most a minute old', async () => {
    const harness = new BoundsHarness();
    await harness.sweep({ pieces: [pieceOf(1, 9)] });
    expect(await harness.bounds.mayBeInRow('orders', 9)).toBe(true);
    await harness.sweep({ pieces: [pieceOf(1, 19)] });
    harness.clock.advance(59_999);
    expect(await harness.bounds.mayBeInRow('orders', 19)).toBe(false);
    expect(harness.documentReads).toBe(1);
    harness.clock.advance(1);
    expect(await harness.bounds.mayBeInRow('orders', 19)).toBe(true);
    expect(harness.documentReads).toBe(2);
  });

  it.each([{ graceMs: 5_000 }, { resendTimeoutMs: 5_000 }])(
    'is told from a document that is younger than a gap takes to be filed and given up: %j',
    async (settings) => {
      const harness = new BoundsHarness(settings);
      await harness.bounds.mayBeInRow('orders', 9);
      await harness.sweep({ pieces: [pieceOf(1, 19)] });
      harness.clock.advance(5_000);
      expect(await harness.bounds.mayBeInRow('orders', 19)).toBe(true);
    },
  );

  it('is none on a stream that was never swept', async () => {
    expect(await new BoundsHarness().bounds.mayBeInRow('orders', 1)).toBe(false);
  });
});

it('an instance keeps a bounded number of streams and ids', async () => {
  const harness = new BoundsHarness();
  for (let i = 0; i < 25_000; i++) {
    const stream = `stream-${i}`;
    await harness.codeOf(1, { stream });
    await harness.bounds.mayBeInRow(stream, 1);
  }
  // 20,000 stretches, the lower ends and the documents of 10,000 streams, and the names of 10,000 that exist and of 20,000 in the list.
  expect(harness.bounds.cachedCount).toBe(70_000);
});

describe('after a reset of the numbering', () => {
  it('ids near its first one are admitted at once, and lower ones are too', async () => {
    const harness = new BoundsHarness();
    await harness.store(1, 2, 3);
    await harness.sweep({});
    expect(await harness.bounds.mayBeInRow('orders', 3)).toBe(false);
    expect(await harness.codeOf(50_000)).toBe('ERR_SEQUENCE_JUMP');
    await harness.sweep({ reset: { from: 50_000 } });
    expect(await harness.codeOf(50_000)).toBeUndefined();
    expect(await harness.codeOf(50_999)).toBeUndefined();
    expect(await harness.codeOf(20_000)).toBeUndefined();
    expect(await harness.codeOf(90_000)).toBe('ERR_SEQUENCE_JUMP');
  });

  it('a stream that begins elsewhere by the catalog begins where the operator says', async () => {
    const harness = new BoundsHarness({ start: 7 });
    expect(await harness.codeOf(50_000)).toBe('ERR_SEQUENCE_JUMP');
    await harness.sweep({ reset: { from: 49_000 } });
    expect(await harness.codeOf(50_000)).toBe('ERR_SEQUENCE_JUMP');
    expect(await harness.codeOf(49_999)).toBeUndefined();
  });
});
