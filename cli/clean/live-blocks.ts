import type { BlockRef, BlockStore, Clock, Version } from '../../shared/ports.ts';
import { InvariantError } from '../../shared/errors.ts';
import { blockLifetimeMs } from '../../shared/tracking/lifetimes.ts';
import type { Block } from '../../shared/tracking/block.ts';
import { slotName } from '../../shared/tracking/slot.ts';

/** A block in memory, decoded. */
export interface LiveBlock {
  readonly ref: BlockRef;
  block: Block;
  /** The version in the store. Undefined if it is not stored yet. */
  version: Version | undefined;
  /** Whether the store has another state of it. */
  isChanged: boolean;
  /** The number of the batch that last claimed in it. */
  usedIn: number;
}

interface LiveBlocksDeps {
  readonly store: Pick<BlockStore, 'read' | 'write'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Returns the deduplication window of a stream, in milliseconds. */
  readonly windowMs: (stream: string) => number;
}

/** The maximum number of blocks in memory. A decoded block of 256 entries takes some 60 kB. */
const maxLive = 1_024;
/** The number of batches for which a block stays in memory without a claim. What lives longer costs the garbage collector more. */
const maxIdleBatches = 4;

/**
 * The blocks that are being claimed, in front of their store. Nobody else may write blocks while one is changed here. A
 * changed block is written when it has not been used for a while, or when somebody else is to read the store.
 */
export class LiveBlocks {
  private readonly deps: LiveBlocksDeps;
  /** The least recently used first. */
  private readonly live = new Map<string, LiveBlock>();
  private batch = 0;

  constructor(deps: LiveBlocksDeps) {
    this.deps = deps;
  }

  /** Returns blocks in the order of their references. Reads those that are not in memory. */
  async load(refs: readonly BlockRef[]): Promise<readonly LiveBlock[]> {
    const absent = refs.filter((ref) => !this.live.has(slotName(ref)));
    if (absent.length > 0) {
      const read = await this.deps.store.read(absent);
      for (const [i, ref] of absent.entries()) {
        const stored = read[i];
        if (stored) this.live.set(slotName(ref), { ref, ...stored, isChanged: false, usedIn: this.batch });
      }
    }
    return refs.map((ref) => this.use(slotName(ref)));
  }

  /** Ends a batch. Writes the blocks that have not been used for some batches, and drops them. */
  async endBatch(): Promise<void> {
    const spare: [string, LiveBlock][] = [];
    for (const [name, block] of this.live) {
      const isSpare = this.batch - block.usedIn >= maxIdleBatches || this.live.size - spare.length > maxLive;
      if (!isSpare) break;
      spare.push([name, block]);
    }
    this.batch++;
    await this.write(spare.map(([, block]) => block));
    for (const [name] of spare) this.live.delete(name);
  }

  /** Writes all changed blocks, so that the store has the state of now. */
  async writeBack(): Promise<void> {
    await this.write([...this.live.values()]);
  }

  /** Drops all blocks, because somebody else is going to write some. None may be changed. */
  forget(): void {
    this.live.clear();
  }

  private use(name: string): LiveBlock {
    const found = this.live.get(name);
    if (!found) throw new InvariantError(`the block ${name} was not read`);
    this.live.delete(name);
    this.live.set(name, found);
    found.usedIn = this.batch;
    return found;
  }

  private async write(blocks: readonly LiveBlock[]): Promise<void> {
    const changed = blocks.filter(({ isChanged }) => isChanged);
    if (changed.length === 0) return;
    const { store, clock, windowMs } = this.deps;
    const nowMs = clock.now();
    const outcomes = await store.write(
      changed.map(({ ref, block, version }) => {
        const lifetimeMs = blockLifetimeMs(ref, block, windowMs(ref.stream), nowMs);
        return { ref, block, expected: version, expireAtMs: nowMs + lifetimeMs, writtenAtMs: nowMs };
      }),
    );
    for (const [i, block] of changed.entries()) {
      const outcome = outcomes[i];
      if (outcome?.status !== 'written')
        throw new InvariantError(
          `the block ${slotName(block.ref)} was not written: ${outcome?.status ?? 'no outcome'}`,
        );
      block.version = outcome.version;
      block.isChanged = false;
    }
  }
}
