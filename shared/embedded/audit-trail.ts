import type { AuditedChange, AuditEntry } from '../dead-letter/audit.ts';
import type { AuditTrail } from '../letter-ports.ts';
import type { Step } from './steps.ts';

/** The maximum number of entries in memory. Older ones are dropped. */
const maxEntries = 10_000;

/** Keeps the newest entries of the audit trail in memory. */
export class EmbeddedAuditTrail implements AuditTrail {
  private readonly step: Step;
  private entries: AuditedChange[] = [];
  private written = 0;

  constructor(step: Step) {
    this.step = step;
  }

  /** Adds an entry at once, as part of another write. */
  add(entry: AuditEntry): void {
    this.entries.push({ position: String(++this.written), entry });
    if (this.entries.length > 2 * maxEntries) this.entries = this.entries.slice(-maxEntries);
  }

  async note(entry: AuditEntry): Promise<void> {
    await this.step();
    this.add(entry);
  }

  async latest(): Promise<string> {
    await this.step();
    return String(this.written);
  }

  async since(position: string, limit: number): Promise<readonly AuditedChange[] | undefined> {
    await this.step();
    if (!/^\d{1,15}$/.test(position)) return undefined;
    return this.entries.filter((one) => Number(one.position) > Number(position)).slice(0, limit);
  }
}
