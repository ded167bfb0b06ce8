/** Something to be written, and the record of the file that it came of. */
interface Due {
  readonly record: number;
  readonly emit: () => Promise<void>;
}

/**
 * Puts what comes of a batch of records back into their order: records that share no block of ids overtake one another in the
 * pipeline. What no record is behind, an inference or the letter of a gap, comes after them.
 */
export class InOrder {
  private due: Due[] = [];

  /** @param record Counts records from 1; undefined for what no record is behind. */
  add(record: string | undefined, emit: Due['emit']): void {
    this.due.push({ record: record === undefined ? Number.POSITIVE_INFINITY : Number(record), emit });
  }

  /** Writes all that was added, once the whole batch is through the pipeline. */
  async flush(): Promise<void> {
    const due = this.due.sort((a, b) => (a.record === b.record ? 0 : a.record - b.record));
    this.due = [];
    for (const { emit } of due) await emit();
  }
}
