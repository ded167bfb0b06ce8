import type { StreamSettings } from '../../stream-settings.ts';
import { frontsOf, outliersOf, type Front } from '../../gaps/front.ts';
import { isForgettablePiece } from '../../gaps/forget.ts';
import type { Progress } from '../../gaps/progress.ts';
import { contains } from '../../gaps/range-set.ts';

/** Where an id lies, seen from the fronts of its stream. */
export type Whereabouts =
  | { readonly where: 'never swept' }
  /** In a front. `isScanned`: the holes around the id are in the ledger. */
  | { readonly where: 'front'; readonly front: Front; readonly isScanned: boolean }
  | { readonly where: 'outlier' }
  /** Events of the id may have come and been forgotten. */
  | { readonly where: 'forgotten' }
  | { readonly where: 'below start'; readonly start: number }
  /** In no front. `lower` and `upper` are the nearest ones. */
  | { readonly where: 'no front'; readonly lower: Front | undefined; readonly upper: Front | undefined };

/** Finds out where an id lies. @param progress As the last sweep left it. */
export function whereaboutsOf(
  progress: Progress | undefined,
  eventId: number,
  nowMs: number,
  { start = 0, windowMs }: Pick<StreamSettings, 'start' | 'windowMs'>,
): Whereabouts {
  if (!progress || (progress.sweptAtMs === undefined && progress.pieces.length === 0)) return { where: 'never swept' };
  const piece = progress.pieces.find(({ from, to }) => from <= eventId && eventId <= to);
  const isOld = piece && isForgettablePiece(piece, nowMs, windowMs);
  if (isOld || (!piece && contains(progress.forgotten, eventId))) return { where: 'forgotten' };
  if (outliersOf(progress).includes(eventId)) return { where: 'outlier' };
  const fronts = frontsOf(progress);
  const front = fronts.find(({ first, last }) => first <= eventId && eventId <= last);
  if (piece && front) return { where: 'front', front, isScanned: piece.isScanned };
  if (eventId < start) return { where: 'below start', start };
  return {
    where: 'no front',
    lower: fronts.findLast(({ last }) => last < eventId),
    upper: fronts.find(({ first }) => first > eventId),
  };
}

/** Describes where an id lies, in a few words. */
export function describeWhereabouts(found: Whereabouts): string {
  switch (found.where) {
    case 'never swept':
      return 'never swept';
    case 'front':
      return `in the front ${spellFront(found.front)}, which grew last at ${new Date(found.front.grewAtMs).toISOString()}`;
    case 'outlier':
      return 'in no front: an outlier, from which nothing is concluded';
    case 'forgotten':
      return 'not known any more: events of these ids may be forgotten';
    case 'below start':
      return `below ${found.start}, with which the stream begins`;
    case 'no front':
      return describeNeighbours(found.lower, found.upper);
  }
}

function describeNeighbours(lower: Front | undefined, upper: Front | undefined): string {
  if (lower && upper) return `between the fronts ${spellFront(lower)} and ${spellFront(upper)}`;
  if (upper) return `below the first front, ${spellFront(upper)}`;
  return lower ? `above the last front, ${spellFront(lower)}` : 'in no front: the stream has none yet';
}

function spellFront({ first, last }: Front): string {
  return `${first}–${last}`;
}
