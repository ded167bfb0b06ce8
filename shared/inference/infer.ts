import type { Catalog } from '../catalog-definition.ts';
import type { Range } from '../gaps/range.ts';
import { countIds, sizeOf } from '../gaps/range.ts';
import { spreadInstants, type Neighbours } from './neighbours.ts';
import type { Guess, GuessedEntity, HistoryWindow } from './history-window.ts';

/** An event that stands in for a missing one. */
export interface InferredEvent extends Guess {
  readonly eventId: number;
  /** Milliseconds since 1970. */
  readonly instantMs: number;
  readonly neighbours: Neighbours;
  /** Path of the entity in events of this type, where the catalog names one. */
  readonly entityPath: string | undefined;
}

export type { GuessedEntity };

export interface Inference {
  readonly inferred: readonly InferredEvent[];
  /** Why the others were not inferred: a code each, none twice. */
  readonly obstacles: readonly Obstacle[];
}

export type Obstacle = 'too-long' | 'nothing-known-around' | 'type-not-inferable' | 'too-uncertain';

/** Infers the events that are missing in a stream, as far as the catalog allows and the window around them carries. */
export function infer(stream: string, missing: readonly Range[], window: HistoryWindow, catalog: Catalog): Inference {
  const { minConfidence } = catalog.stream(stream);
  const inferred: InferredEvent[] = [];
  const obstacles = new Set<Obstacle>();
  for (const candidate of holesOf(missing, window).flatMap((hole) => candidates(hole, window, catalog))) {
    const obstacle = obstacleOf(candidate, minConfidence, catalog);
    if (obstacle) obstacles.add(obstacle);
    else if (candidate) inferred.push(candidate);
  }
  return { inferred, obstacles: [...obstacles] };
}

/** The ids that are missing between the same known events. */
interface MissingIds {
  /** How many known events are below them. */
  readonly below: number;
  readonly ranges: readonly Range[];
}

function holesOf(missing: readonly Range[], window: HistoryWindow): readonly MissingIds[] {
  const byPlace = new Map<number, Range[]>();
  for (const range of missing) {
    const below = window.below(range.from);
    byPlace.set(below, [...(byPlace.get(below) ?? []), range]);
  }
  return [...byPlace].map(([below, ranges]) => ({ below, ranges }));
}

/** The likeliest event for each id of a hole; undefined where nothing is known to start from. */
function candidates(
  { below, ranges }: MissingIds,
  window: HistoryWindow,
  catalog: Catalog,
): (InferredEvent | undefined)[] {
  const count = countIds(ranges);
  const neighbours = window.neighbours(below);
  const instants = spreadInstants(neighbours, count);
  if (!instants) return [undefined];
  const ids = ranges.flatMap((range) => Array.from({ length: sizeOf(range) }, (_, i) => range.from + i));
  return window.guesses({ below, count }).map((guess, i) => {
    const [eventId, instantMs] = [ids[i], instants[i]];
    if (eventId === undefined || instantMs === undefined) return undefined;
    return { ...guess, eventId, instantMs, neighbours, entityPath: catalog.type(guess.type)?.entity };
  });
}

/** The second likeliest type is never taken where the likeliest may not be inferred. */
function obstacleOf(
  candidate: InferredEvent | undefined,
  minConfidence: number,
  catalog: Catalog,
): Obstacle | undefined {
  if (!candidate) return 'nothing-known-around';
  if (!catalog.mayBeInferred(candidate.type)) return 'type-not-inferable';
  return candidate.type === '' || candidate.confidence < minConfidence ? 'too-uncertain' : undefined;
}
