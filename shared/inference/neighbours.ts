import type { Block } from '../tracking/block.ts';
import { firstId } from '../tracking/block.ts';
import type { Entry } from '../tracking/entry.ts';

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
  return block.cells.flatMap((cell, i) => cell.flatMap((entry) => asKnown(firstId(block.index) + i, entry) ?? []));
}

function asKnown(eventId: number, { state, type, instantMs, entity }: Entry): Known | undefined {
  const isReal = state === 'clean' || state === 'suspect';
  return isReal && type !== '' && instantMs !== undefined ? { eventId, type, instantMs, entity } : undefined;
}

/** The known events on either side of missing ones. */
export interface Neighbours {
  readonly previous: Known | undefined;
  readonly next: Known | undefined;
}

/** The assumed time between two events if only one neighbour is known, in milliseconds. */
const stepMs = 30_000;

/**
 * Spreads the timestamps of missing events evenly between their neighbours.
 *
 * @param count The number of missing events.
 * @returns A timestamp for each event, in milliseconds since 1970. Undefined without any neighbour.
 */
export function spreadInstants({ previous, next }: Neighbours, count: number): readonly number[] | undefined {
  const indexes = Array.from({ length: count }, (_, i) => i + 1);
  if (previous && next) {
    const apartMs = next.instantMs - previous.instantMs;
    return indexes.map((i) => Math.round(previous.instantMs + (apartMs * i) / (count + 1)));
  }
  if (previous) return indexes.map((i) => previous.instantMs + stepMs * i);
  return next && indexes.map((i) => next.instantMs - stepMs * (count + 1 - i));
}
