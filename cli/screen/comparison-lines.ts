import { describeReconciliation, type ReconciliationView } from '../../shared/views/reconciliation-view.ts';

/** Writes a line for each list of a system of record with which a stream is compared, below an empty line. */
export function comparisonLines(views: readonly ReconciliationView[], nowMs: number): string {
  const lines = views.map((view) => `  ${view.stream}: ${describeReconciliation(view, nowMs)}\n`);
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}
