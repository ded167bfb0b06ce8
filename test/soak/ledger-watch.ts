import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import { gapsBelow } from '../../shared/gaps/ledger-pages.ts';
import { streamNames } from '../simulation/setting.ts';
import type { Stores } from '../../cli/stores.ts';
import type { LiveJournal } from './live-journal.ts';

/** Reads the progress and the gaps of all streams repeatedly, and writes changes into the journal. */
export class LedgerWatch {
  private readonly stores: Stores;
  private readonly journal: LiveJournal;
  private readonly known = new Map<string, string>();
  private rows: readonly Gap[] = [];

  constructor(stores: Stores, journal: LiveJournal) {
    this.stores = stores;
    this.journal = journal;
  }

  /** The number of unresolved gaps in streams whose gaps are recovered. */
  get waiting(): number {
    return this.rows.filter((row) => isUnresolved(row) && this.stores.catalog.stream(row.stream).recover).length;
  }

  async look(): Promise<void> {
    const rows = await Promise.all(streamNames.map((stream) => this.lookAt(stream)));
    this.rows = rows.flat();
  }

  /** Reads progress before rows. Rows are saved together with progress, so that no row of that progress can be missing. */
  private async lookAt(stream: string): Promise<readonly Gap[]> {
    const progress = await this.stores.ledger.progress(stream);
    const rows: Gap[] = [];
    for await (const row of gapsBelow(this.stores.ledger, stream)) {
      if (this.isNew(`${stream}/${row.from}`, row)) this.journal.seeRow(row);
      rows.push(row);
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
