import { calibrate, type Trial } from './calibration.ts';
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

/** What a missing event is most likely, by the numbers of a sequence. */
export interface Likeliest {
  /** The number of the type. */
  readonly type: number;
  /** How likely the type is right, 0 to 1. */
  readonly confidence: number;
  /** The entity that it most likely belongs to, where it belongs to one that is known. */
  readonly entity: { readonly event: number; readonly confidence: number } | undefined;
  /** Whether the type rests on an entity's history more than on the stream's. */
  readonly isByEntity: boolean;
}

/** Events that are learned from, at the most, those seen several times counted each time. */
const mostSteps = 30_000;
const mostPasses = 6;
/** One in so many events is held out of learning, to find out how often the model is right. */
const oneInTried = 10;
const mostTried = 1_000;
/** The least number of stretches, of which one in ten is held out. */
const fewestStretches = 100;
/** Candidates less likely than this do not matter. */
const negligible = 0.001;
/** Steps through the events by this share of them go everywhere evenly. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
/** Observations of one candidate, and of one position, at the most. */
const observations = { candidate: 20, position: 160 };

/**
 * What is likely where events of one shape are missing: which entity lacks one, by its events on either side, and given that, of
 * which type, by those and by the stream around. Both are log-linear. They learn from known events of the same sequence that are
 * held out in the same shape. A held-out set that is not learned from calibrates the confidence.
 *
 *     P(type) = Σ over entities  P(entity) · P(type | entity)
 */
export class Model {
  private readonly sequence: Sequence;
  private readonly shape: GapShape;
  /** Events that are held out of learning together: what is learned of one tells of the next, where their neighbours are far. */
  private readonly stretch: number;
  private readonly candidates: CandidateEntities;
  private readonly types: TypeScores;
  private readonly entities: ChoiceScores | undefined;
  private readonly typeFeatures: Features;
  private readonly entityFeatures: Features | undefined;
  /** Where the observations of each candidate end. */
  private readonly ends = new Int32Array(maxCandidates + 1);
  private calibrateType = (probability: number): number => probability;
  private calibrateEntity = (probability: number): number => probability;

  constructor(sequence: Sequence, shape: GapShape) {
    this.sequence = sequence;
    this.shape = shape;
    const most = Math.floor(sequence.length / fewestStretches);
    this.stretch = Math.max(1, Math.min(farthestLike(Math.min(shape.before, shape.after)), most));
    this.candidates = new CandidateEntities(sequence);
    this.types = new TypeScores(sequence.types.length);
    this.typeFeatures = new Features(this.types.rows, observations.position);
    if (sequence.hasEntities) {
      this.entities = new ChoiceScores(maxCandidates + 1);
      this.entityFeatures = new Features(this.entities.rows, observations.candidate * (maxCandidates + 1));
    }
    this.learnAll();
    this.calibrate();
  }

  /** The likeliest at a position of the model's shape. */
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
      confidence: this.calibrateType(probability),
      entity: this.entityOf(best),
      isByEntity: (elsewhere[type] ?? 0) < (sums[type] ?? 0) / 2,
    };
  }

  /** The types but the last where that stands for many: it is likely only as a lump. */
  private namedOf(sums: Float64Array): Float64Array {
    return this.sequence.types.at(-1) === '' ? sums.subarray(0, -1) : sums;
  }

  private entityOf(candidate: number): Likeliest['entity'] {
    if (candidate >= this.candidates.count) return undefined;
    const earlier = this.candidates.earlierEvent(candidate);
    const event = earlier >= 0 ? earlier : this.candidates.laterEvent(candidate);
    return { event, confidence: this.calibrateEntity(this.entityProbability(candidate)) };
  }

  private learnAll(): void {
    const { length } = this.sequence;
    const steps = Math.min(mostSteps, mostPasses * length);
    for (let step = 0; step < steps; step++) {
      const at = Math.floor(((step * goldenRatio) % 1) * length);
      const position = this.isTried(at) ? undefined : positionWithout(this.sequence, at, this.shape);
      // From the first step to the last the rate falls to a fifth.
      if (position) this.learn(position, at, 1 - (0.8 * step) / steps);
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

  /** Sees how often the model is right of events that it has not learned from. */
  private calibrate(): void {
    const { sequence } = this;
    const tried: { readonly at: number; readonly position: GapPosition }[] = [];
    const steps = Math.min(sequence.length, mostTried * oneInTried);
    for (let step = 0; step < steps; step++) {
      const at = Math.floor(((step * goldenRatio) % 1) * sequence.length);
      const position = this.isTried(at) ? positionWithout(sequence, at, this.shape) : undefined;
      if (position) tried.push({ at, position });
    }
    const ofType: Trial[] = [];
    const ofEntity: Trial[] = [];
    for (const { at, position } of tried) {
      const { type, confidence, entity } = this.likeliest(position);
      ofType.push({ probability: confidence, isRight: type === sequence.type(at) });
      if (!entity) continue;
      ofEntity.push({ probability: entity.confidence, isRight: sequence.entity(entity.event) === sequence.entity(at) });
    }
    this.calibrateType = calibrate(ofType);
    this.calibrateEntity = calibrate(ofEntity);
  }

  /** Tells whether an event is held out of learning: one stretch in ten, without a period that a stream may have as well. */
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

  /** How likely a candidate was, of those scored last; the one behind them all is none of them. */
  private entityProbability(candidate: number): number {
    return this.entities ? (this.entities.probabilities[candidate] ?? 0) : 1;
  }

  /** Scores the types, given that the event belongs to a candidate. @param contextEnds Where the observations of the context end. */
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

function indexOfMost(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? 0) ? i : best), 0);
}
