import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import { streamNames } from '../simulate/setting.ts';
import type { Stores } from '../stores.ts';
import type { LiveJournal } from './live-journal.ts';

/** More rows than a stream of a soak has. */
const allRows = 100_000;

/** Looks now and then at what sweep has saved, and writes down what is new. */
export class LedgerWatch {
  private readonly stores: Stores;
  private readonly journal: LiveJournal;
  private readonly known = new Map<string, string>();
  private rows: readonly Gap[] = [];

  constructor(stores: Stores, journal: LiveJournal) {
    this.stores = stores;
    this.journal = journal;
  }

  /** How many gaps wait for somebody. */
  get waiting(): number {
    return this.rows.filter((row) => isUnresolved(row) && this.stores.catalog.stream(row.stream).recover).length;
  }

  async look(): Promise<void> {
    const rows = await Promise.all(streamNames.map((stream) => this.lookAt(stream)));
    this.rows = rows.flat();
  }

  /** The rows are read after the progress that rests on them: with it, none is missing. */
  private async lookAt(stream: string): Promise<readonly Gap[]> {
    const progress = await this.stores.ledger.progress(stream);
    const rows = await this.stores.ledger.list(stream, allRows);
    for (const row of rows) {
      if (this.isNew(`${stream}/${row.from}`, row)) this.journal.seeRow(row);
    }
    if (progress && this.isNew(stream, progress.value))
      this.journal.progress.push({ ...this.journal.stamp(), progress: progress.value });
    return rows;
  }

  private isNew(name: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    const isNew = this.known.get(name) !== text;
    this.known.set(name, text);
    return isNew;
  }
}
