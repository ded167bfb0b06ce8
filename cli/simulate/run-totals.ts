import { thousands } from '../table.ts';
import { laws } from './laws.ts';
import type { Outcome } from './run.ts';

/** What came of many runs. */
export class RunTotals {
  runs = 0;
  failed = 0;
  private readonly counts = new Map<string, number>();

  add({ breaches, counts }: Outcome): void {
    this.runs++;
    if (breaches.length > 0) this.failed++;
    for (const [what, count] of counts) this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  /** A line: how much was run, what was done to it, and what came of it. */
  draw(): string {
    const byName = [...this.counts].sort(([a], [b]) => a.localeCompare(b));
    const counted = byName.map(([what, count]) => `${thousands(count)} ${what}`);
    const result =
      this.failed === 0 ? `all ${Object.keys(laws).length} laws held in each` : `${thousands(this.failed)} failed`;
    return `${thousands(this.runs)} runs: ${counted.join(', ')}; ${result}\n`;
  }
}
