import type { Random } from '../../../shared/ports.ts';
import { blockSize } from '../../../shared/tracking/block.ts';

/** A message on its way to track. All times are in seconds since the start of the run. */
export interface Arrival {
  /** When it arrives. */
  readonly at: number;
  readonly id: number;
  /** The event's own timestamp. */
  readonly stampedAt: number;
  /** The last id of a void. Undefined for an event. */
  readonly voidTo?: number;
}

/** The messages of some producers, and the ids of the events that they emitted and that were lost. */
export interface Traffic {
  readonly arrivals: readonly Arrival[];
  readonly lost: ReadonlySet<number>;
}

/** A stretch of positions in which events get lost with another probability. */
export interface LossBurst {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

export interface EmitOptions {
  readonly startAt?: number;
  /** Seconds between two events. */
  readonly every?: number;
  /** The share of events that get lost. */
  readonly loss?: number;
  readonly bursts?: readonly LossBurst[];
}

/** Emits events one after the other, in the order of the given ids. Some of them get lost. */
export function emitIds(
  ids: readonly number[],
  random: Random,
  { startAt = 10, every = 1, loss = 0, bursts = [] }: EmitOptions = {},
): Traffic {
  const arrivals: Arrival[] = [];
  const lost = new Set<number>();
  ids.forEach((id, position) => {
    const burst = bursts.find(({ from, to }) => from <= position && position < to);
    const at = startAt + position * every;
    if (random() < (burst?.share ?? loss)) lost.add(id);
    else arrivals.push({ at, id, stampedAt: at });
  });
  return { arrivals, lost };
}

/**
 * Emits two ids of each block, with a lost id between them. So each block is written twice only.
 *
 *     block 0   1 · 3       block 1   257 · 259
 */
export function idPairs(blocks: number, firstBlock: number, atOf: (position: number) => number): Traffic {
  const arrivals: Arrival[] = [];
  const lost = new Set<number>();
  for (let position = 0; position < blocks; position++) {
    const id = (firstBlock + position) * blockSize + 1;
    for (const one of [id, id + 2]) {
      const at = atOf(position);
      arrivals.push({ at, id: one, stampedAt: at });
    }
    lost.add(id + 1);
  }
  return { arrivals, lost };
}

/** Events with wrong ids. Nothing was lost. */
export function strayIds(ids: readonly number[], at: number): Traffic {
  return { arrivals: ids.map((id, i) => ({ at: at + i / 2, id, stampedAt: at + i / 2 })), lost: new Set() };
}

/** Voids of single ids or ranges, which their producer sends at a time. */
export function voidsOf(ranges: readonly { readonly from: number; readonly to: number }[], at: number): Traffic {
  const arrivals = ranges.map(({ from, to }, i) => ({ at: at + i / 2, id: from, stampedAt: at + i / 2, voidTo: to }));
  return { arrivals, lost: new Set() };
}

/** Joins the traffic of several producers. */
export function together(...parts: readonly Traffic[]): Traffic {
  return {
    arrivals: parts.flatMap(({ arrivals }) => arrivals),
    lost: new Set(parts.flatMap(({ lost }) => [...lost])),
  };
}

/** The same traffic, but the missing events were never emitted, so nothing was lost. */
export function neverEmitted({ arrivals }: Traffic): Traffic {
  return { arrivals, lost: new Set() };
}
