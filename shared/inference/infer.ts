import type { Catalog } from '../catalog-definition.ts';
import type { Range } from '../gaps/range.ts';
import { sizeOf } from '../gaps/range.ts';
import { neighboursOf, spreadInstants, type Known, type Neighbours } from './neighbours.ts';
import type { Guess, TypeStatistics } from './type-statistics.ts';

/** An event that stands in for a missing one. */
export interface InferredEvent {
  readonly eventId: number;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly instantMs: number;
  /** How likely the type is right, 0 to 1. */
  readonly confidence: number;
}

export interface Inference {
  readonly inferred: readonly InferredEvent[];
  /** Why the others were not inferred: a code each, none twice. */
  readonly obstacles: readonly Obstacle[];
}

export type Obstacle = 'too-long' | 'nothing-known-around' | 'type-not-inferable' | 'too-uncertain';

/** What inference rests on. */
export interface Evidence {
  /** The ids without an entry, ascending. */
  readonly missing: readonly Range[];
  /** The events before, between and after them, ascending. */
  readonly known: readonly Known[];
  /** What usually stands where in this part of the stream. */
  readonly statistics: TypeStatistics;
}

/** Infers the events that are missing in a stream, as far as the catalog allows and the evidence carries. */
export function infer(stream: string, { missing, known, statistics }: Evidence, catalog: Catalog): Inference {
  const { minConfidence } = catalog.stream(stream);
  const inferred: InferredEvent[] = [];
  const obstacles = new Set<Obstacle>();
  for (const candidate of missing.flatMap((range) => candidates(range, known, statistics))) {
    const obstacle = obstacleOf(candidate, minConfidence, catalog);
    if (obstacle) obstacles.add(obstacle);
    else if (candidate) inferred.push(candidate);
  }
  return { inferred, obstacles: [...obstacles] };
}

/** The likeliest event for each id of a range; undefined where nothing is known to start from. */
function candidates(range: Range, known: readonly Known[], statistics: TypeStatistics): (InferredEvent | undefined)[] {
  const neighbours = neighboursOf(range, known);
  const instants = spreadInstants(neighbours, sizeOf(range));
  if (!instants) return [undefined];
  let { previous } = neighbours;
  return instants.map((instantMs, i) => {
    const eventId = range.from + i;
    const guess = guessAt(eventId, range, { ...neighbours, previous }, statistics);
    previous = guess && { eventId, type: guess.type, instantMs };
    return guess && { eventId, instantMs, ...guess };
  });
}

/** Within a longer gap each inferred event is the next one's neighbour; only the last of them knows what follows. */
function guessAt(
  eventId: number,
  { to }: Range,
  { previous, next }: Neighbours,
  statistics: TypeStatistics,
): Guess | undefined {
  return statistics.guess({ previous, next: eventId === to ? next : undefined });
}

/** The second likeliest type is never taken where the likeliest may not be inferred. */
function obstacleOf(
  candidate: InferredEvent | undefined,
  minConfidence: number,
  catalog: Catalog,
): Obstacle | undefined {
  if (!candidate) return 'nothing-known-around';
  if (!catalog.mayBeInferred(candidate.type)) return 'type-not-inferable';
  return candidate.confidence < minConfidence ? 'too-uncertain' : undefined;
}
