import type { Random } from '../../shared/ports.ts';

/** Parts of a run that only some runs have. */
export interface Scenario {
  /** The scheduler sleeps for longer than ids are remembered. */
  readonly sleeps: boolean;
  /** The scheduler sends no tick for more than half of the fault window. */
  readonly isSweptLate: boolean;
  /** A producer sends a hundred ids at once, while the store is sluggish. */
  readonly hasBurst: boolean;
  /** A producer leaves out hundreds of single ids: of a stream that is only listed, or of any. */
  readonly sparse: 'listed' | 'any' | undefined;
  /** One message cannot be published on its way, until Pub/Sub gives it up. */
  readonly holdsMessage: boolean;
  /** The catalog refuses unknown types. */
  readonly isStrict: boolean;
  /** The operator replays letters at random. */
  readonly hasOperator: boolean;
  /** The operator replaces the content of one key again and again, and discards letters. */
  readonly hasBusyOperator: boolean;
}

/** Most streams with hundreds of gaps are only listed: to ask for each gap and to infer it takes a run a long time. */
function sparseness(drawn: number): Scenario['sparse'] {
  if (drawn < 0.01) return 'any';
  return drawn < 0.06 ? 'listed' : undefined;
}

/** Draws the parts of a run. */
export function drawScenario(random: Random): Scenario {
  const draw = (share: number): boolean => random() < share;
  const sleeps = draw(0.15);
  return {
    sleeps,
    isSweptLate: draw(0.2),
    hasBurst: draw(0.12),
    sparse: sparseness(random()),
    holdsMessage: draw(0.06) && !sleeps,
    isStrict: draw(0.3),
    hasOperator: draw(0.5),
    hasBusyOperator: draw(0.2),
  };
}
