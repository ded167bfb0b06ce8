import type { Catalog } from '../catalog-definition.ts';
import type { Range } from '../gaps/range.ts';
import { sizeOf } from '../gaps/range.ts';
import type { Block } from '../tracking/block.ts';
import { knownEvents, neighboursOf, spreadInstants, type Known, type Neighbours } from './neighbours.ts';
import { TypeStatistics, type Guess } from './type-statistics.ts';

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

/** How many blocks on either side of a gap tell what usually stands where. */
export const blocksAround = 4;

/**
 * Infers the events that are missing in a stream, as far as the catalog allows and the evidence carries.
 *
 * @param missing Ascending ranges without an entry.
 * @param around The blocks of the ranges and around them, ascending.
 */
export function infer(
  stream: string,
  missing: readonly Range[],
  around: readonly Block[],
  catalog: Catalog,
): Inference {
  const settings = catalog.stream(stream);
  if (missing.reduce((sum, range) => sum + sizeOf(range), 0) > settings.maxGap)
    return { inferred: [], obstacles: ['too-long'] };
  const known = knownEvents(around);
  const statistics = new TypeStatistics(known);
  const inferred: InferredEvent[] = [];
  const obstacles = new Set<Obstacle>();
  for (const candidate of missing.flatMap((range) => candidates(range, known, statistics))) {
    const obstacle = obstacleOf(candidate, settings.minConfidence, catalog);
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
