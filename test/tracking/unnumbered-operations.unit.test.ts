import type { BlockStore, Clock } from '../../shared/ports.ts';
import { encodeBlock } from '../../shared/tracking/block-codec.ts';
import { blockIndex, emptyBlock } from '../../shared/tracking/block.ts';
import { applyClaims } from '../../shared/tracking/apply-claims.ts';
import type { Claim } from '../../shared/tracking/claim.ts';
import { placeOfKey } from '../../shared/place.ts';
import { dayMs, noon } from '../support/builders.ts';
import { aClaim } from '../support/claims.ts';
import { CommitHarness } from '../support/commits.ts';

/* Counts the documents that are read and written for an event of an unnumbered stream. Time is virtual. */

const bucketMs = 1_000;

function claimAt(n: number, instantMs: number, root = `events/${n}`, width = bucketMs): Claim {
  const key = `u-${n}`;
  const place = placeOfKey(key, instantMs, width);
  return aClaim({ root, key, eventId: place, place, instantMs });
}

function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve);
  });
}

/** Has one instance serve a thousand events a second, in order of time, each published after some milliseconds. */
async function operationsAnEvent(latencyMs: number, events = 5_000): Promise<number> {
  const harness = new CommitHarness();
  const { clock } = harness;
  const count = { documents: 0 };
  const distant = (store: BlockStore): BlockStore => ({
    ...harness.withLatency({ read: latencyMs, write: latencyMs })(store),
  });
  const counted = (store: BlockStore): BlockStore => {
    const far = distant(store);
    return {
      ...far,
      read: (refs) => ((count.documents += refs.length), far.read(refs)),
      write: (writes) => ((count.documents += writes.length), far.write(writes)),
    };
  };
  const commits = harness.instance(counted);
  const serve = async (n: number): Promise<void> => {
    await wait(clock, n);
    const claim = claimAt(n, noon + n);
    const { act } = await commits.claim('s', claim);
    expect(act).toBe('publish');
    await wait(clock, 10);
    commits.mark('s', { eventId: claim.eventId, place: claim.place, root: claim.root, as: 'published' });
  };
  await harness.settle(Promise.all(Array.from({ length: events }, (_, n) => serve(n))));
  await harness.settle(commits.flush());
  return count.documents / events;
}

test.each([8, 25])(
  'one writer needs at most 0.05 operations an event at 1,000 events a second, with a store that takes %d ms',
  async (latencyMs) => {
    expect(await operationsAnEvent(latencyMs)).toBeLessThan(0.05);
  },
);

test('a copy is found at the edge of a bucket, and its neighbour in the next bucket is no copy', async () => {
  const harness = new CommitHarness();
  const lastMs = noon + bucketMs - 1;
  const before = [claimAt(1, lastMs), claimAt(2, lastMs + 1)];
  const acts = async (claims: readonly Claim[]) => {
    const commits = harness.instance();
    const verdicts = await harness.settle(Promise.all(claims.map((claim) => commits.claim('s', claim))));
    return verdicts.map(({ act }) => act);
  };
  expect(blockIndex(before[1]!.eventId)).toBe(blockIndex(before[0]!.eventId) + 1);
  expect(await acts(before)).toEqual(['publish', 'publish']);
  expect(await acts([claimAt(1, lastMs, 'copies/1'), claimAt(2, lastMs + 1, 'copies/2')])).toEqual([
    'duplicate',
    'duplicate',
  ]);
});

test('a year of one event a minute takes less than 100 MB, by the sizes of Firestore, with buckets of 16 hours', () => {
  const width = 16 * 3_600_000;
  const eventsABucket = width / 60_000;
  const claims = Array.from({ length: eventsABucket }, (_, n) => claimAt(n, n * 60_000, `events/${n}`, width));
  const index = blockIndex(claims[0]!.eventId);
  const inBucket = claims.filter(({ eventId }) => blockIndex(eventId) === index);
  const { entries, types, ...numbers } = encodeBlock(applyClaims(emptyBlock(index), inBucket).block, {
    isBucket: true,
  });
  // A document has 32 bytes, and its name and the names of its fields as texts with one byte more; a number has 8.
  const name = 16 + 'streams/payments/buckets/00000000000001'.length + 1;
  const fields = Object.keys(numbers).length * (12 + 8) + entries.length + Buffer.byteLength(types.join('')) + 100;
  const aDocument = 32 + name + fields;
  const documents = (365 * dayMs) / 60_000 / inBucket.length;
  expect(inBucket.length).toBeGreaterThan(900);
  expect(documents * aDocument).toBeLessThan(100e6);
});
