import type { Random } from '../../shared/ports.ts';
import { misnumberings, type Misnumbering } from './misnumbering.ts';
import { unnumberedStreams, type UnnumberedName } from './setting.ts';

/** Features that only some runs have. */
export interface Scenario {
  /** The scheduler stops for longer than the deduplication window. */
  readonly sleeps: boolean;
  /** The scheduler sends no tick for more than half of the fault window. */
  readonly isSweptLate: boolean;
  /** A producer sends a hundred ids at once, while Firestore is slow. */
  readonly hasBurst: boolean;
  /** A producer skips hundreds of single ids: in the stream whose gaps are only listed, or in any stream. */
  readonly sparse: 'listed' | 'any' | undefined;
  /** A mistake in the numbers of the first producer. */
  readonly misnumbering: Misnumbering | undefined;
  /** One message cannot be published to its next topic, until Pub/Sub gives it up. */
  readonly holdsMessage: boolean;
  /** The catalog refuses unknown types. */
  readonly isStrict: boolean;
  /** The operator replays letters at random. */
  readonly hasOperator: boolean;
  /** The operator replaces the content of one key several times, and discards a letter. */
  readonly hasBusyOperator: boolean;
  /** The operator has producers asked again for the events of gaps. */
  readonly asksAgain: boolean;
  /** A stream without numbers takes the place of the second stream. */
  readonly unnumbered: UnnumberedName | undefined;
}

/** Draws who skips hundreds of ids. Mostly it is the stream whose gaps are only listed, since inferring each gap makes a run slow. */
function sparseness(drawn: number): Scenario['sparse'] {
  if (drawn < 0.01) return 'any';
  return drawn < 0.06 ? 'listed' : undefined;
}

/** Draws the features of a run. */
export function drawScenario(random: Random): Scenario {
  const draw = (share: number): boolean => random() < share;
  const sleeps = draw(0.15);
  const scenario: Omit<Scenario, 'asksAgain'> = {
    sleeps,
    isSweptLate: draw(0.2),
    hasBurst: draw(0.12),
    sparse: sparseness(random()),
    misnumbering: draw(0.5) ? misnumberings[Math.floor(random() * misnumberings.length)] : undefined,
    holdsMessage: draw(0.06) && !sleeps,
    isStrict: draw(0.3),
    hasOperator: draw(0.5),
    hasBusyOperator: draw(0.2),
    unnumbered: draw(0.12) ? unnumberedStreams[Math.floor(random() * unnumberedStreams.length)] : undefined,
  };
  // Only after a window can an event without an id be too old.
  const mustForget = scenario.unnumbered !== undefined && !scenario.holdsMessage;
  return { ...scenario, sleeps: mustForget ? sleeps || draw(0.3) : sleeps, asksAgain: draw(0.25) };
}
