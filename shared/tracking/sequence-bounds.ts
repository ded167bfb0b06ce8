import type { Catalog } from '../catalog-definition.ts';
import { Coalescer } from '../coalescer.ts';
import type { Failure } from '../failure.ts';
import { LruCache } from '../lru-cache.ts';
import type { BlockStore, Clock, GapLedger } from '../ports.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import { blockIndex, highestId } from './block.ts';

/** The range of ids that a stream accepts: from above its floor to `maxJump` above its high-water mark. */
interface Bounds {
  /** The highest id that was seen or admitted. Undefined before the first one. */
  readonly highWater: number | undefined;
  /** Ids at or below it may be forgotten. */
  readonly floor: number;
  /** The ledger has all gaps at or below it. */
  readonly scanned: number;
  /** When the read of these bounds began, in milliseconds since 1970. */
  readonly asOfMs: number;
}

/** The maximum age of bounds, in milliseconds, because floor and scanned rise while an instance runs. */
const maxAgeMs = 60_000;
const minAgeMs = 1_000;
/** The maximum number of streams whose bounds are cached. */
const maxStreams = 10_000;

export interface SequenceBoundsDeps {
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** Caches the bounds of each stream's ids, and refuses ids outside them. */
export class SequenceBounds {
  private readonly deps: SequenceBoundsDeps;
  private readonly bounds = new LruCache<Bounds>({ maxEntries: maxStreams });
  private readonly reads = new Coalescer();

  constructor(deps: SequenceBoundsDeps) {
    this.deps = deps;
  }

  /**
   * Admits the ids of a message. Returns a failure if they are far above the highest id, or older than the
   * deduplication window. An id is refused only by bounds whose read began after this call. Inferred events and replays
   * are always admitted, because their ids are known to be right.
   */
  async admit(routing: RoutingAttributes): Promise<Failure | undefined> {
    if (routing.origin === 'replayed' || routing.origin === 'reconstructed') return undefined;
    const { stream } = routing;
    if (!this.isFresh(stream)) await (this.reads.current(stream) ?? this.load(stream));
    if (!this.isInside(this.boundsOf(stream), routing)) {
      await this.load(stream);
      if (this.isAbove(this.boundsOf(stream), routing)) return beyond(routing);
      if (await this.isForgotten(this.boundsOf(stream), routing)) return stale(routing);
    }
    this.raise(routing);
    return undefined;
  }

  /** Whether the ledger may have a gap that contains an id. Then the ledger must be told when the id is filled. */
  async isScanned(stream: string, eventId: number): Promise<boolean> {
    if (!this.isFresh(stream)) await this.load(stream);
    return eventId <= this.boundsOf(stream).scanned;
  }

  /** The number of streams in memory. */
  get streamCount(): number {
    return this.bounds.count;
  }

  /**
   * Whether the bounds are fresh. Their age is limited by the time that a producer has to resend, so that an id that
   * was given up was already scanned when the bounds were read.
   */
  private isFresh(stream: string): boolean {
    const known = this.bounds.get(stream);
    const { resendTimeoutMs } = this.deps.catalog.stream(stream);
    const ageMs = Math.max(minAgeMs, Math.min(maxAgeMs, resendTimeoutMs));
    return known !== undefined && this.deps.clock.now() - known.asOfMs < ageMs;
  }

  /**
   * Returns the current bounds. Call it again after each await, because other messages are admitted in the meantime.
   */
  private boundsOf(stream: string): Bounds {
    return this.bounds.get(stream) ?? { highWater: undefined, floor: -1, scanned: -1, asOfMs: this.deps.clock.now() };
  }

  /**
   * Counts an id as seen. The first events of a new stream arrive together, and the first admitted one sets the bounds
   * for the others.
   */
  private raise({ stream, lastId }: RoutingAttributes): void {
    const known = this.bounds.get(stream);
    if (known && lastId > (known.highWater ?? -1)) this.bounds.set(stream, { ...known, highWater: lastId });
  }

  private isInside(bounds: Bounds, routing: RoutingAttributes): boolean {
    return !this.isAbove(bounds, routing) && routing.eventId > bounds.floor;
  }

  private isAbove({ highWater }: Bounds, { stream, lastId }: RoutingAttributes): boolean {
    const { maxJump, start } = this.deps.catalog.stream(stream);
    const from = highWater ?? start;
    return from !== undefined && lastId > from + maxJump;
  }

  /**
   * Whether any of the ids may have come and be forgotten. A void has at most `maxGap` ids, so this reads few blocks.
   */
  private async isForgotten({ floor }: Bounds, { stream, eventId, lastId }: RoutingAttributes): Promise<boolean> {
    if (eventId > floor) return false;
    const first = blockIndex(eventId);
    const count = blockIndex(Math.min(lastId, floor)) - first + 1;
    const stored = await this.deps.blocks.read(Array.from({ length: count }, (_, i) => ({ stream, index: first + i })));
    const now = this.deps.clock.now();
    return stored.some(({ version, expireAtMs }) => version === undefined || expireAtMs <= now);
  }

  /** Reads the bounds of a stream. The read begins after this call, and concurrent callers share it. */
  private load(stream: string): Promise<void> {
    return this.reads.run(stream, () => this.read(stream));
  }

  private async read(stream: string): Promise<void> {
    const asOfMs = this.deps.clock.now();
    const [last, progress] = await Promise.all([this.deps.blocks.last(stream), this.deps.ledger.progress(stream)]);
    const stored = last && highestId(last);
    // An id that was admitted during the read may not be stored yet.
    const admitted = this.bounds.get(stream)?.highWater;
    const highWater = stored === undefined ? admitted : Math.max(stored, admitted ?? -1);
    const { floor, scanned } = progress?.value ?? { floor: -1, scanned: -1 };
    this.bounds.set(stream, { highWater, floor, scanned, asOfMs });
  }
}

/**
 * Returns the failure of a message above the bounds. A message that has a failure keeps it. A void above the bounds is
 * an invalid event.
 */
function beyond({ kind, failure }: RoutingAttributes): Failure {
  if (kind === 'void')
    return { code: 'ERR_INVALID_EVENT', stage: 'track', detail: 'void.to: far above the highest id seen' };
  return failure ?? { code: 'ERR_SEQUENCE_JUMP', stage: 'track', detail: 'event_id: far above the highest id seen' };
}

function stale({ kind, failure }: RoutingAttributes): Failure {
  const id = kind === 'void' ? 'void.from' : 'event_id';
  return failure ?? { code: 'ERR_STALE', stage: 'track', detail: `${id}: older than the deduplication window` };
}
