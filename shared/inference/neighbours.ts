import type { Block } from '../tracking/block.ts';
import { firstId } from '../tracking/block.ts';
import type { Entry } from '../tracking/entry.ts';

/** An event that is known, as inference sees it. */
export interface Known {
  readonly eventId: number;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly instantMs: number;
  /** Digest of what it is about; 0 where there is none. */
  readonly entity: number;
}

/** The events of a block that producers really sent, by ascending id: an id with several entries comes several times. */
export function knownEvents(block: Block): readonly Known[] {
  return block.cells.flatMap((cell, i) => cell.flatMap((entry) => asKnown(firstId(block.index) + i, entry) ?? []));
}

function asKnown(eventId: number, { state, type, instantMs, entity }: Entry): Known | undefined {
  const isReal = state === 'clean' || state === 'suspect';
  return isReal && type !== '' && instantMs !== undefined ? { eventId, type, instantMs, entity } : undefined;
}

/** The known events next to missing ones, on either side. */
export interface Neighbours {
  readonly previous: Known | undefined;
  readonly next: Known | undefined;
}

/** Milliseconds between a missing event and its neighbour, where there is one neighbour only. */
const stepMs = 30_000;

/**
 * Spreads the instants of missing events evenly between their neighbours: of one, the midpoint.
 *
 * @param count How many events are missing.
 * @returns Milliseconds since 1970, an instant each; undefined without any neighbour.
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
