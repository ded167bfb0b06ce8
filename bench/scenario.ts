import type { BenchContext } from './bench-context.ts';

/** A bound on the figure of a measure, or on its ratio to the baseline. */
export type Target = { readonly of?: 'ratio' } & ({ readonly atMost: number } | { readonly atLeast: number });

/** A figure of ours, beside what users would have instead. */
export interface Measure {
  /** The name of the figure, with its unit. */
  readonly metric: string;
  readonly ours: number;
  /** The figure of the baseline, and what the baseline is. */
  readonly baseline?: { readonly value: number; readonly what: string };
  /** The ratio to the baseline if it is not that of the two figures: the median of the ratios of several rounds. */
  readonly ratio?: number;
  /** Without a target a measure is only reported. */
  readonly target?: Target;
}

interface ScenarioText {
  readonly name: string;
  readonly about: string;
}

/** A situation whose figures are counted: they are the same in every run and on every machine. */
export interface CountedScenario extends ScenarioText {
  readonly isCounted: true;
  /** @param size The share of the full length of the run, from 0 to 1. */
  readonly run: (size: number) => Promise<readonly Measure[]>;
}

/** A situation whose figures are measured, as ratios of sides that run in turn. */
export interface MeasuredScenario extends ScenarioText {
  readonly isCounted: false;
  /** @param size The share of the full length of the run, from 0 to 1. */
  readonly run: (size: number, context: BenchContext) => Promise<readonly Measure[]>;
}

export type Scenario = CountedScenario | MeasuredScenario;

/** A measure as it is printed. */
export interface Result {
  readonly name: string;
  readonly metric: string;
  readonly ours: number;
  readonly baseline: number | null;
  /** Ours divided by the baseline. */
  readonly ratio: number | null;
  readonly target: string | null;
  /** Null without a target. */
  readonly passed: boolean | null;
}

/** @throws Error if the target is a ratio and there is no baseline. */
export function resultOf(name: string, { metric, ours, baseline, ratio, target }: Measure): Result {
  const exactRatio = ratio ?? (baseline && ours / baseline.value);
  return {
    name,
    metric,
    ours: round(ours),
    baseline: baseline ? round(baseline.value) : null,
    ratio: exactRatio === undefined ? null : round(exactRatio),
    target: target ? spellTarget(target) : null,
    passed: target ? hasReached(valueOf(metric, target, ours, exactRatio), target) : null,
  };
}

function valueOf(metric: string, { of }: Target, ours: number, ratio: number | undefined): number {
  if (of !== 'ratio') return ours;
  if (ratio === undefined) throw new Error(`${metric} has a target for its ratio and no baseline`);
  return ratio;
}

function hasReached(value: number, target: Target): boolean {
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

function spellTarget(target: Target): string {
  const bound = 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
  return target.of === 'ratio' ? `ratio ${bound}` : bound;
}

/** Rounds to three digits, so that a report is easy to read and to compare. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
