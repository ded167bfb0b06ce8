import type { Random } from '../../shared/ports.ts';

/** Parts of a run that only some runs have. */
export interface Scenario {
  /** The scheduler sleeps for longer than ids are remembered. */
  readonly sleeps: boolean;
  /** The scheduler sends no tick for more than half of the fault window. */
  readonly isSweptLate: boolean;
}

/** Draws the parts of a run. */
export function drawScenario(random: Random): Scenario {
  const draw = (share: number): boolean => random() < share;
  return { sleeps: draw(0.15), isSweptLate: draw(0.2) };
}
