import type { Catalog } from '../catalog-definition.ts';
import { digest } from '../digest.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import type { BlockStore, Clock, StoredBlock } from '../ports.ts';
import { loadEntriesOfKey } from './entries-of-key.ts';
import type { ProgressCache } from './progress-cache.ts';
import { blockIndexesOf, forgettableIds, isOldMessage } from './stale.ts';

export interface ForgottenIdsDeps {
  readonly blocks: Pick<BlockStore, 'read'>;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** Finds events that may have come and be forgotten. Nobody knows whether they were published. */
export class ForgottenIds {
  private readonly deps: ForgottenIdsDeps;
  private readonly progress: ProgressCache;

  constructor(deps: ForgottenIdsDeps, progress: ProgressCache) {
    this.deps = deps;
    this.progress = progress;
  }

  /** Whether what is in memory shows that an event is not forgotten. */
  isRemembered(routing: Pick<RoutingAttributes, 'stream' | 'instantMs'>): boolean {
    const { stream } = routing;
    const settings = this.deps.catalog.stream(stream);
    return !isOldMessage(routing, this.deps.clock.now(), settings) || this.progress.isUnswept(stream);
  }

  async isForgotten(routing: RoutingAttributes): Promise<boolean> {
    return routing.place === undefined ? this.isStale(routing) : this.isBucketForgotten(routing, routing.place);
  }

  /**
   * Whether an event of an unnumbered stream may be a copy of a forgotten one: it is older than a window, its bucket or
   * the page of its key is gone, and the stream has been swept for longer than a window. A full bucket outlives its pages.
   */
  private async isBucketForgotten(routing: RoutingAttributes, place: number): Promise<boolean> {
    const { stream } = routing;
    const settings = this.deps.catalog.stream(stream);
    const nowMs = this.deps.clock.now();
    if (settings.backfill || !isOldMessage(routing, nowMs, settings)) return false;
    const progress = await this.progress.recent(stream);
    if (progress?.sinceMs === undefined || nowMs - progress.sinceMs <= settings.windowMs) return false;
    return this.isPageGone(routing, { place, isBucket: true });
  }

  /** Whether the block or bucket of a place, or the page of a key to which it leads, is absent, or may be deleted. */
  private async isPageGone(
    { stream, key }: RoutingAttributes,
    at: { readonly place: number; readonly isBucket: boolean },
  ): Promise<boolean> {
    const { stored } = await loadEntriesOfKey(this.deps.blocks, { stream, key: digest(key), ...at });
    return isGone(stored, this.deps.clock.now());
  }

  private async isStale(routing: RoutingAttributes): Promise<boolean> {
    const { stream } = routing;
    const settings = this.deps.catalog.stream(stream);
    if (!isOldMessage(routing, this.deps.clock.now(), settings)) return false;
    const cached = await this.progress.recent(stream);
    if (forgettableIds(routing, cached, this.deps.clock.now(), settings).length === 0) return false;
    const progress = await this.progress.afresh(stream);
    const ids = forgettableIds(routing, progress, this.deps.clock.now(), settings);
    if (ids.length > 0 && routing.kind !== 'void')
      return this.isPageGone(routing, { place: routing.eventId, isBucket: false });
    return this.isAnyGone(stream, blockIndexesOf(ids));
  }

  /** Whether any of some blocks is absent, or may be deleted. A void has at most `maxGap` ids, so these are few. */
  private async isAnyGone(stream: string, indexes: readonly number[]): Promise<boolean> {
    if (indexes.length === 0) return false;
    const stored = await this.deps.blocks.read(indexes.map((index) => ({ stream, index })));
    const nowMs = this.deps.clock.now();
    return stored.some((one) => isGone(one, nowMs));
  }
}

/** Whether a block is absent, or may be deleted. */
function isGone({ version, expireAtMs }: StoredBlock, nowMs: number): boolean {
  return version === undefined || expireAtMs <= nowMs;
}
