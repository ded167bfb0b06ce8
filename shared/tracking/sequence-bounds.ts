import type { Catalog } from '../catalog-definition.ts';
import { Coalescer } from '../coalescer.ts';
import type { Failure } from '../failure.ts';
import { LruCache } from '../lru-cache.ts';
import type { BlockStore, Clock, GapLedger } from '../ports.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import { blockIndex, highestId } from './block.ts';

/** The ids that a stream takes for now: those from above its floor to `maxJump` above its high-water mark. */
interface Bounds {
  /** Highest id that was seen or admitted; undefined before the first. */
  readonly highWater: number | undefined;
  /** Ids at or below it may be forgotten. */
  readonly floor: number;
  /** The ledger knows which ids were missing at or below it. */
  readonly scanned: number;
  /** When the read that says so began, in milliseconds since 1970. */
  readonly asOfMs: number;
}

/** How long bounds are fresh, in milliseconds: floor and scanned rise while an instance runs. */
const maxAgeMs = 60_000;
const minAgeMs = 1_000;
/** Streams whose bounds are kept in memory. */
const maxStreams = 10_000;

export interface SequenceBoundsDeps {
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** Knows the bounds of each stream's ids, and refuses ids beyond them. */
export class SequenceBounds {
  private readonly deps: SequenceBoundsDeps;
  private readonly bounds = new LruCache<Bounds>({ maxEntries: maxStreams });
  private readonly reads = new Coalescer();

  constructor(deps: SequenceBoundsDeps) {
    this.deps = deps;
  }

  /**
   * Admits the ids of a message, or says why it may not claim them: they are far above all that were seen, or older than what is
   * remembered. An id is refused only by bounds whose read began after this call. Exempt are inferences, and replays, whose operator
   * knows what the id is.
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

  /** Whether the ledger may hold a gap with an id: what becomes of the id must be recorded there. */
  async isScanned(stream: string, eventId: number): Promise<boolean> {
    if (!this.isFresh(stream)) await this.load(stream);
    return eventId <= this.boundsOf(stream).scanned;
  }

  /** Number of streams in memory. */
  get streamCount(): number {
    return this.bounds.count;
  }

  /**
   * Whether bounds are young enough. They may not be older than the time that a producer has to resend: what is given up by then was
   * scanned before the bounds were read.
   */
  private isFresh(stream: string): boolean {
    const known = this.bounds.get(stream);
    const { resendTimeoutMs } = this.deps.catalog.stream(stream);
    const ageMs = Math.max(minAgeMs, Math.min(maxAgeMs, resendTimeoutMs));
    return known !== undefined && this.deps.clock.now() - known.asOfMs < ageMs;
  }

  /** The bounds as they are now. Ask again after each wait: other messages are admitted meanwhile. */
  private boundsOf(stream: string): Bounds {
    return this.bounds.get(stream) ?? { highWater: undefined, floor: -1, scanned: -1, asOfMs: this.deps.clock.now() };
  }

  /** Counts an id as seen from now on: the first events of a new stream arrive together, and the first one that is admitted sets the bounds for the others. */
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

  /** Whether any of the ids may have come and be forgotten. A void has at most `maxGap` ids, so a few blocks are read. */
  private async isForgotten({ floor }: Bounds, { stream, eventId, lastId }: RoutingAttributes): Promise<boolean> {
    if (eventId > floor) return false;
    const first = blockIndex(eventId);
    const count = blockIndex(Math.min(lastId, floor)) - first + 1;
    const stored = await this.deps.blocks.read(Array.from({ length: count }, (_, i) => ({ stream, index: first + i })));
    const now = this.deps.clock.now();
    return stored.some(({ version, expireAtMs }) => version === undefined || expireAtMs <= now);
  }

  /** Reads the bounds of a stream by a read that begins after this call, one for all who call at the same time. */
  private load(stream: string): Promise<void> {
    return this.reads.run(stream, () => this.read(stream));
  }

  private async read(stream: string): Promise<void> {
    const asOfMs = this.deps.clock.now();
    const [last, progress] = await Promise.all([this.deps.blocks.last(stream), this.deps.ledger.progress(stream)]);
    const stored = last && highestId(last);
    // An id that was admitted meanwhile may not be stored yet.
    const admitted = this.bounds.get(stream)?.highWater;
    const highWater = stored === undefined ? admitted : Math.max(stored, admitted ?? -1);
    const { floor, scanned } = progress?.value ?? { floor: -1, scanned: -1 };
    this.bounds.set(stream, { highWater, floor, scanned, asOfMs });
  }
}

/** A failure keeps its own reason; a void that reaches beyond the bounds is not a valid void. */
function beyond({ kind, failure }: RoutingAttributes): Failure {
  if (kind === 'void')
    return { code: 'ERR_INVALID_EVENT', stage: 'track', detail: 'void.to: far above the highest id seen' };
  return failure ?? { code: 'ERR_SEQUENCE_JUMP', stage: 'track', detail: 'event_id: far above the highest id seen' };
}

function stale({ kind, failure }: RoutingAttributes): Failure {
  const id = kind === 'void' ? 'void.from' : 'event_id';
  return failure ?? { code: 'ERR_STALE', stage: 'track', detail: `${id}: older than the deduplication window` };
}
