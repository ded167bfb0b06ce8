import { LruCache } from '../lru-cache.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import type { BlockStore, Clock } from '../ports.ts';
import { blockIndex, blockSize } from './block.ts';
import { HeldIds } from './held-ids.ts';
import { heldIdsIn, isJump, isNearHeld, isNearStart, maxDistance, type JumpSettings, type MessageIds } from './jump.ts';

/** The maximum number of streams whose reads are remembered. */
const maxStreams = 10_000;

export interface JumpCheckDeps {
  readonly blocks: BlockStore;
  readonly clock: Clock;
}

/** The ids of a message, and their stream. */
type StreamIds = MessageIds & Pick<RoutingAttributes, 'stream'>;

/** Finds messages whose ids are too far above the ids that the blocks hold. Most messages need no read. */
export class JumpCheck {
  private readonly deps: JumpCheckDeps;
  private readonly held = new HeldIds();
  private readonly reads = new Map<string, Promise<boolean>>();
  /** How far below an id the next read of a stream looks first. Absent: not at all. */
  private readonly reaches = new LruCache<number>({ maxEntries: maxStreams });

  constructor(deps: JumpCheckDeps) {
    this.deps = deps;
  }

  /** Whether an id of a message is too far away. Only a read of the blocks that begins after this call can show it. */
  async isTooFar(routing: RoutingAttributes, settings: JumpSettings): Promise<boolean> {
    if (this.isAllowed(routing, settings)) return false;
    // Messages that arrive together are often near each other, so the read for one of them is enough.
    const underway = this.reads.get(routing.stream);
    if (underway) {
      await underway.catch(() => undefined);
      if (this.isAllowed(routing, settings)) return false;
    }
    return this.read(routing, settings);
  }

  /** Whether what is in memory shows that no id of a message is too far away. */
  isAllowed(routing: StreamIds, settings: JumpSettings): boolean {
    const { stream, lastId } = routing;
    if (isNearStart(routing, settings) || this.held.isNear(stream, routing, maxDistance(settings))) return true;
    return settings.start === undefined && this.held.isBelowAll(stream, lastId, this.deps.clock.now());
  }

  /** Remembers that the ids of a message are held. */
  add({ stream, eventId, lastId }: StreamIds, settings: JumpSettings): void {
    const distance = maxDistance(settings);
    this.held.add(stream, eventId, distance);
    if (lastId !== eventId) this.held.add(stream, lastId, distance);
  }

  /** The number of streams, stretches and reaches in memory. */
  get count(): number {
    return this.held.count + this.reaches.count;
  }

  private async read(routing: RoutingAttributes, settings: JumpSettings): Promise<boolean> {
    const { stream } = routing;
    const read = this.look(routing, settings);
    if (this.reads.has(stream)) return read;
    this.reads.set(stream, read);
    try {
      return await read;
    } finally {
      this.reads.delete(stream);
    }
  }

  private async look(routing: RoutingAttributes, settings: JumpSettings): Promise<boolean> {
    const distance = maxDistance(settings);
    if (await this.findsFarBelow(routing, distance)) return false;
    const { stream, eventId, lastId } = routing;
    const asOfMs = this.deps.clock.now();
    const limit = blockIndex(lastId) - blockIndex(eventId) + 2;
    const held = heldIdsIn(await this.deps.blocks.below(stream, blockIndex(lastId), limit), lastId);
    if (held.length === 0) this.held.addEmpty(stream, lastId, asOfMs);
    if (this.remember(routing, held, distance))
      this.reaches.set(stream, Math.max(blockSize, this.reaches.get(stream) ?? 0));
    // Another message may have been admitted during the read.
    if (this.isAllowed(routing, settings)) return false;
    const admitted = this.held.admittedLately(stream, this.deps.clock.now());
    const known = admitted === undefined ? held : [...held, admitted].sort((a, b) => a - b);
    return isJump(routing, known, settings);
  }

  /**
   * Looks for a held id as far below a message as the reads before have shown to be worthwhile. If ids come in
   * descending order, the nearest held id would serve for few of them. The reach doubles if an id is found that is near
   * enough, and halves otherwise, so that the number of reads grows with the logarithm of the range.
   */
  private async findsFarBelow(routing: RoutingAttributes, distance: number): Promise<boolean> {
    const { stream, eventId } = routing;
    const reach = Math.min(this.reaches.get(stream) ?? 0, distance / 2);
    if (reach < blockSize || eventId < reach) return false;
    const blocks = await this.deps.blocks.below(stream, blockIndex(eventId - reach), 1);
    const isFound = this.remember(routing, heldIdsIn(blocks, eventId), distance);
    this.reaches.set(stream, isFound ? reach * 2 : reach / 2);
    return isFound;
  }

  /**
   * Remembers of some held ids the one that serves for the most messages below this one. @returns Whether there is one
   * that is near enough.
   */
  private remember(routing: RoutingAttributes, held: readonly number[], distance: number): boolean {
    const lowest = held.find((id) => isNearHeld(routing, id, distance));
    if (lowest !== undefined) this.held.add(routing.stream, lowest, distance);
    return lowest !== undefined;
  }
}
