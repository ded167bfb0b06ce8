import { placeOfKey } from '../shared/place.ts';
import type { BlockStore } from '../shared/ports.ts';
import type { Claim } from '../shared/tracking/claim.ts';
import { noon } from '../test/support/builders.ts';
import { aClaim } from '../test/support/claims.ts';
import { CommitHarness } from '../test/support/commits.ts';
import { passes } from './distant-store.ts';

/** The length of the buckets of these figures, in milliseconds: the default. */
export const bucketMs = 1_000;

/** Makes the claim of the n-th event of an unnumbered stream. */
export function claimAt(n: number, instantMs: number, root = `events/${n}`, width = bucketMs): Claim {
  const key = `u-${n}`;
  const place = placeOfKey(key, instantMs, width);
  return aClaim({ root, key, eventId: place, place, instantMs });
}

/**
 * Counts the documents that one instance reads and writes for an event of an unnumbered stream: at a thousand events a
 * second, in order of time, each published after some milliseconds. Time is virtual.
 *
 * @param latencyMs How long the store takes for a read, and for a write.
 * @throws Error if an event is not published.
 */
export async function operationsAnEvent(latencyMs: number, events = 5_000): Promise<number> {
  const harness = new CommitHarness();
  const { clock } = harness;
  const count = { documents: 0 };
  const counted = (store: BlockStore): BlockStore => {
    const far = harness.withLatency({ read: latencyMs, write: latencyMs })({ ...store });
    return {
      ...far,
      read: (refs) => ((count.documents += refs.length), far.read(refs)),
      write: (writes) => ((count.documents += writes.length), far.write(writes)),
    };
  };
  const commits = harness.instance(counted);
  const serve = async (n: number): Promise<void> => {
    await passes(clock, n);
    const claim = claimAt(n, noon + n);
    const { act } = await commits.claim('s', claim);
    if (act !== 'publish') throw new Error(`event ${n} is not published: ${act}`);
    await passes(clock, 10);
    commits.mark('s', { eventId: claim.eventId, place: claim.place, root: claim.root, as: 'published' });
  };
  await harness.settle(Promise.all(Array.from({ length: events }, (_, n) => serve(n))));
  await harness.settle(commits.flush());
  return count.documents / events;
}
