/** A prediction that was put to the test. */
export interface Trial {
  /** How likely it was said to be, 0 to 1. */
  readonly probability: number;
  readonly isRight: boolean;
}

/** How many trials in favour of what the model says itself: a few of its own do not outweigh them. */
const doubt = 20;
const rounds = 12;
/** Nothing is surer than this, or less sure. */
const limit = 1e-6;

/**
 * Finds how sure a model ought to be from how often it was right: a logistic curve over the logarithmic odds of what it says,
 * fitted by Newton's method.
 *
 * @returns What turns a probability that the model says into one that is right as often as it says.
 */
export function calibrate(trials: readonly Trial[]): (probability: number) => number {
  const points = trials.map(({ probability, isRight }) => ({ odds: logOdds(probability), right: isRight ? 1 : 0 }));
  let [slope, shift] = [1, 0];
  for (let round = 0; round < rounds; round++) {
    let [g0, g1, h00, h01, h11] = [doubt * shift, doubt * (slope - 1), doubt, 0, doubt];
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
    shift -= (h11 * g0 - h01 * g1) / determinant;
    slope -= (h00 * g1 - h01 * g0) / determinant;
  }
  return (probability) => logistic(slope * logOdds(probability) + shift);
}

function logOdds(probability: number): number {
  const within = Math.min(1 - limit, Math.max(limit, probability));
  return Math.log(within / (1 - within));
}

function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
