import type { Known } from './neighbours.ts';

/** The most types with a number of their own. Of more, the rarest share one. */
const mostTypes = 255;

/**
 * The known events of a part of a stream, ascending by id, an array a property: 30 bytes an event. Events are named by their
 * place in it, from 0; −1 stands for none.
 */
export class Sequence {
  readonly length: number;
  /** The types by their numbers. The last is empty if it stands for the rare ones. */
  readonly types: readonly string[];
  /** Whether any event says what it is about. */
  readonly hasEntities: boolean;
  /** Whether most events are followed by the next id. */
  private readonly isMostlyWhole: boolean;
  private readonly ids: Float64Array;
  private readonly instants: Float64Array;
  private readonly typeAt: Uint8Array;
  private readonly entities: Uint32Array;
  /** The event of the same entity before, and the one after. */
  private readonly earlier: Int32Array;
  private readonly later: Int32Array;

  /** @param known Ascending by id. Of an id that comes several times the first is the event; the others are revisions of it. */
  constructor(known: readonly Known[]) {
    const events = known.filter(({ eventId }, i) => eventId !== known[i - 1]?.eventId);
    this.length = events.length;
    this.types = typesOf(events);
    const numbers = new Map(this.types.map((type, i) => [type, i]));
    this.ids = Float64Array.from(events, ({ eventId }) => eventId);
    this.instants = Float64Array.from(events, ({ instantMs }) => instantMs);
    this.typeAt = Uint8Array.from(events, ({ type }) => numbers.get(type) ?? this.types.length - 1);
    this.entities = Uint32Array.from(events, ({ entity }) => entity);
    this.hasEntities = this.entities.some((entity) => entity !== 0);
    const followed = this.ids.filter((id, at) => this.ids[at + 1] === id + 1);
    this.isMostlyWhole = 2 * followed.length > this.length;
    this.earlier = new Int32Array(this.length).fill(-1);
    this.later = new Int32Array(this.length).fill(-1);
    this.link();
  }

  id(at: number): number {
    return this.ids[at] ?? Number.NaN;
  }

  /** Milliseconds since 1970. */
  instantMs(at: number): number {
    return this.instants[at] ?? Number.NaN;
  }

  /** The number of its type in `types`. */
  type(at: number): number {
    return this.typeAt[at] ?? 0;
  }

  /** Digest of what it is about; 0 where there is none. */
  entity(at: number): number {
    return this.entities[at] ?? 0;
  }

  earlierOfEntity(at: number): number {
    return this.earlier[at] ?? -1;
  }

  laterOfEntity(at: number): number {
    return this.later[at] ?? -1;
  }

  /** How far one event is from another, in events; those that are missing between them count where most are not. */
  distance(from: number, to: number): number {
    return this.isMostlyWhole ? this.id(to) - this.id(from) : to - from;
  }

  known(at: number): Known | undefined {
    const type = this.types[this.type(at)];
    if (at < 0 || at >= this.length || type === undefined) return undefined;
    return { eventId: this.id(at), type, instantMs: this.instantMs(at), entity: this.entity(at) };
  }

  /** The first event above an id; the length where there is none. */
  firstAbove(id: number): number {
    let from = 0;
    let to = this.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.id(middle) > id) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  has(id: number): boolean {
    return this.ids[this.firstAbove(id) - 1] === id;
  }

  private link(): void {
    const last = new Map<number, number>();
    this.entities.forEach((entity, at) => {
      if (entity === 0) return;
      const before = last.get(entity);
      if (before !== undefined) {
        this.earlier[at] = before;
        this.later[before] = at;
      }
      last.set(entity, at);
    });
  }
}

/** The most frequent types, by name where they are equally frequent. */
function typesOf(events: readonly Known[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  const byFrequency = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([type]) => type);
  return byFrequency.length <= mostTypes ? byFrequency : [...byFrequency.slice(0, mostTypes - 1), ''];
}
