import { makeCatalog } from '../../shared/catalog-definition.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import { SequenceBounds } from '../../shared/tracking/sequence-bounds.ts';
import type { BlockRef, BlockStore } from '../../shared/ports.ts';
import type { RoutingAttributes } from '../../shared/messages/routing.ts';
import { aRouting as routingOf } from '../support/builders.ts';
import { aClaim } from '../support/claims.ts';
import { CommitHarness } from '../support/commits.ts';

/** An event of the stream `s`, by its id. */
function aRouting(eventId: number, over: Partial<RoutingAttributes> = {}): RoutingAttributes {
  return routingOf({ stream: 's', eventId, root: `events/${eventId}`, key: `${eventId}/0`, ...over });
}

/** Promises that the answers to reads of a harness wait for. */
const held = new WeakMap<CommitHarness, Promise<void>>();

/** Lets reads take effect, and holds their answers back. */
function holdReads(harness: CommitHarness) {
  let answer: () => void = () => undefined;
  held.set(harness, new Promise((resolve) => (answer = resolve)));
  return { answer };
}

function setUp(settings: Partial<StreamSettings> = {}) {
  const harness = new CommitHarness();
  const ledger = new EmbeddedGapLedger(harness.turns.step);
  const catalog = makeCatalog({ streams: { s: { maxJump: 1_000, ...settings } } });
  const counts = { reads: 0 };
  const blocks = {
    read: (refs: readonly BlockRef[]) => harness.blocks.read(refs),
    last: async (stream: string) => {
      counts.reads++;
      const last = await harness.blocks.last(stream);
      await held.get(harness);
      return last;
    },
  } as BlockStore;
  const bounds = new SequenceBounds({ blocks, ledger, catalog, clock: harness.clock });
  const store = (eventId: number) => harness.settle(harness.instance().claim('s', aClaim({ eventId })));
  const codeOf = async (routing: RoutingAttributes) => (await bounds.admit(routing))?.code;
  return { harness, ledger, store, codeOf, bounds, reads: () => counts.reads };
}

describe('the upper bound of a stream', () => {
  it('does not exist before the first event, which may have any id', async () => {
    const { codeOf } = setUp();
    expect(await codeOf(aRouting(9_000_000))).toBeUndefined();
  });

  it('is set by the first of the events that arrive together', async () => {
    const { codeOf } = setUp();
    const codes = await Promise.all([1, 1_000_000_000, 2].map((id) => codeOf(aRouting(id))));
    expect(codes).toEqual([undefined, 'ERR_SEQUENCE_JUMP', undefined]);
  });

  it('lies maxJump above the highest id', async () => {
    const { store, codeOf } = setUp();
    await store(5_000);
    expect(await codeOf(aRouting(6_001))).toBe('ERR_SEQUENCE_JUMP');
    expect(await codeOf(aRouting(6_000))).toBeUndefined();
    expect(await codeOf(aRouting(7_000))).toBeUndefined();
  });

  it('lies maxJump above the start that the catalog gives, before the first event', async () => {
    const { codeOf } = setUp({ start: 100 });
    expect(await codeOf(aRouting(1_101))).toBe('ERR_SEQUENCE_JUMP');
    expect(await codeOf(aRouting(1_100))).toBeUndefined();
  });

  it('is read afresh before anything is said to lie beyond it, since another instance may have moved it', async () => {
    const { store, codeOf } = setUp();
    await store(1);
    expect(await codeOf(aRouting(2))).toBeUndefined();
    await store(5_000);
    expect(await codeOf(aRouting(6_000))).toBeUndefined();
  });

  it('does not hold for what an operator replays, nor for what Eventmend infers', async () => {
    const { store, codeOf } = setUp();
    await store(1);
    expect(await codeOf(aRouting(1_000_000, { origin: 'replayed' }))).toBeUndefined();
    expect(await codeOf(aRouting(1_000_000, { origin: 'reconstructed' }))).toBeUndefined();
  });

  it('turns a void away as invalid, and leaves a failure its own reason', async () => {
    const { store, codeOf } = setUp();
    await store(1);
    expect(await codeOf(aRouting(900, { kind: 'void', lastId: 1_500 }))).toBe('ERR_INVALID_EVENT');
    const failure = { code: 'ERR_INVALID_PAYLOAD', stage: 'validate', detail: '' } as const;
    expect(await codeOf(aRouting(9_000, { kind: 'failure', failure }))).toBe('ERR_INVALID_PAYLOAD');
  });
});

describe('bounds in memory', () => {
  it('remember what was admitted and is not stored yet, when they are read again', async () => {
    const { harness, codeOf } = setUp();
    expect(await codeOf(aRouting(5_000))).toBeUndefined();
    harness.clock.advance(60_000);
    expect(await codeOf(aRouting(6_001))).toBe('ERR_SEQUENCE_JUMP');
    expect(await codeOf(aRouting(6_000))).toBeUndefined();
  });

  it('refuse an id only by a read that began after its message had arrived', async () => {
    const { harness, store, bounds } = setUp();
    await store(1);
    const reads = holdReads(harness);
    const first = bounds.admit(aRouting(2));
    await harness.advance(0);
    // Another instance stores id 5000 after that read took effect; then id 6000 arrives here.
    await store(5_000);
    const second = bounds.admit(aRouting(6_000));
    reads.answer();
    expect(await harness.settle(Promise.all([first, second]))).toEqual([undefined, undefined]);
  });

  it('refuse an id by no read that another message had begun before it arrived', async () => {
    const { harness, store, bounds } = setUp();
    await store(1);
    await harness.settle(bounds.admit(aRouting(2)));
    const reads = holdReads(harness);
    const first = bounds.admit(aRouting(5_500));
    await harness.advance(0);
    await store(5_000);
    const second = bounds.admit(aRouting(6_000));
    reads.answer();
    expect(await harness.settle(first)).toMatchObject({ code: 'ERR_SEQUENCE_JUMP' });
    expect(await harness.settle(second)).toBeUndefined();
  });

  it('are read once for the messages that arrive together', async () => {
    const { harness, store, bounds, reads } = setUp();
    await store(1);
    await harness.settle(Promise.all([2, 3, 4, 5].map((id) => bounds.admit(aRouting(id)))));
    expect(reads()).toBe(1);
  });

  it('are kept for a bounded number of streams', async () => {
    const { harness, bounds } = setUp();
    for (let at = 0; at < 12_000; at += 1_000) {
      const routings = Array.from({ length: 1_000 }, (_, i) => aRouting(1, { stream: `stream-${at + i}` }));
      await harness.settle(Promise.all(routings.map((routing) => bounds.admit(routing))));
    }
    expect(bounds.streamCount).toBe(10_000);
  });
});

describe('the lower bound of a stream', () => {
  it('is the floor, where the block of the id is gone', async () => {
    const { ledger, store, codeOf } = setUp();
    await store(5_000);
    await ledger.saveProgress('s', { ...startProgress('s'), floor: 4_999 }, undefined);
    expect(await codeOf(aRouting(4_000))).toBe('ERR_STALE');
    expect(await codeOf(aRouting(5_001))).toBeUndefined();
    // The block of id 4999 is that of 5000, and still there.
    expect(await codeOf(aRouting(4_999))).toBeUndefined();
  });

  it('turns away a void of which any id may have come and be forgotten', async () => {
    const { ledger, store, codeOf } = setUp();
    // Blocks 0 and 19 to 20 are remembered; what lies between may have come.
    for (const id of [100, 5_000, 5_300]) await store(id);
    await ledger.saveProgress('s', { ...startProgress('s'), floor: 5_100 }, undefined);
    const aVoid = (from: number, to: number) => aRouting(from, { kind: 'void', lastId: to });
    expect(await codeOf(aVoid(10, 300))).toBe('ERR_STALE');
    expect(await codeOf(aVoid(10, 90))).toBeUndefined();
    expect(await codeOf(aVoid(4_900, 6_000))).toBeUndefined();
  });

  it('holds for a block that may be deleted, though it is not yet', async () => {
    const { harness, ledger, store, codeOf } = setUp();
    await store(5_000);
    await ledger.saveProgress('s', { ...startProgress('s'), floor: 5_000 }, undefined);
    harness.clock.advance(1_000_000);
    expect(await codeOf(aRouting(4_999))).toBe('ERR_STALE');
  });

  it('is looked at again after a minute, since it rises while an instance runs', async () => {
    const { harness, ledger, store, codeOf } = setUp();
    await store(5_000);
    expect(await codeOf(aRouting(4_000))).toBeUndefined();
    await ledger.saveProgress('s', { ...startProgress('s'), floor: 4_500 }, undefined);
    harness.clock.advance(60_000);
    expect(await codeOf(aRouting(4_001))).toBe('ERR_STALE');
  });
});
