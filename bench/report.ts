import { drawTable, thousands, type TerminalShape } from '../cli/screen/table.ts';
import type { Result } from './scenario.ts';

/** Draws the results of a scenario. */
export function drawResults(results: readonly Result[], terminal: TerminalShape): string {
  const rows = results.map(({ metric, ours, baseline, ratio, target, passed }) => [
    { text: metric },
    { text: spell(ours) },
    { text: spell(baseline) },
    { text: spell(ratio) },
    { text: target ?? '' },
    passed === null
      ? { text: '' }
      : passed
        ? { text: 'passed', style: 'green' as const }
        : { text: 'MISSED', style: 'red' as const },
  ]);
  const right = { align: 'right' } as const;
  const columns = [
    { title: 'measure' },
    { title: 'ours', ...right },
    { title: 'baseline', ...right },
    { title: 'ratio', ...right },
    { title: 'target', ...right },
    { title: '' },
  ];
  return drawTable(columns, rows, terminal);
}

function spell(value: number | null): string {
  if (value === null) return '';
  return value >= 1_000 ? thousands(Math.round(value)) : String(value);
}
