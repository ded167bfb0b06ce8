/** An output that waits, and the record of the file that it belongs to. */
interface Due {
  readonly record: number;
  readonly emit: () => Promise<void>;
}

/**
 * Puts the outputs of a batch into the order of its records. Records overtake one another in the pipeline if their ids
 * are in different blocks. Outputs that belong to no record, such as an inference or the letter of a gap, come last.
 */
export class InOrder {
  private due: Due[] = [];

  /** Adds an output. @param record The number of its record, from 1. Undefined if it belongs to no record. */
  add(record: string | undefined, emit: Due['emit']): void {
    this.due.push({ record: record === undefined ? Number.POSITIVE_INFINITY : Number(record), emit });
  }

  /** Writes all outputs that were added. The whole batch must be through the pipeline. */
  async flush(): Promise<void> {
    const due = this.due.sort((a, b) => (a.record === b.record ? 0 : a.record - b.record));
    this.due = [];
    for (const { emit } of due) await emit();
  }
}
