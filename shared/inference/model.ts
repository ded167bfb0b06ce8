import { calibrate, type Trial } from './calibration.ts';
import { observeContext } from './context.ts';
import { Features } from './features.ts';
import { mostOpenings, observeElsewhere, observeOpening, observeTypeIn, Openings } from './openings.ts';
import { farthestLike, placeWithout, type Place, type Shape } from './place.ts';
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
/** One in so many events is kept out of learning, to find out how often the model is right. */
const oneInTried = 10;
const mostTried = 1_000;
/** The stretches that one in ten of which is kept out are no fewer. */
const fewestStretches = 100;
/** Openings less likely than this do not matter. */
const negligible = 0.001;
/** Steps through the events by this share of them go everywhere evenly. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
/** Observations of one opening, and of one place, at the most. */
const observations = { opening: 20, place: 160 };

/**
 * What is likely where events of one shape are missing: which entity lacks one, by its events on either side, and given that, of
 * which type, by those and by the stream around. Both are log-linear, and learned by thinking away known events of the same
 * sequence in the way in which the missing ones are missing; from some that were kept out it is seen how sure to be.
 *
 *     P(type) = Σ over entities  P(entity) · P(type | entity)
 */
export class Model {
  private readonly sequence: Sequence;
  private readonly shape: Shape;
  /** Events that are kept out of learning together: what is learned of one tells of the next, where their neighbours are far. */
  private readonly stretch: number;
  private readonly openings: Openings;
  private readonly types: TypeScores;
  private readonly entities: ChoiceScores | undefined;
  private readonly typeFeatures: Features;
  private readonly entityFeatures: Features | undefined;
  /** Where the observations of each opening end. */
  private readonly ends = new Int32Array(mostOpenings + 1);
  private sureOfType = (probability: number): number => probability;
  private sureOfEntity = (probability: number): number => probability;

  constructor(sequence: Sequence, shape: Shape) {
    this.sequence = sequence;
    this.shape = shape;
    const most = Math.floor(sequence.length / fewestStretches);
    this.stretch = Math.max(1, Math.min(farthestLike(Math.min(shape.before, shape.after)), most));
    this.openings = new Openings(sequence);
    this.types = new TypeScores(sequence.types.length);
    this.typeFeatures = new Features(this.types.rows, observations.place);
    if (sequence.hasEntities) {
      this.entities = new ChoiceScores(mostOpenings + 1);
      this.entityFeatures = new Features(this.entities.rows, observations.opening * (mostOpenings + 1));
    }
    this.learnAll();
    this.calibrate();
  }

  /** The likeliest at a place of the model's shape. */
  likeliest(place: Place): Likeliest {
    const { openings, types } = this;
    this.scoreEntities(place);
    observeContext(this.sequence, place, this.cleared());
    const contextEnds = this.typeFeatures.length;
    const sums = new Float64Array(types.probabilities.length);
    const elsewhere = new Float64Array(sums.length);
    let best = openings.count;
    for (let opening = 0; opening <= openings.count; opening++) {
      const likely = this.entityProbability(opening);
      if (likely < negligible) continue;
      if (opening < openings.count && likely > (best < openings.count ? this.entityProbability(best) : 0))
        best = opening;
      this.scoreTypes(place, opening, contextEnds);
      for (let type = 0; type < sums.length; type++) {
        const joint = likely * (types.probabilities[type] ?? 0);
        sums[type] = (sums[type] ?? 0) + joint;
        if (opening === openings.count) elsewhere[type] = joint;
      }
    }
    const type = indexOfMost(this.namedOf(sums));
    const probability = (sums[type] ?? 0) / sums.reduce((sum, share) => sum + share, 0);
    return {
      type,
      confidence: this.sureOfType(probability),
      entity: this.entityOf(best),
      isByEntity: (elsewhere[type] ?? 0) < (sums[type] ?? 0) / 2,
    };
  }

  /** The types but the last where that stands for many: it is likely only as a lump. */
  private namedOf(sums: Float64Array): Float64Array {
    return this.sequence.types.at(-1) === '' ? sums.subarray(0, -1) : sums;
  }

  private entityOf(opening: number): Likeliest['entity'] {
    if (opening >= this.openings.count) return undefined;
    const earlier = this.openings.earlierEvent(opening);
    const event = earlier >= 0 ? earlier : this.openings.laterEvent(opening);
    return { event, confidence: this.sureOfEntity(this.entityProbability(opening)) };
  }

  private learnAll(): void {
    const { length } = this.sequence;
    const steps = Math.min(mostSteps, mostPasses * length);
    for (let step = 0; step < steps; step++) {
      const at = Math.floor(((step * goldenRatio) % 1) * length);
      const place = this.isTried(at) ? undefined : placeWithout(this.sequence, at, this.shape);
      // From the first step to the last the rate falls to a fifth.
      if (place) this.learn(place, at, 1 - (0.8 * step) / steps);
    }
    this.types.close();
    this.entities?.close();
  }

  private learn(place: Place, at: number, share: number): void {
    const { sequence, openings } = this;
    this.scoreEntities(place);
    const right = openings.of(sequence.entity(at));
    if (this.entityFeatures) {
      this.entities?.learn(this.entityFeatures, this.ends, openings.count + 1, right, share);
    }
    observeContext(sequence, place, this.cleared());
    this.scoreTypes(place, right, this.typeFeatures.length);
    this.types.learn(this.typeFeatures, sequence.type(at), share);
  }

  /** Sees how often the model is right of events that it has not learned from. */
  private calibrate(): void {
    const { sequence } = this;
    const tried: { readonly at: number; readonly place: Place }[] = [];
    const steps = Math.min(sequence.length, mostTried * oneInTried);
    for (let step = 0; step < steps; step++) {
      const at = Math.floor(((step * goldenRatio) % 1) * sequence.length);
      const place = this.isTried(at) ? placeWithout(sequence, at, this.shape) : undefined;
      if (place) tried.push({ at, place });
    }
    const ofType: Trial[] = [];
    const ofEntity: Trial[] = [];
    for (const { at, place } of tried) {
      const { type, confidence, entity } = this.likeliest(place);
      ofType.push({ probability: confidence, isRight: type === sequence.type(at) });
      if (!entity) continue;
      ofEntity.push({ probability: entity.confidence, isRight: sequence.entity(entity.event) === sequence.entity(at) });
    }
    this.sureOfType = calibrate(ofType);
    this.sureOfEntity = calibrate(ofEntity);
  }

  /** Tells whether an event is kept out of learning: one stretch in ten, without a period that a stream may have as well. */
  private isTried(at: number): boolean {
    return (Math.imul(Math.floor(at / this.stretch) + 1, 0x9e3779b1) >>> 16) % oneInTried === 0;
  }

  private scoreEntities(place: Place): void {
    const { sequence, openings, entities, entityFeatures, ends } = this;
    if (!entities || !entityFeatures) return;
    openings.find(place);
    entityFeatures.length = 0;
    for (let opening = 0; opening < openings.count; opening++) {
      observeOpening(sequence, place, openings.earlierEvent(opening), openings.laterEvent(opening), entityFeatures);
      ends[opening] = entityFeatures.length;
    }
    observeElsewhere(sequence, place, openings.count, entityFeatures);
    ends[openings.count] = entityFeatures.length;
    entities.score(entityFeatures, ends, openings.count + 1);
  }

  /** How likely an opening was, of those scored last; the one behind them all is none of them. */
  private entityProbability(opening: number): number {
    return this.entities ? (this.entities.probabilities[opening] ?? 0) : 1;
  }

  /** Scores the types, given that the event belongs to an opening. @param contextEnds Where the observations of the context end. */
  private scoreTypes(place: Place, opening: number, contextEnds: number): void {
    const { openings, typeFeatures } = this;
    typeFeatures.length = contextEnds;
    const [earlier, later] = [openings.earlierEvent(opening), openings.laterEvent(opening)];
    observeTypeIn(this.sequence, place, earlier, later, typeFeatures);
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
