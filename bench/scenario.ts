/** A bound on the figure of a measure. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** A figure of ours, beside what users would have instead. */
export interface Measure {
  /** The name of the figure, with its unit. */
  readonly metric: string;
  readonly ours: number;
  /** The figure of the baseline, and what the baseline is. */
  readonly baseline?: { readonly value: number; readonly what: string };
  /** The bound on ours. Without a target a measure is only reported. */
  readonly target?: Target;
}

/** A situation in which figures are counted or measured. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** Whether the figures are counted: then they are the same in every run and on every machine. */
  readonly isCounted: boolean;
  /** @param size The share of the full length of the run, from 0 to 1. */
  run(size: number): Promise<readonly Measure[]>;
}

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

export function resultOf(name: string, { metric, ours, baseline, target }: Measure): Result {
  return {
    name,
    metric,
    ours: round(ours),
    baseline: baseline ? round(baseline.value) : null,
    ratio: baseline ? round(ours / baseline.value) : null,
    target: target ? spellTarget(target) : null,
    passed: target ? hasReached(ours, target) : null,
  };
}

function hasReached(value: number, target: Target): boolean {
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

function spellTarget(target: Target): string {
  return 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
}

/** Rounds to three digits, so that a report is easy to read and to compare. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
