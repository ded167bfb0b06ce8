import type { StreamSettings } from '../../../shared/stream-settings.ts';
import { lowerBound, mergeSorted } from './sorted-ids.ts';

/** The maximum number of missing ids between two ids of a group. */
const nearIds = 16;

/**
 * Knows which events came and which were lost, and since when each loss lies inside a front. It decides that in the
 * plainest way, from single ids, so that it shares nothing with the code under test.
 */
export class KnownLosses {
  /** When an id came last, in milliseconds since 1970. */
  readonly cameAt = new Map<number, number>();
  /** The ids that came at any time. */
  readonly everCame = new Set<number>();
  /** The lost ids that did not come since. */
  readonly lost: Set<number>;
  /** For each loss that lies or lay inside a front: when a sweep could first see that. */
  readonly insideSince = new Map<number, number>();
  private readonly settings: StreamSettings;
  private readonly step: number;
  private seen: readonly number[] = [];
  private unsorted: number[] = [];
  /** The first id of the numbering, if it is known. Lower ids play no part. */
  private start: number | undefined;
  /** The two ids below it count as seen for ever. */
  private always: readonly number[] = [];

  constructor(lost: ReadonlySet<number>, settings: StreamSettings, step: number) {
    this.lost = new Set(lost);
    this.settings = settings;
    this.step = step;
    if (settings.start !== undefined) this.beginAt(settings.start);
  }

  /** Begins a new numbering. What was lost below its first id is not expected any more. */
  reset(from: number): void {
    this.seen = [...this.seen, ...this.unsorted].filter((id) => id >= from).sort((a, b) => a - b);
    this.unsorted = [];
    for (const id of [...this.lost].filter((one) => one < from)) {
      this.lost.delete(id);
      this.insideSince.delete(id);
    }
    this.beginAt(from);
  }

  private beginAt(start: number): void {
    this.start = start;
    this.always = [start - 2, start - 1];
    this.unsorted.push(...this.always);
  }

  /** Notes that events with these ids are lost from now on, whatever came before. */
  loseAgain(ids: Iterable<number>): void {
    for (const id of ids) {
      this.lost.add(id);
      this.cameAt.delete(id);
      this.insideSince.delete(id);
    }
  }

  came(id: number, nowMs: number): void {
    if (id >= (this.start ?? 0)) this.unsorted.push(id);
    this.cameAt.set(id, nowMs);
    this.everCame.add(id);
    this.lost.delete(id);
  }

  get hasAny(): boolean {
    return this.cameAt.size > 0;
  }

  /** Notes the losses that a sweep at this time can see inside a front. */
  look(nowMs: number): void {
    if (this.unsorted.length === 0) return;
    this.seen = mergeSorted(this.seen, this.unsorted);
    this.unsorted = [];
    const live = this.seen.filter((id) => !this.lost.has(id) && this.isHeld(id, nowMs));
    for (const id of this.lost) {
      if (!this.insideSince.has(id) && this.isInside(live, id)) this.insideSince.set(id, nowMs);
    }
  }

  private isHeld(id: number, nowMs: number): boolean {
    return this.always.includes(id) || (this.cameAt.get(id) ?? 0) + this.settings.windowMs > nowMs;
  }

  /** Whether an id lies in a group of ids, or between two groups of several ids that are near enough. */
  private isInside(live: readonly number[], id: number): boolean {
    const above = lowerBound(live, id);
    const below = above - 1;
    if (below < 0 || above >= live.length) return false;
    const reach = (this.settings.maxGap + 1) * this.step;
    if (this.distance(live, below, above) <= this.near) return true;
    const low = this.groupBelow(live, below, reach);
    const high = this.groupAbove(live, above, reach);
    return low !== undefined && high !== undefined && this.distance(live, low, high) <= reach;
  }

  private groupBelow(live: readonly number[], from: number, reach: number): number | undefined {
    for (let at = from; at >= 0 && this.distance(live, at, from) < reach; at--) if (this.isInGroup(live, at)) return at;
    return undefined;
  }

  private groupAbove(live: readonly number[], from: number, reach: number): number | undefined {
    for (let at = from; at < live.length && this.distance(live, from, at) < reach; at++)
      if (this.isInGroup(live, at)) return at;
    return undefined;
  }

  private isInGroup(live: readonly number[], at: number): boolean {
    return this.distance(live, at - 1, at) <= this.near || this.distance(live, at, at + 1) <= this.near;
  }

  private distance(live: readonly number[], low: number, high: number): number {
    return (live[high] ?? Number.POSITIVE_INFINITY) - (live[low] ?? Number.NEGATIVE_INFINITY);
  }

  private get near(): number {
    return (Math.min(nearIds, this.settings.maxGap) + 1) * this.step;
  }
}
