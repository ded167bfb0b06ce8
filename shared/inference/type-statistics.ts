import type { Known } from './neighbours.ts';

/** A type that a missing event may be of. */
export interface Frequent {
  readonly type: string;
  /** How sure it is, 0 to 1. */
  readonly confidence: number;
}

/** Observations that a context needs before it is believed. */
const enough = 20;

type Counts = Map<string, number>;

/** How likely each type is. What is left to 1 is a type that was never seen. */
type Likely = ReadonlyMap<string, number>;

/** The events next to a missing one, as far as frequencies go. */
export interface NeighbourTypes {
  readonly previous: Pick<Known, 'type'> | undefined;
  readonly next: Pick<Known, 'type'> | undefined;
}

/** What usually stands where, among events too few to learn more from: between two types, after a type, and anywhere. */
export class TypeStatistics {
  private readonly between = new Map<string, Counts>();
  private readonly after = new Map<string, Counts>();
  private readonly anywhere: Counts = new Map();

  /** @param known Ascending by id. */
  constructor(known: readonly Known[]) {
    const first = known.filter(({ eventId }, i) => eventId !== known[i - 1]?.eventId);
    for (const { type } of known) count(this.anywhere, type);
    first.forEach((event, i) => {
      const previous = first[i - 1];
      const next = first[i + 1];
      if (previous?.eventId !== event.eventId - 1) return;
      count(countsAt(this.after, previous.type), event.type);
      if (next?.eventId === event.eventId + 1)
        count(countsAt(this.between, pair(previous.type, next.type)), event.type);
    });
  }

  /**
   * The likeliest type at each of some places between two neighbours, each by what was likely at the one before it.
   *
   * @param count How many places.
   * @returns A type for each place; none where nothing was ever seen.
   */
  guesses({ previous, next }: NeighbourTypes, count: number): readonly Frequent[] {
    const guesses: Frequent[] = [];
    let likely: Likely = new Map(previous && [[previous.type, 1]]);
    for (let position = 1; position <= count; position++) {
      likely = this.following(likely, position === count ? next?.type : undefined);
      const guess = likeliest(likely, guesses.at(-1)?.type ?? previous?.type);
      if (guess) guesses.push(guess);
    }
    return guesses;
  }

  /** What is likely to follow where the one before is not known for sure. */
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

  /** The narrowest context that was seen often enough. */
  private contextOf(previous: string, next: string | undefined): Counts | undefined {
    const between = next === undefined ? undefined : this.between.get(pair(previous, next));
    return [between, this.after.get(previous)].find((counts) => counts !== undefined && total(counts) >= enough);
  }
}

/** Most likely; of several the one that is preferred, else the first by name. */
function likeliest(likely: Likely, preferred: string | undefined): Frequent | undefined {
  const confidence = Math.max(0, ...likely.values());
  const candidates = [...likely].filter(([, probability]) => probability === confidence).map(([type]) => type);
  const type = candidates.find((candidate) => candidate === preferred) ?? candidates.sort()[0];
  return type === undefined ? undefined : { type, confidence };
}

/** Adds the shares of what was counted. One more than there were: a share of few is less sure than the same share of many. */
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
