import { makeCatalog, type StreamSettings } from '../../shared/catalog-definition.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import { Edges } from '../../shared/tracking/edges.ts';
import type { Passage } from '../../shared/validation/passage.ts';
import { aPassage as passageOf } from '../support/builders.ts';
import { aClaim } from '../support/claims.ts';
import { Shop } from '../support/commits.ts';

/** An event of the stream `s`, by its id. */
function aPassage(eventId: number, over: Partial<Passage> = {}): Passage {
  return passageOf({ stream: 's', eventId, root: `events/${eventId}`, key: `${eventId}/0`, ...over });
}

function setUp(settings: Partial<StreamSettings> = {}) {
  const shop = new Shop();
  const ledger = new EmbeddedGapLedger(shop.turns.step);
  const catalog = makeCatalog({ streams: { s: { maxJump: 1_000, ...settings } } });
  const edges = new Edges({ blocks: shop.blocks, ledger, catalog, clock: shop.clock });
  const store = (eventId: number) => shop.settle(shop.instance().claim('s', aClaim({ eventId })));
  const codeOf = async (passage: Passage) => (await edges.obstacle(passage))?.code;
  return { shop, ledger, store, codeOf };
}

describe('the upper edge of a stream', () => {
  it('is nowhere before the first event, which may have any id', async () => {
    const { codeOf } = setUp();
    expect(await codeOf(aPassage(9_000_000))).toBeUndefined();
  });

  it('is set by the first of the events that arrive together', async () => {
    const { codeOf } = setUp();
    const codes = await Promise.all([1, 1_000_000_000, 2].map((id) => codeOf(aPassage(id))));
    expect(codes).toEqual([undefined, 'ERR_SEQUENCE_JUMP', undefined]);
  });

  it('lies maxJump above the highest id', async () => {
    const { store, codeOf } = setUp();
    await store(5_000);
    expect(await codeOf(aPassage(6_001))).toBe('ERR_SEQUENCE_JUMP');
    expect(await codeOf(aPassage(6_000))).toBeUndefined();
    expect(await codeOf(aPassage(7_000))).toBeUndefined();
  });

  it('lies maxJump above the start that the catalog gives, before the first event', async () => {
    const { codeOf } = setUp({ start: 100 });
    expect(await codeOf(aPassage(1_101))).toBe('ERR_SEQUENCE_JUMP');
    expect(await codeOf(aPassage(1_100))).toBeUndefined();
  });

  it('is read afresh before anything is said to lie beyond it, since another instance may have moved it', async () => {
    const { store, codeOf } = setUp();
    await store(1);
    expect(await codeOf(aPassage(2))).toBeUndefined();
    await store(5_000);
    expect(await codeOf(aPassage(6_000))).toBeUndefined();
  });

  it('does not hold for what an operator replays, nor for what Eventmend infers', async () => {
    const { store, codeOf } = setUp();
    await store(1);
    expect(await codeOf(aPassage(1_000_000, { origin: 'replayed' }))).toBeUndefined();
    expect(await codeOf(aPassage(1_000_000, { origin: 'reconstructed' }))).toBeUndefined();
  });

  it('turns a void away as invalid, and leaves a failure its own reason', async () => {
    const { store, codeOf } = setUp();
    await store(1);
    expect(await codeOf(aPassage(900, { kind: 'void', lastId: 1_500 }))).toBe('ERR_INVALID_EVENT');
    const failure = { code: 'ERR_INVALID_PAYLOAD', stage: 'validate', detail: '' } as const;
    expect(await codeOf(aPassage(9_000, { kind: 'failure', failure }))).toBe('ERR_INVALID_PAYLOAD');
  });
});

describe('the lower edge of a stream', () => {
  it('is the floor, where the block of the id is gone', async () => {
    const { ledger, store, codeOf } = setUp();
    await store(5_000);
    await ledger.saveProgress('s', { ...startProgress('s'), floor: 4_999 }, undefined);
    expect(await codeOf(aPassage(4_000))).toBe('ERR_STALE');
    expect(await codeOf(aPassage(5_001))).toBeUndefined();
    // The block of id 4999 is that of 5000, and still there.
    expect(await codeOf(aPassage(4_999))).toBeUndefined();
  });

  it('turns away a void of which any id may have come and be forgotten', async () => {
    const { ledger, store, codeOf } = setUp();
    // Blocks 0 and 19 to 20 are remembered; what lies between may have come.
    for (const id of [100, 5_000, 5_300]) await store(id);
    await ledger.saveProgress('s', { ...startProgress('s'), floor: 5_100 }, undefined);
    const aVoid = (from: number, to: number) => aPassage(from, { kind: 'void', lastId: to });
    expect(await codeOf(aVoid(10, 300))).toBe('ERR_STALE');
    expect(await codeOf(aVoid(10, 90))).toBeUndefined();
    expect(await codeOf(aVoid(4_900, 6_000))).toBeUndefined();
  });

  it('holds for a block that may be deleted, though it is not yet', async () => {
    const { shop, ledger, store, codeOf } = setUp();
    await store(5_000);
    await ledger.saveProgress('s', { ...startProgress('s'), floor: 5_000 }, undefined);
    shop.clock.advance(1_000_000);
    expect(await codeOf(aPassage(4_999))).toBe('ERR_STALE');
  });

  it('is looked at again after a minute, since it rises while an instance runs', async () => {
    const { shop, ledger, store, codeOf } = setUp();
    await store(5_000);
    expect(await codeOf(aPassage(4_000))).toBeUndefined();
    await ledger.saveProgress('s', { ...startProgress('s'), floor: 4_500 }, undefined);
    shop.clock.advance(60_000);
    expect(await codeOf(aPassage(4_001))).toBe('ERR_STALE');
  });
});
