import { systemClock } from '../../shared/gcp/clock.ts';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { makeClaim, type Claim } from '../../shared/tracking/claim.ts';
import { GroupCommit } from '../../shared/tracking/group-commit.ts';
import type { MakeStateWriter, StateEvent } from './state-side.ts';

const windowMs = 7 * 86_400_000;

/** Ours, as `track` does it: an event is claimed, and after its publish it is marked. */
export const makeGroupCommitWriter: MakeStateWriter = ({ state }, run) => {
  const count = { operations: 0 };
  const commits = new GroupCommit({
    blocks: counted(new FirestoreBlockStore(state), count),
    clock: systemClock,
    random: Math.random,
    log: { count: () => undefined },
    windowMs: () => windowMs,
  });
  return {
    handle: async (event) => {
      const claim = claimOf(event);
      const { act } = await commits.claim(run, claim);
      if (act !== 'publish') throw new Error(`event ${event.id} of ${run} is not published: ${act}`);
      commits.mark(run, { eventId: event.id, root: claim.root, as: 'published' });
    },
    flush: () => commits.flush(),
    operations: () => count.operations,
  };
};

function claimOf({ id, root, hash }: StateEvent): Claim {
  return makeClaim(
    { root, key: `${id}/0`, formerly: undefined },
    {
      eventId: id,
      place: undefined,
      kind: 'event',
      origin: 'producer',
      hash,
      toBeChecked: false,
      possibleDuplicate: false,
      answer: undefined,
      isRecovered: false,
      replay: 0,
      replace: false,
      type: 'OrderPaid',
      instantMs: 0,
      entity: 0,
    },
  );
}

/** Counts the documents that are read and written. */
function counted(store: BlockStore, count: { operations: number }): BlockStore {
  return Object.assign(Object.create(store) as BlockStore, {
    read: (refs: Parameters<BlockStore['read']>[0]) => {
      count.operations += refs.length;
      return store.read(refs);
    },
    write: (writes: Parameters<BlockStore['write']>[0]) => {
      count.operations += writes.length;
      return store.write(writes);
    },
  });
}
