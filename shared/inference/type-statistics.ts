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

  /** The likeliest type between two neighbours, by the narrowest context that was seen often enough. */
  guess({ previous, next }: NeighbourTypes): Frequent | undefined {
    const contexts = [
      previous && next ? this.between.get(pair(previous.type, next.type)) : undefined,
      previous ? this.after.get(previous.type) : undefined,
    ];
    const context = contexts.find((counts) => counts !== undefined && total(counts) >= enough) ?? this.anywhere;
    return likeliest(context, previous?.type);
  }
}

/** Most frequent; of several the one that is preferred, else the first by name. */
function likeliest(counts: Counts, preferred: string | undefined): Frequent | undefined {
  const most = Math.max(0, ...counts.values());
  const candidates = [...counts].filter(([, n]) => n === most).map(([type]) => type);
  const type = candidates.find((candidate) => candidate === preferred) ?? candidates.sort()[0];
  // One more observation than there were: a share of few is less sure than the same share of many.
  return type === undefined ? undefined : { type, confidence: most / (total(counts) + 1) };
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
