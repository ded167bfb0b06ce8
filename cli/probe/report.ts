import { drawTable, paint, thousands, type Style, type TerminalShape } from '../screen/table.ts';
import type { Result } from './follow-routes.ts';

const styles: Readonly<Record<Result['outcome'], Style>> = {
  passed: 'green',
  failed: 'red',
  'not-reached': 'yellow',
  'not-checked': 'yellow',
};

/** Draws the result of each route and of each check, one line each. */
export function drawResults(results: readonly Result[], terminal: TerminalShape): string {
  const rows = results.map(({ name, outcome, detail, tookMs }) => [
    { text: name },
    { text: outcome.replace('-', ' '), style: styles[outcome] },
    { text: tookMs === undefined ? '' : thousands(tookMs) },
    { text: detail },
  ]);
  const columns = [
    { title: 'route', isWhole: true },
    { title: 'outcome', isWhole: true },
    { title: 'ms', align: 'right' },
    { title: 'detail', isWrapped: true },
  ] as const;
  return `${drawTable(columns, rows, terminal)}\n`;
}

/** Draws the last line: which routes and checks failed, or that all passed. */
export function drawVerdict(results: readonly Result[], where: string, terminal: TerminalShape): string {
  const failed = failedOf(results);
  return failed.length === 0
    ? `${paint('passed', 'green', terminal)}: ${where}\n`
    : `${paint('failed', 'red', terminal)}: ${failed.join(', ')}; ${where}\n`;
}

export function failedOf(results: readonly Result[]): readonly string[] {
  return results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
}
