import type { Catalog } from '../catalog-definition.ts';
import { Coalescer } from '../coalescer.ts';
import type { Progress } from '../gaps/progress.ts';
import { LruCache } from '../lru-cache.ts';
import type { Clock, GapLedger } from '../ports.ts';

interface Known {
  /** Undefined if the stream was never swept. */
  readonly progress: Progress | undefined;
  /** When the read began, in milliseconds since 1970. */
  readonly asOfMs: number;
}

/** The maximum age of a cached document, in milliseconds, because sweeps go on while an instance runs. */
const maxAgeMs = 60_000;
const minAgeMs = 1_000;
/** The maximum number of streams whose documents are cached. */
const maxStreams = 10_000;
/** The maximum number of ranges in all cached documents. That is some 20 MB. */
const maxRanges = 200_000;

export interface ProgressCacheDeps {
  readonly ledger: GapLedger;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** Caches the progress of each stream's sweeps. */
export class ProgressCache {
  private readonly deps: ProgressCacheDeps;
  private readonly known = new LruCache<Known>({
    maxEntries: maxStreams,
    maxSize: maxRanges,
    sizeOf: ({ progress }) => (progress ? progress.pieces.length + progress.forgotten.length : 0),
  });
  private readonly reads = new Coalescer();

  constructor(deps: ProgressCacheDeps) {
    this.deps = deps;
  }

  /**
   * Returns the progress, at most as old as a gap takes from being covered to being filed, and from being filed to
   * being given up. So an id that was given up was already filed, or in a piece, when the progress was read.
   */
  async recent(stream: string): Promise<Progress | undefined> {
    if (!this.isFresh(stream)) await (this.reads.current(stream) ?? this.load(stream));
    return this.known.get(stream)?.progress;
  }

  /** Returns the progress by a read that begins after this call. Concurrent callers share it. */
  async afresh(stream: string): Promise<Progress | undefined> {
    await this.load(stream);
    return this.known.get(stream)?.progress;
  }

  /** Whether a stream is known to be unswept: a recent read found no document. */
  isUnswept(stream: string): boolean {
    return this.isFresh(stream) && this.known.get(stream)?.progress === undefined;
  }

  /** The number of streams in memory. */
  get count(): number {
    return this.known.count;
  }

  private isFresh(stream: string): boolean {
    const known = this.known.get(stream);
    const { graceMs, resendTimeoutMs } = this.deps.catalog.stream(stream);
    const ageMs = Math.max(minAgeMs, Math.min(maxAgeMs, graceMs, resendTimeoutMs));
    return known !== undefined && this.deps.clock.now() - known.asOfMs < ageMs;
  }

  private load(stream: string): Promise<void> {
    return this.reads.run(stream, async () => {
      const asOfMs = this.deps.clock.now();
      const stored = await this.deps.ledger.progress(stream);
      this.known.set(stream, { progress: stored?.value, asOfMs });
    });
  }
}
