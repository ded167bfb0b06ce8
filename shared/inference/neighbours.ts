import type { Block } from '../tracking/block.ts';
import { firstId } from '../tracking/block.ts';

/** The part of a known event that inference uses. */
export interface Known {
  readonly eventId: number;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly instantMs: number;
  /** The digest of the entity; 0 if there is none. */
  readonly entity: number;
}

/**
 * Returns the events of a block that came from producers, by ascending id. An id with several entries occurs several
 * times.
 */
export function knownEvents(block: Block): readonly Known[] {
  const known: Known[] = [];
  const first = firstId(block.index);
  block.cells.forEach((cell, i) => {
    for (const { state, type, instantMs, entity } of cell) {
      const isReal = state === 'clean' || state === 'suspect';
      if (isReal && type !== '' && instantMs !== undefined) known.push({ eventId: first + i, type, instantMs, entity });
    }
  });
  return known;
}

/** The known events on either side of missing ones. */
export interface Neighbours {
  readonly previous: Known | undefined;
  readonly next: Known | undefined;
}

/** A known event that the instants of missing ones are reckoned from. */
export interface Anchor {
  /** Milliseconds since 1970. */
  readonly instantMs: number;
  /** The number of known events between it and the missing ones. */
  readonly skipped?: number;
}

/** The anchors on either side of missing events. */
export interface Anchors {
  readonly previous: Anchor | undefined;
  readonly next: Anchor | undefined;
}

/** The assumed time between two events if only one anchor is known, in milliseconds. */
const stepMs = 30_000;

/**
 * Spreads the timestamps of missing events evenly between their anchors. Events that an anchor skips count as steps.
 *
 * @param count The number of missing events.
 * @returns A timestamp for each event, in milliseconds since 1970. Undefined without any anchor.
 */
export function spreadInstants({ previous, next }: Anchors, count: number): readonly number[] | undefined {
  const [skippedBelow, skippedAbove] = [previous?.skipped ?? 0, next?.skipped ?? 0];
  const steps = Array.from({ length: count }, (_, i) => skippedBelow + i + 1);
  const all = skippedBelow + count + 1 + skippedAbove;
  if (previous && next) {
    const apartMs = next.instantMs - previous.instantMs;
    return steps.map((step) => Math.round(previous.instantMs + (apartMs * step) / all));
  }
  if (previous) return steps.map((step) => previous.instantMs + stepMs * step);
  return next && steps.map((step) => next.instantMs - stepMs * (all - step));
}
