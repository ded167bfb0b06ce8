/** A prediction for an event whose type is known. */
export interface Trial {
  /** The predicted probability, from 0 to 1. */
  readonly probability: number;
  readonly isRight: boolean;
}

/** The strength of the prior that the model is calibrated, in trials. It outweighs a few real trials. */
const priorStrength = 8;
const rounds = 20;
/** The maximum number of times that a step is halved if it increases the loss. */
const halvings = 20;
/** Probabilities are clamped to this distance from 0 and from 1. */
const limit = 1e-6;

/** A trial as a point of the curve: the logarithmic odds of the prediction, and 1 if it was right, otherwise 0. */
interface Point {
  readonly odds: number;
  readonly right: number;
}

/** A map from the logarithmic odds that the model predicts to calibrated ones. */
export interface Curve {
  readonly slope: number;
  readonly shift: number;
}

/**
 * Calibrates the probabilities of a model by its trials (Platt scaling): a logistic curve over the logarithmic odds,
 * fitted by Newton's method. {@link calibrated} applies it.
 */
export function calibrate(trials: readonly Trial[]): Curve {
  const points = trials.map(({ probability, isRight }) => ({ odds: logOdds(probability), right: isRight ? 1 : 0 }));
  let curve: Curve = { slope: 1, shift: 0 };
  for (let round = 0; round < rounds; round++) {
    const next = newtonStep(curve, points);
    // No step from here reduces the loss, so that further rounds would change nothing.
    if (next === curve) break;
    curve = next;
  }
  return curve;
}

/** Returns the calibrated probability for a predicted one. */
export function calibrated(probability: number, { slope, shift }: Curve): number {
  return logistic(slope * logOdds(probability) + shift);
}

/** Takes a step of Newton's method. The step is halved until it reduces the loss. */
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

/** Returns the negative log-likelihood of the trials under a curve, with a penalty for its distance from the prior. */
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
