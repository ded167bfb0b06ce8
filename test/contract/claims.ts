import { systemClock } from '../../shared/gcp/clock.ts';
import type { BlockStore, BlockWrite, WriteOutcome } from '../../shared/ports.ts';
import { applyClaims } from '../../shared/tracking/apply-claims.ts';
import { emptyBlock, firstId, type Block } from '../../shared/tracking/block.ts';
import type { Claim } from '../../shared/tracking/claim.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { GroupCommit } from '../../shared/tracking/group-commit.ts';
import { aClaim, type ClaimSketch } from '../support/claims.ts';

/** Makes the claim of a producer's sound event. Each id has its own root and key. */
export function anEventClaim(eventId: number, sketch: ClaimSketch = {}): Claim {
  return aClaim({ eventId, root: `events/${eventId}`, key: `key-${eventId}`, instantMs: 1_739_102_400_000, ...sketch });
}

/** Makes a block with one accepted event, given its offset in the block. Each offset has its own content. */
export function aBlock(index: number, places: readonly number[] = [0]): Block {
  const claims = places.map((place) => anEventClaim(firstId(index) + place));
  return applyClaims(emptyBlock(index), claims).block;
}

/** Makes the largest possible block: 16 keys under every id, and types with long names. */
export function largestBlock(index: number): Block {
  const claims = Array.from({ length: 256 * 16 }, (_, i) =>
    anEventClaim(firstId(index) + (i % 256), {
      root: `events/${i}`,
      key: `key-${i}`,
      type: String(i % 255).padEnd(128, '€'),
    }),
  );
  return applyClaims(emptyBlock(index), claims).block;
}

export function groupCommitOn(blocks: BlockStore): GroupCommit {
  return new GroupCommit({
    blocks,
    clock: systemClock,
    random: Math.random,
    log: new EmbeddedLog(),
    windowMs: () => 60_000,
  });
}

/** Makes a store that refuses blocks with an entry of one root, as a real store refuses documents that are too large. */
export function refusing(store: BlockStore, root: string): BlockStore {
  const isRefused = ({ block }: BlockWrite): boolean =>
    block.cells.some((cell) => cell.some((entry) => entry.root === root));
  return new Proxy(store, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'write') return typeof member === 'function' ? member.bind(target) : member;
      return async (writes: readonly BlockWrite[]): Promise<readonly WriteOutcome[]> => {
        const taken = await target.write(writes.filter((write) => !isRefused(write)));
        const rest = [...taken];
        return writes.map((write) =>
          isRefused(write) ? { status: 'refused', reason: 'its root' } : (rest.shift() ?? { status: 'conflict' }),
        );
      };
    },
  });
}
