import type { Features } from './features.ts';

// Bound once, because they run millions of times for a model, and a lookup of a global can be slow.
const { abs, exp, max, sqrt } = Math;

/** The initial learning rate (AdaGrad: the rate of a weight falls as its squared gradients add up). */
const rate = 0.1;
/** The weight decay (L2), so that an observation that was seen once has little influence. */
const decay = 0.0003;
/** The initial sum of squared gradients of a weight. */
const initialSquareSum = 0.01;
/** Gradients below this are ignored. */
const minGradient = 0.001;
/** The maximum number of weights in a table: 4 MB. */
const maxWeights = 2 ** 20;
const maxRows = 2 ** 15;

/** A log-linear model of the type, with a weight for each pair of observation and type. */
export class TypeScores {
  /** The number of buckets for observations: a power of two. */
  readonly rows: number;
  readonly probabilities: Float64Array;
  readonly weights: Float32Array<ArrayBuffer>;
  /** The sums of squared gradients. Undefined after learning. */
  private squareSums: Float32Array | undefined;

  /** @param learned The weights, if they were learned before. */
  constructor(types: number, learned?: Float32Array<ArrayBuffer>) {
    this.rows = 2 ** Math.floor(Math.log2(Math.min(maxRows, maxWeights / types)));
    this.probabilities = new Float64Array(types);
    this.weights = learned ?? new Float32Array(this.rows * types);
    if (!learned) this.squareSums = new Float32Array(this.rows * types).fill(initialSquareSum);
  }

  score({ at, length }: Features): void {
    const { probabilities, weights } = this;
    const types = probabilities.length;
    probabilities.fill(0);
    for (let i = 0; i < length; i++) {
      const row = (at[i] ?? 0) * types;
      for (let type = 0; type < types; type++)
        probabilities[type] = (probabilities[type] ?? 0) + (weights[row + type] ?? 0);
    }
    softmax(probabilities, types);
  }

  /** Learns the right type of the position that was scored last. @param share The share of the learning rate. */
  learn({ at, length }: Features, right: number, share: number): void {
    const { probabilities, weights, squareSums } = this;
    if (!squareSums) return;
    const types = probabilities.length;
    probabilities[right] = (probabilities[right] ?? 0) - 1;
    for (let i = 0; i < length; i++) {
      const row = (at[i] ?? 0) * types;
      for (let type = 0; type < types; type++) move(weights, squareSums, row + type, probabilities[type] ?? 0, share);
    }
  }

  /** Releases the memory that only learning needs. */
  close(): void {
    this.squareSums = undefined;
  }
}

/** The number of weights of a `ChoiceScores`. */
const choiceRows = 2 ** 18;

/** A log-linear model of a choice, with a weight for each observation of a choice. */
export class ChoiceScores {
  readonly rows = choiceRows;
  readonly probabilities: Float64Array;
  readonly weights: Float32Array<ArrayBuffer>;
  private squareSums: Float32Array | undefined;

  /** @param learned The weights, if they were learned before. */
  constructor(maxChoices: number, learned?: Float32Array<ArrayBuffer>) {
    this.probabilities = new Float64Array(maxChoices);
    this.weights = learned ?? new Float32Array(choiceRows);
    if (!learned) this.squareSums = new Float32Array(choiceRows).fill(initialSquareSum);
  }

  /** @param ends The end of each choice's observations. */
  score({ at }: Features, ends: Int32Array, count: number): void {
    let i = 0;
    for (let choice = 0; choice < count; choice++) {
      let sum = 0;
      for (const end = ends[choice] ?? 0; i < end; i++) sum += this.weights[at[i] ?? 0] ?? 0;
      this.probabilities[choice] = sum;
    }
    softmax(this.probabilities, count);
  }

  /** Learns the right choice among those that were scored last. */
  learn({ at }: Features, ends: Int32Array, count: number, right: number, share: number): void {
    const { weights, squareSums } = this;
    if (!squareSums) return;
    for (let choice = 0; choice < count; choice++) {
      const slope = (this.probabilities[choice] ?? 0) - (choice === right ? 1 : 0);
      if (abs(slope) < minGradient) continue;
      const end = ends[choice] ?? 0;
      for (let i = choice === 0 ? 0 : (ends[choice - 1] ?? 0); i < end; i++)
        move(weights, squareSums, at[i] ?? 0, slope, share);
    }
  }

  close(): void {
    this.squareSums = undefined;
  }
}

function move(weights: Float32Array, squareSums: Float32Array, at: number, slope: number, share: number): void {
  const weight = weights[at] ?? 0;
  const by = slope + decay * weight;
  const sum = (squareSums[at] ?? 0) + by * by;
  squareSums[at] = sum;
  weights[at] = weight - (rate * share * by) / sqrt(sum);
}

/** Turns logarithms into probabilities that sum to 1. */
function softmax(values: Float64Array, count: number): void {
  let most = values[0] ?? 0;
  for (let i = 0; i < count; i++) most = max(most, values[i] ?? 0);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const value = exp((values[i] ?? 0) - most);
    values[i] = value;
    sum += value;
  }
  for (let i = 0; i < count; i++) values[i] = (values[i] ?? 0) / sum;
}
