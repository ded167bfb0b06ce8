import type { Features } from './features.ts';

// Looked up once: these run millions of times for a model, and a global is not everywhere as near as here.
const { abs, exp, max, sqrt } = Math;

/** How fast weights move at first (AdaGrad: each the slower the more it has moved). */
const rate = 0.1;
/** What draws weights back to 0, so that what was seen once is not believed. */
const decay = 0.0003;
/** What an unmoved weight has moved, squared. */
const unmoved = 0.01;
/** Nothing is learned of what was as good as right, by a probability. */
const rightEnough = 0.001;
/** Weights of one table, at the most: 4 MB. */
const mostWeights = 2 ** 20;
const mostRows = 2 ** 15;

/** How likely each of some types is: log-linear in what is observed, with a weight for each observation and type. */
export class TypeScores {
  /** The number of buckets for observations: a power of two. */
  readonly rows: number;
  readonly probabilities: Float64Array;
  private readonly weights: Float32Array;
  /** Undefined once all is learned. */
  private moved: Float32Array | undefined;

  constructor(types: number) {
    this.rows = 2 ** Math.floor(Math.log2(Math.min(mostRows, mostWeights / types)));
    this.probabilities = new Float64Array(types);
    this.weights = new Float32Array(this.rows * types);
    this.moved = new Float32Array(this.rows * types).fill(unmoved);
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

  /** Learns that what was scored last was of a type. @param share Of the rate. */
  learn({ at, length }: Features, right: number, share: number): void {
    const { probabilities, weights, moved } = this;
    if (!moved) return;
    const types = probabilities.length;
    probabilities[right] = (probabilities[right] ?? 0) - 1;
    for (let i = 0; i < length; i++) {
      const row = (at[i] ?? 0) * types;
      for (let type = 0; type < types; type++) move(weights, moved, row + type, probabilities[type] ?? 0, share);
    }
  }

  /** Lets go of what only learning needs. */
  close(): void {
    this.moved = undefined;
  }
}

/** Weights of choices that each have observations of their own. */
const choiceRows = 2 ** 18;

/** How likely each of some choices is: log-linear in what is observed of it, with a weight for each observation. */
export class ChoiceScores {
  readonly rows = choiceRows;
  readonly probabilities: Float64Array;
  private readonly weights = new Float32Array(choiceRows);
  private moved: Float32Array | undefined = new Float32Array(choiceRows).fill(unmoved);

  constructor(mostChoices: number) {
    this.probabilities = new Float64Array(mostChoices);
  }

  /** @param ends Where among the observations each choice's own end. */
  score({ at }: Features, ends: Int32Array, count: number): void {
    let i = 0;
    for (let choice = 0; choice < count; choice++) {
      let sum = 0;
      for (const end = ends[choice] ?? 0; i < end; i++) sum += this.weights[at[i] ?? 0] ?? 0;
      this.probabilities[choice] = sum;
    }
    softmax(this.probabilities, count);
  }

  /** Learns which of the choices that were scored last was right. */
  learn({ at }: Features, ends: Int32Array, count: number, right: number, share: number): void {
    const { weights, moved } = this;
    if (!moved) return;
    for (let choice = 0; choice < count; choice++) {
      const slope = (this.probabilities[choice] ?? 0) - (choice === right ? 1 : 0);
      if (abs(slope) < rightEnough) continue;
      const end = ends[choice] ?? 0;
      for (let i = choice === 0 ? 0 : (ends[choice - 1] ?? 0); i < end; i++)
        move(weights, moved, at[i] ?? 0, slope, share);
    }
  }

  close(): void {
    this.moved = undefined;
  }
}

function move(weights: Float32Array, moved: Float32Array, at: number, slope: number, share: number): void {
  const weight = weights[at] ?? 0;
  const by = slope + decay * weight;
  const sum = (moved[at] ?? 0) + by * by;
  moved[at] = sum;
  weights[at] = weight - (rate * share * by) / sqrt(sum);
}

/** Turns logarithms into probabilities that sum up to 1. */
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
