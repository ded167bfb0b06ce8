import { detectStep } from './detect-step.ts';
import { clocksOnASide, type KnownInstants } from './missing-instants.ts';
import { Model, type LearnedModel } from './model.ts';
import type { Known, Neighbours } from './neighbours.ts';
import { positionBetween, shapeOf, type GapShape } from './gap-position.ts';
import type { LruCache } from '../lru-cache.ts';
import { Sequence } from './sequence.ts';
import { TypeStatistics } from './type-statistics.ts';
import type { Piecewise } from '../turns.ts';

/** The most likely event for a missing one. */
export interface Guess {
  readonly type: string;
  /** The probability that the type is right, given that the event existed, from 0 to 1. */
  readonly typeConfidence: number;
  /** The evidence for the type: mainly the stream around, or the history of the entity. */
  readonly method: 'context' | 'entity';
  /** The most likely entity among the known ones. */
  readonly entity: GuessedEntity | undefined;
}

/** An entity, identified by the nearest known event of it. */
export interface GuessedEntity {
  readonly sameAs: number;
  /** The digest of the entity. */
  readonly digest: number;
  /** The probability that the entity is right, from 0 to 1. */
  readonly confidence: number;
}

/** Returns what was learned before from an equal sequence for the same shape. Undefined if nothing was. */
export type FindLearned = (sequence: Sequence, shape: GapShape) => LearnedModel | undefined;

/** The missing events between two known ones. */
export interface Hole {
  /** The number of known events of the window below the hole. */
  readonly below: number;
  /** The number of missing events. */
  readonly count: number;
}

/** With fewer events than this, types are guessed by frequencies. */
export const minEventsToLearn = 250;

/** A window of a stream with its models. The model of a shape is learned when it is first needed. */
export class HistoryWindow {
  private readonly sequence: Sequence;
  private readonly models: LruCache<Model>;
  private readonly name: string;
  private readonly findLearned: FindLearned;
  /** Set if the window has too few events to learn from. */
  private readonly frequencies: TypeStatistics | undefined;

  /**
   * @param known Ascending by id.
   * @param models The cache of models, which all windows share.
   * @param name A name that is unique for each load of a window.
   * @param declaredStep The distance of two consecutive ids, as the catalog has it. If it is 1, the events show it.
   * @param findLearned By default each model is learned when it is first needed.
   */
  constructor(
    known: readonly Known[],
    models: LruCache<Model>,
    name: string,
    declaredStep = 1,
    findLearned: FindLearned = () => undefined,
  ) {
    const step = stepIn(known, declaredStep);
    this.sequence = new Sequence(known, step);
    this.frequencies = this.sequence.length < minEventsToLearn ? new TypeStatistics(known, step) : undefined;
    this.models = models;
    this.name = name;
    this.findLearned = findLearned;
  }

  knows(eventId: number): boolean {
    return this.sequence.has(eventId);
  }

  /** Returns the number of known events below a missing id. */
  below(eventId: number): number {
    return this.sequence.firstAbove(eventId);
  }

  neighbours(below: number): Neighbours {
    return { previous: this.sequence.known(below - 1), next: this.sequence.known(below) };
  }

  /** Returns the instants of the nearest known events on either side of a hole. */
  instantsAround(below: number): KnownInstants {
    const { sequence } = this;
    const [from, to] = [Math.max(0, below - clocksOnASide), Math.min(sequence.length, below + clocksOnASide)];
    return {
      below: Array.from({ length: below - from }, (_, i) => sequence.instantMs(below - 1 - i)),
      above: Array.from({ length: to - below }, (_, i) => sequence.instantMs(below + i)),
    };
  }

  /** Returns the most likely event for each missing one in a hole. Empty if no event is known. */
  *guesses(hole: Hole): Piecewise<readonly Guess[]> {
    if (this.frequencies) {
      const guesses = this.frequencies.guesses(this.neighbours(hole.below), hole.count);
      return guesses.map(({ type, confidence }) => ({
        type,
        typeConfidence: confidence,
        method: 'context',
        entity: undefined,
      }));
    }
    const guesses: Guess[] = [];
    for (let nth = 1; nth <= hole.count; nth++) {
      guesses.push(yield* this.learned(hole, nth));
      yield;
    }
    return guesses;
  }

  private *learned({ below, count }: Hole, nth: number): Piecewise<Guess> {
    const { sequence } = this;
    const shape = shapeOf(nth, count, sequence.length - below);
    const position = positionBetween(sequence, below - 1, below, shape, nth / (count + 1));
    const model = yield* this.model(shape);
    const { type, confidence, entity, isByEntity } = model.likeliest(position);
    return {
      type: sequence.types[type] ?? '',
      // Counts one more event than there were, since a type that was never seen is possible.
      typeConfidence: (confidence * sequence.length) / (sequence.length + 1),
      method: isByEntity ? 'entity' : 'context',
      entity: entity && {
        sameAs: sequence.id(entity.event),
        digest: sequence.entity(entity.event),
        confidence: entity.confidence,
      },
    };
  }

  private *model(shape: GapShape): Piecewise<Model> {
    const name = `${this.name} ${shape.before} ${shape.after} ${shape.horizon}`;
    return this.models.get(name) ?? this.models.set(name, yield* this.newModel(shape));
  }

  private *newModel(shape: GapShape): Piecewise<Model> {
    const learned = this.findLearned(this.sequence, shape);
    return learned ? new Model(this.sequence, shape, learned) : yield* Model.learned(this.sequence, shape);
  }
}

/** Returns the sequence that a window of these events has. Undefined if they are too few to learn from. */
export function sequenceToLearn(known: readonly Known[], declaredStep: number): Sequence | undefined {
  const sequence = new Sequence(known, stepIn(known, declaredStep));
  return sequence.length < minEventsToLearn ? undefined : sequence;
}

function stepIn(known: readonly Known[], declaredStep: number): number {
  return declaredStep > 1 ? declaredStep : detectStep(known.map(({ eventId }) => eventId));
}
