/** The place of an event in its file, in bytes. */
export interface Place {
  readonly id: number;
  readonly offset: number;
  readonly length: number;
}

/** The initial capacity, in events. */
const initialCapacity = 1_024;

/** Maps each id to the places of its events in a file. It takes 20 bytes an event, in three arrays that are sorted by id. */
export class IdIndex {
  private count = 0;
  private ids = new Float64Array(initialCapacity);
  private offsets = new Float64Array(initialCapacity);
  private lengths = new Uint32Array(initialCapacity);
  private isSorted = true;

  /** Adds an event. Events of the same id keep their order. */
  add({ id, offset, length }: Place): void {
    if (this.count === this.ids.length) this.grow();
    if (this.count > 0 && id < this.id(this.count - 1)) this.isSorted = false;
    this.ids[this.count] = id;
    this.offsets[this.count] = offset;
    this.lengths[this.count] = length;
    this.count++;
  }

  /** How many events there are. */
  get size(): number {
    return this.count;
  }

  /** The lowest and the highest id. Undefined if there are no events. */
  get span(): { readonly from: number; readonly to: number } | undefined {
    this.sort();
    return this.count === 0 ? undefined : { from: this.id(0), to: this.id(this.count - 1) };
  }

  /** Yields the places of the events in a range of ids, ascending. Both ends are included. */
  *between(from: number, to: number): Generator<Place> {
    this.sort();
    for (let at = this.firstFrom(from); at < this.count && this.id(at) <= to; at++)
      yield { id: this.id(at), offset: this.offsets[at] ?? 0, length: this.lengths[at] ?? 0 };
  }

  /** Returns the first index whose id is not below this one. */
  private firstFrom(id: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.id(middle) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private id(at: number): number {
    return this.ids[at] ?? 0;
  }

  private sort(): void {
    if (this.isSorted) return;
    const order = Uint32Array.from({ length: this.count }, (_, at) => at);
    order.sort((a, b) => this.id(a) - this.id(b) || a - b);
    this.ids = Float64Array.from(order, (at) => this.ids[at] ?? 0);
    this.offsets = Float64Array.from(order, (at) => this.offsets[at] ?? 0);
    this.lengths = Uint32Array.from(order, (at) => this.lengths[at] ?? 0);
    this.isSorted = true;
  }

  private grow(): void {
    const capacity = Math.max(initialCapacity, this.count * 2);
    const larger = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.ids = larger(this.ids, new Float64Array(capacity));
    this.offsets = larger(this.offsets, new Float64Array(capacity));
    this.lengths = larger(this.lengths, new Uint32Array(capacity));
  }
}
