import type { Result } from '../scenario.ts';
import { barChart, type Bar } from './bar-chart.ts';
import { lineChart, type Line } from './line-chart.ts';

/** A file of a plot. */
export interface Plot {
  readonly file: string;
  readonly svg: string;
}

/** Draws the plots of the scenarios that were run. */
export function plotsOf(results: readonly Result[]): readonly Plot[] {
  return [...rates(results), ...costs(results), ...speeds(results), ...processes(results)];
}

function rates(results: readonly Result[]): readonly Plot[] {
  const lines = [
    ...['1 instance', '2 instances'].map((instances) => lineOf(results, 'low rate', 'operations an event', instances)),
  ].filter(({ points }) => points.length > 1);
  const [first] = lines;
  if (!first) return [];
  const across = (label: string, y: number): Line => ({ label, points: first.points.map(({ x }) => ({ x, y })) });
  const svg = lineChart(
    'Reads and writes of Firestore an event, claims and marks of one stream',
    { x: 'events a second', y: 'documents' },
    [...lines, across('a document an event', 1), across('a transaction an event', 2)],
  );
  return [{ file: 'bench-operations.svg', svg }];
}

function costs(results: readonly Result[]): readonly Plot[] {
  const parts = ['Firestore', 'Pub/Sub', 'CPU and memory', 'the fee for requests'];
  const lines = parts.map((part) => ({ ...lineOf(results, 'cost', part, ''), label: part }));
  if (lines.every(({ points }) => points.length < 2)) return [];
  const svg = lineChart('Cost of a million events at list prices', { x: 'events a second', y: 'dollars' }, lines);
  return [{ file: 'bench-cost.svg', svg }];
}

/** Returns the figures of a metric by the rate that its name has. */
function lineOf(results: readonly Result[], scenario: string, metric: string, suffix: string): Line {
  const points = results.flatMap(({ name, metric: full, ours }) => {
    if (name !== scenario || !full.startsWith(`${metric} at `) || !full.endsWith(suffix)) return [];
    return [{ x: Number(/ at (\d+)\/s/.exec(full)?.[1]), y: ours }];
  });
  return { label: suffix, points };
}

function speeds(results: readonly Result[]): readonly Plot[] {
  const bars = barsOf(results, ['state'], (metric) => metric.startsWith('events a second'));
  if (bars.length === 0) return [];
  const title = 'Claims and marks of one hot stream: how many times as fast';
  return [{ file: 'bench-state.svg', svg: barChart(title, axisOfRatios, bars) }];
}

function processes(results: readonly Result[]): readonly Plot[] {
  const isOfCpu = (metric: string): boolean => metric.includes('CPU') && !metric.includes('of a gap');
  const bars = barsOf(results, ['instance', 'pipeline', 'cold start', 'clean', 'pull workers'], isOfCpu);
  if (bars.length === 0) return [];
  const title = 'Ours beside the baseline, by CPU time';
  return [{ file: 'bench-cpu.svg', svg: barChart(title, axisOfRatios, bars) }];
}

const axisOfRatios = 'ours divided by the baseline; a black line is the bound, orange misses it';

function barsOf(
  results: readonly Result[],
  names: readonly string[],
  isShown: (metric: string) => boolean,
): readonly Bar[] {
  return results.flatMap(({ name, metric, ratio, target, passed }) => {
    if (!names.includes(name) || !isShown(metric) || ratio === null) return [];
    const bound = target?.startsWith('ratio') ? Number(/[\d.]+$/.exec(target)?.[0]) : undefined;
    return [{ label: metric.replace(/^events a second, /, ''), value: ratio, bound, passed: passed ?? undefined }];
  });
}
