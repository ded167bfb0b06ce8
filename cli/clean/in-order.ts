import type { OutputSink } from '../output-file.ts';

/** A line of an output that waits, and the record of the file that it belongs to. */
interface DueLine {
  readonly record: number;
  readonly to: OutputSink;
  readonly text: string;
}

/** The number of characters that are written together. */
const writtenTogether = 262_144;

/**
 * Puts the outputs of a batch into the order of its records. Records overtake one another in the pipeline if their ids
 * are in different blocks. Outputs that belong to no record, such as an inference or the letter of a gap, come last.
 */
export class InOrder {
  private due: DueLine[] = [];

  /** Adds a line. @param record The number of its record, from 1. Undefined if it belongs to no record. */
  add(record: number | undefined, to: OutputSink, text: string): void {
    this.due.push({ record: record ?? Number.POSITIVE_INFINITY, to, text });
  }

  /** Writes all lines that were added. The whole batch must be through the pipeline. */
  async flush(): Promise<void> {
    const due = this.due.sort((a, b) => (a.record === b.record ? 0 : a.record - b.record));
    this.due = [];
    const parts = new Map<OutputSink, string>();
    for (const { to, text } of due) {
      const part = `${parts.get(to) ?? ''}${text}\n`;
      if (part.length < writtenTogether) parts.set(to, part);
      else {
        parts.delete(to);
        await to.write(part);
      }
    }
    for (const [to, part] of parts) await to.write(part);
  }
}
