import { Model } from './model.ts';
import type { Known, Neighbours } from './neighbours.ts';
import { positionBetween, shapeOf, type GapShape } from './gap-position.ts';
import type { LruCache } from '../lru-cache.ts';
import { Sequence } from './sequence.ts';
import { TypeStatistics } from './type-statistics.ts';

/** What a missing event most likely was. */
export interface Guess {
  readonly type: string;
  /** How likely the type is right, 0 to 1. */
  readonly confidence: number;
  /** What the type rests on: the stream around, or the history of the entity. */
  readonly method: 'context' | 'entity';
  /** The entity that it most likely belongs to, of those that are known. */
  readonly entity: GuessedEntity | undefined;
}

/** An entity, named by the nearest known event that is about it. */
export interface GuessedEntity {
  readonly sameAs: number;
  /** Its digest. */
  readonly digest: number;
  /** How likely it is the right one, 0 to 1. */
  readonly confidence: number;
}

/** Events that are missing between two known ones. */
export interface Hole {
  /** How many known events of the window are below it. */
  readonly below: number;
  /** How many are missing. */
  readonly count: number;
}

/** Fewer events than this teach no more than how frequent things are. */
export const enoughToLearn = 250;

/** A window of a stream, and what is learned from it: of each shape once, when it is first asked for. */
export class HistoryWindow {
  private readonly sequence: Sequence;
  private readonly models: LruCache<Model>;
  private readonly name: string;
  /** Set where there is too little to learn from. */
  private readonly frequencies: TypeStatistics | undefined;

  /**
   * @param known Ascending by id.
   * @param models Where its models are kept, among those of other windows.
   * @param name Tells this reading of this window from every other.
   */
  constructor(known: readonly Known[], models: LruCache<Model>, name: string) {
    this.sequence = new Sequence(known);
    this.frequencies = this.sequence.length < enoughToLearn ? new TypeStatistics(known) : undefined;
    this.models = models;
    this.name = name;
  }

  knows(eventId: number): boolean {
    return this.sequence.has(eventId);
  }

  /** How many known events are below an id that is missing. */
  below(eventId: number): number {
    return this.sequence.firstAbove(eventId);
  }

  neighbours(below: number): Neighbours {
    return { previous: this.sequence.known(below - 1), next: this.sequence.known(below) };
  }

  /** The likeliest event for each that is missing in a hole; none where nothing is known at all. */
  guesses(hole: Hole): readonly Guess[] {
    if (this.frequencies) {
      const guesses = this.frequencies.guesses(this.neighbours(hole.below), hole.count);
      return guesses.map((guess) => ({ ...guess, method: 'context', entity: undefined }));
    }
    return Array.from({ length: hole.count }, (_, i) => this.learned(hole, i + 1));
  }

  private learned({ below, count }: Hole, nth: number): Guess {
    const { sequence } = this;
    const shape = shapeOf(nth, count, sequence.length - below);
    const position = positionBetween(sequence, below - 1, below, shape, nth / (count + 1));
    const { type, confidence, entity, isByEntity } = this.model(shape).likeliest(position);
    return {
      type: sequence.types[type] ?? '',
      // Of one more event than there were: nobody can say that nothing else ever comes.
      confidence: (confidence * sequence.length) / (sequence.length + 1),
      method: isByEntity ? 'entity' : 'context',
      entity: entity && {
        sameAs: sequence.id(entity.event),
        digest: sequence.entity(entity.event),
        confidence: entity.confidence,
      },
    };
  }

  private model(shape: GapShape): Model {
    const name = `${this.name} ${shape.before} ${shape.after} ${shape.horizon}`;
    return this.models.get(name) ?? this.models.set(name, new Model(this.sequence, shape));
  }
}
