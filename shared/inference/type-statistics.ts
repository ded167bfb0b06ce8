import type { Known } from './neighbours.ts';

/** A possible type of a missing event. */
export interface TypeGuess {
  readonly type: string;
  /** The probability of the type, from 0 to 1. */
  readonly confidence: number;
}

/** The minimum number of observations of a context for it to be used. */
const enough = 20;

type Counts = Map<string, number>;

/** The probability of each type. The rest up to 1 is the probability of a type that was never seen. */
type Likely = ReadonlyMap<string, number>;

/** The types of the events next to a missing one. */
export interface NeighbourTypes {
  readonly previous: Pick<Known, 'type'> | undefined;
  readonly next: Pick<Known, 'type'> | undefined;
}

/** Counts types between two types, after a type, and anywhere. It is used if there are too few events for a model. */
export class TypeStatistics {
  private readonly between = new Map<string, Counts>();
  private readonly after = new Map<string, Counts>();
  private readonly anywhere: Counts = new Map();

  /**
   * @param known Ascending by id.
   * @param step The distance of two consecutive ids. Events with another distance are no neighbours: an event between
   * them may be missing, or they are off the step.
   */
  constructor(known: readonly Known[], step = 1) {
    const first = known.filter(({ eventId }, i) => eventId !== known[i - 1]?.eventId);
    for (const { type } of known) count(this.anywhere, type);
    first.forEach((event, i) => {
      const previous = first[i - 1];
      const next = first[i + 1];
      if (previous?.eventId !== event.eventId - step) return;
      count(countsAt(this.after, previous.type), event.type);
      if (next?.eventId === event.eventId + step)
        count(countsAt(this.between, pair(previous.type, next.type)), event.type);
    });
  }

  /**
   * Guesses the most likely type of each missing event between two neighbours. Each guess uses the probabilities of the
   * event before it.
   *
   * @param count The number of missing events.
   * @returns A type for each missing event. Empty if no event was ever seen.
   */
  guesses({ previous, next }: NeighbourTypes, count: number): readonly TypeGuess[] {
    const guesses: TypeGuess[] = [];
    let likely: Likely = new Map(previous && [[previous.type, 1]]);
    for (let position = 1; position <= count; position++) {
      likely = this.following(likely, position === count ? next?.type : undefined);
      const guess = likeliest(likely, guesses.at(-1)?.type ?? previous?.type);
      if (guess) guesses.push(guess);
    }
    return guesses;
  }

  /** Returns the probabilities of an event's type from those of the previous event's type. */
  private following(likely: Likely, next: string | undefined): Likely {
    const following = new Map<string, number>();
    let unknown = 1;
    for (const [type, probability] of likely) {
      const context = this.contextOf(type, next);
      if (!context) continue;
      unknown -= probability;
      addShares(following, context, probability);
    }
    if (unknown > 0) addShares(following, this.anywhere, unknown);
    return following;
  }

  /** Returns the narrowest context that was seen often enough. */
  private contextOf(previous: string, next: string | undefined): Counts | undefined {
    const between = next === undefined ? undefined : this.between.get(pair(previous, next));
    return [between, this.after.get(previous)].find((counts) => counts !== undefined && total(counts) >= enough);
  }
}

/** Returns the most likely type. If several are equally likely, it is the preferred one, or else the first by name. */
function likeliest(likely: Likely, preferred: string | undefined): TypeGuess | undefined {
  const confidence = Math.max(0, ...likely.values());
  const candidates = [...likely].filter(([, probability]) => probability === confidence).map(([type]) => type);
  const type = candidates.find((candidate) => candidate === preferred) ?? candidates.sort()[0];
  return type === undefined ? undefined : { type, confidence };
}

/**
 * Adds the share of each type. The total counts one extra event, so that a share of few events is less certain than the
 * same share of many.
 */
function addShares(to: Map<string, number>, counts: Counts, probability: number): void {
  const all = total(counts) + 1;
  for (const [type, count] of counts) to.set(type, (to.get(type) ?? 0) + (probability * count) / all);
}

function total(counts: Counts): number {
  return [...counts.values()].reduce((sum, n) => sum + n, 0);
}

function count(counts: Counts, type: string): void {
  counts.set(type, (counts.get(type) ?? 0) + 1);
}

function countsAt(contexts: Map<string, Counts>, context: string): Counts {
  const known = contexts.get(context);
  if (known) return known;
  const counts: Counts = new Map();
  contexts.set(context, counts);
  return counts;
}

function pair(previous: string, next: string): string {
  return JSON.stringify([previous, next]);
}
