/** Where an event stands in its file, in bytes. */
export interface Place {
  readonly id: number;
  readonly offset: number;
  readonly length: number;
}

/** How many events there is room for at first. */
const firstRoom = 1_024;

/** Knows of each id where its events stand in a file: 20 bytes an event, in three arrays that are sorted by id. */
export class IdIndex {
  private count = 0;
  private ids = new Float64Array(firstRoom);
  private offsets = new Float64Array(firstRoom);
  private lengths = new Uint32Array(firstRoom);
  private isSorted = true;

  /** Adds an event; those of one id keep the order in which they are added. */
  add({ id, offset, length }: Place): void {
    if (this.count === this.ids.length) this.makeRoom();
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

  /** The lowest and the highest id. Undefined where there is none. */
  get span(): { readonly from: number; readonly to: number } | undefined {
    this.sort();
    return this.count === 0 ? undefined : { from: this.id(0), to: this.id(this.count - 1) };
  }

  /** The events of a range of ids, both ends included, ascending. */
  *between(from: number, to: number): Generator<Place> {
    this.sort();
    for (let at = this.firstFrom(from); at < this.count && this.id(at) <= to; at++)
      yield { id: this.id(at), offset: this.offsets[at] ?? 0, length: this.lengths[at] ?? 0 };
  }

  /** The first place whose id is not below this one. */
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

  private makeRoom(): void {
    const room = Math.max(firstRoom, this.count * 2);
    const larger = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.ids = larger(this.ids, new Float64Array(room));
    this.offsets = larger(this.offsets, new Float64Array(room));
    this.lengths = larger(this.lengths, new Uint32Array(room));
  }
}
