import type { Catalog } from '../catalog-definition.ts';
import { digest } from '../digest.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import type { BlockStore, Clock, StoredBlock } from '../ports.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { loadEntriesOfKey, type KeyPosition } from './entries-of-key.ts';
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
    const { stored } = await this.loadEntries(routing, { place, isBucket: true });
    return isGone(stored, nowMs);
  }

  private loadEntries({ stream, key }: RoutingAttributes, at: Pick<KeyPosition, 'place' | 'isBucket'>) {
    return loadEntriesOfKey(this.deps.blocks, { stream, key: digest(key), ...at });
  }

  private async isStale(routing: RoutingAttributes): Promise<boolean> {
    const { stream } = routing;
    const settings = this.deps.catalog.stream(stream);
    if (!isOldMessage(routing, this.deps.clock.now(), settings)) return false;
    const cached = await this.progress.recent(stream);
    if (forgettableIds(routing, cached, this.deps.clock.now(), settings).length === 0) return false;
    const progress = await this.progress.afresh(stream);
    const ids = forgettableIds(routing, progress, this.deps.clock.now(), settings);
    if (ids.length === 0) return false;
    if (routing.kind === 'void') return this.isAnyGone(stream, blockIndexesOf(ids), settings);
    const { entries, stored } = await this.loadEntries(routing, { place: routing.eventId, isBucket: false });
    if (entries.length === 0) return isGoneSince(stored, this.deps.clock.now(), settings);
    // The event may have been refused because another id held its uuid, and that may be forgotten.
    return settings.uuid === 'global' && entries.every(({ state }) => state === 'closed');
  }

  /** Whether any of some blocks is gone, or was made again. A void has at most `maxGap` ids, so these are few. */
  private async isAnyGone(
    stream: string,
    indexes: readonly number[],
    settings: Pick<StreamSettings, 'windowMs'>,
  ): Promise<boolean> {
    const stored = await this.deps.blocks.read(indexes.map((index) => ({ stream, index })));
    const nowMs = this.deps.clock.now();
    return stored.some((one) => isGoneSince(one, nowMs, settings));
  }
}

/**
 * Whether a block does not know what came to its ids a deduplication window ago: it is gone, or another event has made it
 * again since then.
 */
function isGoneSince(stored: StoredBlock, nowMs: number, { windowMs }: Pick<StreamSettings, 'windowMs'>): boolean {
  return isGone(stored, nowMs) || (stored.createdAtMs ?? 0) > nowMs - windowMs;
}

/** Whether a block is absent, or may be deleted. */
function isGone({ version, expireAtMs }: StoredBlock, nowMs: number): boolean {
  return version === undefined || expireAtMs <= nowMs;
}
