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
  /** The path of the entity in events of this type, if the catalog names one. */
  readonly entityPath: string | undefined;
}

export type { GuessedEntity };

export interface Inference {
  readonly inferred: readonly InferredEvent[];
  /** The reasons why the other events were not inferred, each once. */
  readonly obstacles: readonly Obstacle[];
}

export type Obstacle = 'too-long' | 'nothing-known-around' | 'type-not-inferable' | 'too-uncertain';

/** Infers the missing events of a stream for which the catalog allows it and the confidence is high enough. */
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

/** The missing ids between the same two known events. */
interface MissingIds {
  /** The number of known events below them. */
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

/** Returns the most likely event for each id of a hole. Undefined if no event is known nearby. */
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

/**
 * Returns why a candidate is not inferred. If the most likely type is not inferable, the second most likely is not
 * tried.
 */
function obstacleOf(
  candidate: InferredEvent | undefined,
  minConfidence: number,
  catalog: Catalog,
): Obstacle | undefined {
  if (!candidate) return 'nothing-known-around';
  if (!catalog.mayBeInferred(candidate.type)) return 'type-not-inferable';
  return candidate.type === '' || candidate.confidence < minConfidence ? 'too-uncertain' : undefined;
}
