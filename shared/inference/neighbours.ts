import type { Block } from '../tracking/block.ts';
import { firstId } from '../tracking/block.ts';
import type { Entry } from '../tracking/entry.ts';

/** An event that is known, as inference sees it. */
export interface Known {
  readonly eventId: number;
  readonly type: string;
  readonly instantMs: number;
}

/** The events of some blocks that producers really sent, by ascending id: an id with several entries comes several times. */
export function knownEvents(blocks: readonly Block[]): readonly Known[] {
  const known: Known[] = [];
  for (const block of blocks) {
    block.cells.forEach((cell, i) => {
      for (const entry of cell) {
        const event = asKnown(firstId(block.index) + i, entry);
        if (event) known.push(event);
      }
    });
  }
  return known;
}

function asKnown(eventId: number, { state, type, instantMs }: Entry): Known | undefined {
  const isReal = state === 'clean' || state === 'suspect';
  return isReal && type !== '' && instantMs !== undefined ? { eventId, type, instantMs } : undefined;
}

/** The known events next to a range of missing ids, on either side. */
export interface Neighbours {
  readonly previous: Known | undefined;
  readonly next: Known | undefined;
}

export function neighboursOf({ from, to }: { from: number; to: number }, known: readonly Known[]): Neighbours {
  const previous = known.findLast(({ eventId }) => eventId < from);
  return {
    // The first entry of an id is the event; what came later under another key is a revision of it.
    previous: previous && known.find(({ eventId }) => eventId === previous.eventId),
    next: known.find(({ eventId }) => eventId > to),
  };
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
