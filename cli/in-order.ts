/**
 * Puts what comes of a file's records back into their order: records that share no block of ids overtake one another in the
 * pipeline. Holds no more than what is underway.
 */
export class InOrder {
  /** What came of records that must wait for an earlier one, by their numbers. */
  private readonly early = new Map<number, () => Promise<void>>();
  private next = 1;

  /** @param number Counts records from 1. @param emit Writes what came of the record. */
  async settle(number: number, emit: () => Promise<void>): Promise<void> {
    this.early.set(number, emit);
    const due: Promise<void>[] = [];
    for (let emitNext = this.early.get(this.next); emitNext; emitNext = this.early.get(this.next)) {
      this.early.delete(this.next++);
      due.push(emitNext());
    }
    await Promise.all(due);
  }
}
