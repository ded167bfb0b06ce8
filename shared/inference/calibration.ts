/** A prediction that was put to the test. */
export interface Trial {
  /** How likely it was said to be, 0 to 1. */
  readonly probability: number;
  readonly isRight: boolean;
}

/** The strength of the prior that the model is right, in trials. A few real trials do not outweigh it. */
const priorStrength = 8;
const rounds = 20;
/** A step that makes things worse is halved, so often at the most. */
const halvings = 20;
/** Nothing is surer than this, or less sure. */
const limit = 1e-6;

/** A trial as the curve sees it: the logarithmic odds of what was said, and 1 where it was right. */
interface Point {
  readonly odds: number;
  readonly right: number;
}

/** From the logarithmic odds that a model says to those that it ought to say. */
interface Curve {
  readonly slope: number;
  readonly shift: number;
}

/**
 * Finds how sure a model ought to be from how often it was right: a logistic curve over the logarithmic odds of what it says,
 * fitted by Newton's method.
 *
 * @returns What turns a probability that the model says into one that is right as often as it says.
 */
export function calibrate(trials: readonly Trial[]): (probability: number) => number {
  const points = trials.map(({ probability, isRight }) => ({ odds: logOdds(probability), right: isRight ? 1 : 0 }));
  let curve: Curve = { slope: 1, shift: 0 };
  for (let round = 0; round < rounds; round++) curve = newtonStep(curve, points);
  return (probability) => logistic(curve.slope * logOdds(probability) + curve.shift);
}

/** Takes a step of Newton's method, or as much of it as makes the loss smaller. */
function newtonStep(curve: Curve, points: readonly Point[]): Curve {
  const step = stepFrom(curve, points);
  const loss = lossOf(curve, points);
  for (let halving = 0; halving < halvings; halving++) {
    const next = { slope: curve.slope - step.slope / 2 ** halving, shift: curve.shift - step.shift / 2 ** halving };
    if (lossOf(next, points) < loss) return next;
  }
  return curve;
}

function stepFrom({ slope, shift }: Curve, points: readonly Point[]): Curve {
  let [g0, g1, h00, h01, h11] = [priorStrength * shift, priorStrength * (slope - 1), priorStrength, 0, priorStrength];
  for (const { odds, right } of points) {
    const said = logistic(slope * odds + shift);
    const weight = said * (1 - said);
    g0 += said - right;
    g1 += (said - right) * odds;
    h00 += weight;
    h01 += weight * odds;
    h11 += weight * odds * odds;
  }
  const determinant = h00 * h11 - h01 * h01;
  return { shift: (h11 * g0 - h01 * g1) / determinant, slope: (h00 * g1 - h01 * g0) / determinant };
}

/** The negative log-likelihood of the trials under a curve, with a penalty for its distance from the prior. */
function lossOf({ slope, shift }: Curve, points: readonly Point[]): number {
  const unlikely = points.reduce((sum, { odds, right }) => {
    const said = slope * odds + shift;
    return sum + Math.max(0, said) + Math.log1p(Math.exp(-Math.abs(said))) - right * said;
  }, 0);
  return unlikely + (priorStrength / 2) * (shift ** 2 + (slope - 1) ** 2);
}

function logOdds(probability: number): number {
  const within = Math.min(1 - limit, Math.max(limit, probability));
  return Math.log(within / (1 - within));
}

function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
