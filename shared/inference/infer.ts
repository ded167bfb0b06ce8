import type { Catalog } from '../catalog-definition.ts';
import type { Range } from '../gaps/range.ts';
import { countIds, idsIn } from '../gaps/range.ts';
import type { Neighbours } from './neighbours.ts';
import { missingInstants } from './missing-instants.ts';
import type { Existence } from './existence.ts';
import type { Guess, GuessedEntity, HistoryWindow } from './history-window.ts';
import type { Piecewise } from '../turns.ts';

/** An event that stands in for a missing one. */
export interface InferredEvent extends Guess {
  readonly eventId: number;
  /** Milliseconds since 1970. */
  readonly instantMs: number;
  readonly neighbours: Neighbours;
  /** The path of the entity in events of this type, if the catalog names one. */
  readonly entityPath: string | undefined;
  /** How likely the event existed and its type is right: the product of both probabilities. */
  readonly confidence: number;
  readonly existence: Existence;
}

export type { GuessedEntity };

export interface Inference {
  readonly inferred: readonly InferredEvent[];
  /** The reasons why other missing events were not inferred. Each reason occurs once. */
  readonly obstacles: readonly Obstacle[];
}

export type Obstacle = 'too-long' | 'nothing-known-around' | 'type-not-inferable' | 'too-uncertain';

/** The knowledge that events are inferred from. */
export interface Evidence {
  readonly window: HistoryWindow;
  readonly existence: Existence;
  /** A time by which all events were published, in milliseconds since 1970. No event is dated later, if others are not. */
  readonly publishedByMs?: number | undefined;
}

/**
 * Infers the missing events of a stream. An event is inferred only if the catalog allows it for the event's type and
 * the confidence is high enough.
 */
export function* infer(
  stream: string,
  missing: readonly Range[],
  evidence: Evidence,
  catalog: Catalog,
): Piecewise<Inference> {
  const { minConfidence } = catalog.stream(stream);
  const inferred: InferredEvent[] = [];
  const obstacles = new Set<Obstacle>();
  for (const ids of groupByNeighbours(missing, evidence.window))
    for (const candidate of yield* candidates(ids, evidence, catalog)) {
      const obstacle = obstacleOf(candidate, minConfidence, catalog);
      if (obstacle) obstacles.add(obstacle);
      else if (candidate) inferred.push(candidate);
    }
  return { inferred, obstacles: [...obstacles] };
}

/** The missing ids between one known event and the next. */
interface MissingIds {
  /** The number of known events below them. */
  readonly below: number;
  readonly ranges: readonly Range[];
}

function groupByNeighbours(missing: readonly Range[], window: HistoryWindow): readonly MissingIds[] {
  const byBelow = new Map<number, Range[]>();
  for (const range of missing) {
    const below = window.below(range.from);
    byBelow.set(below, [...(byBelow.get(below) ?? []), range]);
  }
  return [...byBelow].map(([below, ranges]) => ({ below, ranges }));
}

/** Returns the most likely event for each missing id. If the window has no known event, returns one undefined. */
function* candidates(
  { below, ranges }: MissingIds,
  { window, existence, publishedByMs }: Evidence,
  catalog: Catalog,
): Piecewise<(InferredEvent | undefined)[]> {
  const count = countIds(ranges);
  const neighbours = window.neighbours(below);
  const instants = missingInstants(window.instantsAround(below), count, publishedByMs);
  if (!instants) return [undefined];
  const ids = idsIn(ranges);
  const guesses = yield* window.guesses({ below, count });
  return guesses.map((guess, i) => {
    const [eventId, instantMs] = [ids[i], instants[i]];
    if (eventId === undefined || instantMs === undefined) return undefined;
    const confidence = guess.typeConfidence * existence.probability;
    const entityPath = catalog.type(guess.type)?.entity;
    return { ...guess, eventId, instantMs, neighbours, entityPath, confidence, existence };
  });
}

/**
 * Returns the reason not to infer a candidate. Undefined if it may be inferred. If the catalog does not allow to infer
 * the most likely type, the next likely type is not tried.
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
