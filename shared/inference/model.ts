import { calibrate, calibrated, type Curve, type Trial } from './calibration.ts';
import { observeContext } from './context.ts';
import { Features } from './features.ts';
import {
  maxCandidates,
  observeElsewhere,
  observeCandidate,
  observeTypeIn,
  CandidateEntities,
} from './candidate-entities.ts';
import { farthestLike, positionWithout, type GapPosition, type GapShape } from './gap-position.ts';
import { ChoiceScores, TypeScores } from './scores.ts';
import type { Sequence } from './sequence.ts';
import type { Piecewise } from '../turns.ts';

/** The prediction for a missing event. Types and events are numbers of a sequence. */
export interface Likeliest {
  /** The number of the most likely type. */
  readonly type: number;
  /** The probability that the type is right, from 0 to 1. */
  readonly confidence: number;
  /** The most likely known entity, by the nearest event of it. */
  readonly entity: { readonly event: number; readonly confidence: number } | undefined;
  /** Whether the evidence for the type is mainly the history of entities. */
  readonly isByEntity: boolean;
}

/** All that a model has learned, in values that a thread can hand over to another one. */
export interface LearnedModel {
  readonly typeWeights: Float32Array<ArrayBuffer>;
  /** Undefined if no event of the sequence has an entity. */
  readonly entityWeights: Float32Array<ArrayBuffer> | undefined;
  readonly typeCurve: Curve | undefined;
  readonly entityCurve: Curve | undefined;
}

/** The maximum number of learning steps. An event can be used in several passes. */
const maxSteps = 30_000;
const maxPasses = 6;
/** One in this number of events is held out of learning, for calibration. */
const oneInTried = 10;
const maxTried = 1_000;
/** The minimum number of stretches, one in ten of which is held out. */
const minStretches = 100;
/** The number of learning steps in a piece of work. */
const stepsAtOnce = 16;
/** Candidates with a lower probability are ignored. */
const negligible = 0.001;
/** Steps of this share of the events visit them evenly. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
/** The maximum number of observations of one candidate, and of one position. */
const observations = { candidate: 20, position: 160 };

/**
 * Predicts missing events in gaps of one shape. One part predicts the entity that lacks an event, by the events of each
 * candidate. The other predicts the type given the entity, by the entity's events and by the stream around. Both are
 * log-linear. They learn from known events of the same sequence that are held out in the same shape. A second held-out
 * set, which is not used for learning, calibrates the confidence.
 *
 *     P(type) = Σ over entities  P(entity) · P(type | entity)
 */
export class Model {
  private readonly sequence: Sequence;
  private readonly shape: GapShape;
  /**
   * The number of consecutive events that are held out for calibration together. If neighbours are far away, adjacent
   * events are too similar to be split between learning and calibration.
   */
  private readonly stretch: number;
  private readonly candidates: CandidateEntities;
  private readonly types: TypeScores;
  private readonly entities: ChoiceScores | undefined;
  private readonly typeFeatures: Features;
  private readonly entityFeatures: Features | undefined;
  /** The end of each candidate's observations in `entityFeatures`. */
  private readonly ends = new Int32Array(maxCandidates + 1);
  /** Undefined before calibration. */
  private typeCurve: Curve | undefined;
  private entityCurve: Curve | undefined;

  /** Learns a model from a sequence. It takes about a second for 30,000 steps. */
  static *learned(sequence: Sequence, shape: GapShape): Piecewise<Model> {
    const model = new Model(sequence, shape);
    yield* model.learnAll();
    yield* model.calibrate();
    return model;
  }

  /** @param learned What another model has learned from an equal sequence for the same shape. */
  constructor(sequence: Sequence, shape: GapShape, learned?: LearnedModel) {
    this.sequence = sequence;
    this.shape = shape;
    const most = Math.floor(sequence.length / minStretches);
    this.stretch = Math.max(1, Math.min(farthestLike(Math.min(shape.before, shape.after)), most));
    this.candidates = new CandidateEntities(sequence);
    this.types = new TypeScores(sequence.types.length, learned?.typeWeights);
    this.typeFeatures = new Features(this.types.rows, observations.position);
    if (sequence.hasEntities) {
      this.entities = new ChoiceScores(maxCandidates + 1, learned?.entityWeights);
      this.entityFeatures = new Features(this.entities.rows, observations.candidate * (maxCandidates + 1));
    }
    this.typeCurve = learned?.typeCurve;
    this.entityCurve = learned?.entityCurve;
  }

  get learned(): LearnedModel {
    const { types, entities, typeCurve, entityCurve } = this;
    return { typeWeights: types.weights, entityWeights: entities?.weights, typeCurve, entityCurve };
  }

  /** Predicts the event at a position of the model's shape. */
  likeliest(position: GapPosition): Likeliest {
    const { candidates, types } = this;
    this.scoreEntities(position);
    observeContext(this.sequence, position, this.cleared());
    const contextEnds = this.typeFeatures.length;
    const sums = new Float64Array(types.probabilities.length);
    const elsewhere = new Float64Array(sums.length);
    let best = candidates.count;
    for (let candidate = 0; candidate <= candidates.count; candidate++) {
      const likely = this.entityProbability(candidate);
      if (likely < negligible) continue;
      if (candidate < candidates.count && likely > (best < candidates.count ? this.entityProbability(best) : 0))
        best = candidate;
      this.scoreTypes(position, candidate, contextEnds);
      for (let type = 0; type < sums.length; type++) {
        const joint = likely * (types.probabilities[type] ?? 0);
        sums[type] = (sums[type] ?? 0) + joint;
        if (candidate === candidates.count) elsewhere[type] = joint;
      }
    }
    const type = indexOfMost(this.namedOf(sums));
    const probability = (sums[type] ?? 0) / sums.reduce((sum, share) => sum + share, 0);
    return {
      type,
      confidence: calibratedBy(this.typeCurve, probability),
      entity: this.entityOf(best),
      isByEntity: (elsewhere[type] ?? 0) < (sums[type] ?? 0) / 2,
    };
  }

  /** Leaves out the last type if it stands for all rare types, because it is not one type. */
  private namedOf(sums: Float64Array): Float64Array {
    return this.sequence.types.at(-1) === '' ? sums.subarray(0, -1) : sums;
  }

  private entityOf(candidate: number): Likeliest['entity'] {
    if (candidate >= this.candidates.count) return undefined;
    const earlier = this.candidates.earlierEvent(candidate);
    const event = earlier >= 0 ? earlier : this.candidates.laterEvent(candidate);
    return { event, confidence: calibratedBy(this.entityCurve, this.entityProbability(candidate)) };
  }

  private *learnAll(): Piecewise<void> {
    const { length } = this.sequence;
    const steps = Math.min(maxSteps, maxPasses * length);
    for (let step = 0; step < steps; step++) {
      const at = Math.floor(((step * goldenRatio) % 1) * length);
      const position = this.isTried(at) ? undefined : positionWithout(this.sequence, at, this.shape);
      // The learning rate falls to a fifth from the first step to the last.
      if (position) this.learn(position, at, 1 - (0.8 * step) / steps);
      if (step % stepsAtOnce === 0) yield;
    }
    this.types.close();
    this.entities?.close();
  }

  private learn(position: GapPosition, at: number, share: number): void {
    const { sequence, candidates } = this;
    this.scoreEntities(position);
    const right = candidates.of(sequence.entity(at));
    if (this.entityFeatures) {
      this.entities?.learn(this.entityFeatures, this.ends, candidates.count + 1, right, share);
    }
    observeContext(sequence, position, this.cleared());
    this.scoreTypes(position, right, this.typeFeatures.length);
    this.types.learn(this.typeFeatures, sequence.type(at), share);
  }

  /** Calibrates the confidence on events that were not used for learning. */
  private *calibrate(): Piecewise<void> {
    const { sequence } = this;
    const tried: { readonly at: number; readonly position: GapPosition }[] = [];
    const steps = Math.min(sequence.length, maxTried * oneInTried);
    for (let step = 0; step < steps; step++) {
      const at = Math.floor(((step * goldenRatio) % 1) * sequence.length);
      const position = this.isTried(at) ? positionWithout(sequence, at, this.shape) : undefined;
      if (position) tried.push({ at, position });
    }
    const ofType: Trial[] = [];
    const ofEntity: Trial[] = [];
    for (const { at, position } of tried) {
      yield;
      const { type, confidence, entity } = this.likeliest(position);
      ofType.push({ probability: confidence, isRight: type === sequence.type(at) });
      if (!entity) continue;
      ofEntity.push({ probability: entity.confidence, isRight: sequence.entity(entity.event) === sequence.entity(at) });
    }
    this.typeCurve = calibrate(ofType);
    yield;
    this.entityCurve = calibrate(ofEntity);
  }

  /**
   * Whether an event is held out for calibration. One stretch in ten is chosen by a hash, so that a periodic stream
   * does not bias the choice.
   */
  private isTried(at: number): boolean {
    return (Math.imul(Math.floor(at / this.stretch) + 1, 0x9e3779b1) >>> 16) % oneInTried === 0;
  }

  private scoreEntities(position: GapPosition): void {
    const { sequence, candidates, entities, entityFeatures, ends } = this;
    if (!entities || !entityFeatures) return;
    candidates.find(position);
    entityFeatures.length = 0;
    for (let candidate = 0; candidate < candidates.count; candidate++) {
      observeCandidate(
        sequence,
        position,
        candidates.earlierEvent(candidate),
        candidates.laterEvent(candidate),
        entityFeatures,
      );
      ends[candidate] = entityFeatures.length;
    }
    observeElsewhere(sequence, position, candidates.count, entityFeatures);
    ends[candidates.count] = entityFeatures.length;
    entities.score(entityFeatures, ends, candidates.count + 1);
  }

  /**
   * Returns the probability of a candidate that was scored last. The number after the last candidate means "none of
   * them".
   */
  private entityProbability(candidate: number): number {
    return this.entities ? (this.entities.probabilities[candidate] ?? 0) : 1;
  }

  /**
   * Scores the types, given that the event belongs to a candidate. @param contextEnds The end of the context's
   * observations.
   */
  private scoreTypes(position: GapPosition, candidate: number, contextEnds: number): void {
    const { candidates, typeFeatures } = this;
    typeFeatures.length = contextEnds;
    const [earlier, later] = [candidates.earlierEvent(candidate), candidates.laterEvent(candidate)];
    observeTypeIn(this.sequence, position, earlier, later, typeFeatures);
    this.types.score(typeFeatures);
  }

  private cleared(): Features {
    this.typeFeatures.length = 0;
    return this.typeFeatures;
  }
}

function calibratedBy(curve: Curve | undefined, probability: number): number {
  return curve ? calibrated(probability, curve) : probability;
}

function indexOfMost(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? 0) ? i : best), 0);
}
