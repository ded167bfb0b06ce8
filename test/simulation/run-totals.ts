import { thousands } from '../../cli/screen/table.ts';
import { expectedMarks } from './coverage.ts';
import { laws } from './laws.ts';
import type { RunOutcome } from './run.ts';

/** The prefixes of the marks that are no faults. Every other mark names a fault and its place. */
const kinds = ['verdict', 'letter', 'situation'] as const;

/** Sums of many runs. */
export class RunTotals {
  runs = 0;
  failed = 0;
  private readonly counts = new Map<string, number>();
  private readonly coverage = new Map<string, number>();

  add({ breaches, counts, coverage }: RunOutcome): void {
    this.runs++;
    if (breaches.length > 0) this.failed++;
    addTo(this.counts, counts);
    addTo(this.coverage, coverage);
  }

  /** Formats two lines: the size and result of the runs, and how many of the possible marks they met. */
  draw(): string {
    const byName = [...this.counts].sort(([a], [b]) => a.localeCompare(b));
    const counted = byName.map(([what, count]) => `${thousands(count)} ${what}`);
    const result =
      this.failed === 0 ? `all ${Object.keys(laws).length} laws held in each` : `${thousands(this.failed)} failed`;
    const kindsMet = ['fault' as const, ...kinds].map((kind) => {
      const marks = expectedMarks().filter((mark) => kindOf(mark) === kind);
      return `${marks.filter((mark) => this.coverage.has(mark)).length} of ${marks.length} ${kind}s`;
    });
    return `${thousands(this.runs)} runs: ${counted.join(', ')}; ${result}\nmet: ${kindsMet.join(', ')}\n`;
  }

  /** Formats a line for each possible mark, with its count. */
  drawCoverage(): string {
    return expectedMarks()
      .map((mark) => `${thousands(this.coverage.get(mark) ?? 0).padStart(10)}  ${mark}\n`)
      .join('');
  }
}

function kindOf(mark: string): 'fault' | (typeof kinds)[number] {
  return kinds.find((kind) => mark.startsWith(`${kind}: `)) ?? 'fault';
}

function addTo(sums: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
}
