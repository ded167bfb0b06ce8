import { LruCache } from '../lru-cache.ts';
import { isNearHeld, type MessageIds } from './jump.ts';

/** Ids of one stretch that are known to be held: the lowest and the highest one. */
interface Anchors {
  readonly low: number;
  readonly high: number;
}

/** The lower end of a stream, as a read showed it. */
interface LowerEnd {
  /** Nothing was held at or below it. */
  readonly emptyTo: number;
  /** The lowest id that was admitted since. The read did not show it. */
  readonly lowest: number | undefined;
  /** When the read began, in milliseconds since 1970. */
  readonly asOfMs: number;
}

/** How long the lower end of a stream is believed, in milliseconds. Other instances may hold lower ids meanwhile. */
const maxAgeMs = 60_000;
/** The maximum number of stretches in memory. */
const maxStretches = 20_000;
/** The maximum number of streams in memory. */
const maxStreams = 10_000;

/**
 * Remembers ids that are held, so that most messages need no read. The numbers of a stream are divided into stretches
 * as long as an id may be above a held one. Two ids for each stretch are enough. A held id in the stretch of a new id,
 * and below it, is near enough. So only the lowest one matters there, and only the highest one of the stretch below.
 *
 *     stretches   |  low      high |        new      |
 *     near enough              ├───────────────┤
 */
export class HeldIds {
  private readonly stretches = new LruCache<Anchors>({ maxEntries: maxStretches });
  private readonly lowerEnds = new LruCache<LowerEnd>({ maxEntries: maxStreams });

  /**
   * Whether an id that is known to be held shows that no id of a message is too far away.
   *
   * @param distance How far an id may be above the highest id held below it. It is the length of a stretch.
   */
  isNear(stream: string, ids: MessageIds, distance: number): boolean {
    const at = Math.floor(ids.eventId / distance);
    const isNear = (id: number | undefined): boolean => id !== undefined && isNearHeld(ids, id, distance);
    const here = this.stretches.get(nameOf(stream, at));
    return isNear(here?.low) || isNear(here?.high) || isNear(this.stretches.get(nameOf(stream, at - 1))?.high);
  }

  /** Whether nothing is known to be held at or below an id. */
  isBelowAll(stream: string, id: number, nowMs: number): boolean {
    return id <= (this.lowerEnd(stream, nowMs)?.emptyTo ?? -1);
  }

  /** Remembers that an id is held. An admitted id counts as held, although it may not be stored yet. */
  add(stream: string, id: number, distance: number): void {
    const name = nameOf(stream, Math.floor(id / distance));
    const known = this.stretches.get(name);
    if (!known || id < known.low || id > known.high)
      this.stretches.set(name, { low: Math.min(id, known?.low ?? id), high: Math.max(id, known?.high ?? id) });
    const end = this.lowerEnds.get(stream);
    if (end && id <= end.emptyTo) this.lowerEnds.set(stream, { ...end, emptyTo: id - 1, lowest: id });
  }

  /** Remembers that a read found nothing at or below an id. */
  addEmpty(stream: string, upTo: number, asOfMs: number): void {
    const known = this.lowerEnd(stream, asOfMs);
    if (known?.lowest !== undefined || (known && known.emptyTo > upTo)) return;
    this.lowerEnds.set(stream, { emptyTo: upTo, lowest: undefined, asOfMs });
  }

  /** Returns the lowest id of a stream if it was admitted lately and the blocks may not have it yet. */
  admittedLately(stream: string, nowMs: number): number | undefined {
    return this.lowerEnd(stream, nowMs)?.lowest;
  }

  /** The number of streams and stretches in memory. */
  get count(): number {
    return this.lowerEnds.count + this.stretches.count;
  }

  private lowerEnd(stream: string, nowMs: number): LowerEnd | undefined {
    const known = this.lowerEnds.get(stream);
    return known && nowMs - known.asOfMs < maxAgeMs ? known : undefined;
  }
}

/** A name of a stream may contain any character, so the number comes first. */
function nameOf(stream: string, stretch: number): string {
  return `${stretch}/${stream}`;
}
