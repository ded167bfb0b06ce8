import type { Catalog } from '../catalog-definition.ts';
import { Coalescer } from '../coalescer.ts';
import { LruCache } from '../lru-cache.ts';
import type { BlockStore, Clock } from '../ports.ts';
import { streamPages } from '../stream-pages.ts';
import type { ProgressCache } from './progress-cache.ts';

/** The maximum number of streams that are remembered as existing. */
const maxKnown = 10_000;
/** The maximum number of listed names in memory. */
const maxListed = 20_000;
/** The maximum age of a list of streams, in milliseconds. */
const maxAgeMs = 60_000;

export interface StreamLimitDeps {
  readonly blocks: Pick<BlockStore, 'streams'>;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** The streams that existed at a time, and those that were admitted since. */
interface Listed {
  readonly atMs: number;
  readonly names: Set<string>;
  /** The number of streams by source, without those that the catalog names. */
  readonly counts: Map<string, number>;
}

/**
 * Limits the number of streams that the events of a source can make, so that a name made of a wrong member does not make
 * a stream for each event. A stream that exists is never refused. Instances count by themselves, so that a source can
 * have some more streams than it may.
 */
export class StreamLimit {
  private readonly deps: StreamLimitDeps;
  private readonly progress: ProgressCache;
  private readonly known = new LruCache<true>({ maxEntries: maxKnown });
  private readonly reads = new Coalescer();
  private listed: Listed | undefined;

  /** @param progress Knows the streams that were swept. Most streams are, so most need no list. */
  constructor(deps: StreamLimitDeps, progress: ProgressCache) {
    this.deps = deps;
    this.progress = progress;
  }

  /** Whether a stream is known to be admitted, without a read. */
  knows(stream: string): boolean {
    return this.deps.catalog.names(stream) || this.known.get(stream) !== undefined;
  }

  /** Whether a stream exists, is named in the catalog, or is one that its source may still make. */
  async admits(stream: string): Promise<boolean> {
    if (this.knows(stream)) return true;
    const isSwept = (await this.progress.recent(stream)) !== undefined;
    if (!isSwept && !(await this.hasRoom(stream))) return false;
    this.known.set(stream, true);
    return true;
  }

  /** The number of streams in memory. */
  get count(): number {
    return this.known.count + (this.listed?.names.size ?? 0);
  }

  private async hasRoom(stream: string): Promise<boolean> {
    const { catalog } = this.deps;
    const { names, counts } = await this.list();
    if (names.has(stream)) return true;
    const source = this.sourceOf(stream);
    const count = counts.get(source) ?? 0;
    if (count >= catalog.stream(stream).maxStreams) return false;
    counts.set(source, count + 1);
    if (names.size < maxListed) names.add(stream);
    return true;
  }

  private async list(): Promise<Listed> {
    const isFresh = this.listed !== undefined && this.deps.clock.now() - this.listed.atMs < maxAgeMs;
    if (!isFresh) await (this.reads.current('list') ?? this.reads.run('list', () => this.load()));
    return this.listed ?? { atMs: 0, names: new Set(), counts: new Map() };
  }

  private async load(): Promise<void> {
    const { blocks, catalog, clock } = this.deps;
    const listed: Listed = { atMs: clock.now(), names: new Set(), counts: new Map() };
    for await (const page of streamPages(blocks))
      for (const name of page.filter((one) => !catalog.names(one))) {
        if (listed.names.size < maxListed) listed.names.add(name);
        const source = this.sourceOf(name);
        listed.counts.set(source, (listed.counts.get(source) ?? 0) + 1);
      }
    this.listed = listed;
  }

  private sourceOf(stream: string): string {
    return this.deps.catalog.sources.writersOf(stream)[0]?.name ?? '';
  }
}
