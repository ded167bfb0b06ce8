import { durationStep, countStep, type Features } from './features.ts';
import { earlierAt, laterAt, type GapPosition } from './gap-position.ts';
import type { Sequence } from './sequence.ts';

/** The maximum number of candidate entities for a missing event. */
export const maxCandidates = 48;
/** The number of events on either side in which candidates are searched. */
const reach = 400;

/**
 * The entities that a missing event may belong to. They are the nearest ones, each with its own known events around the
 * position.
 *
 *     events    a₁ b₁ c₁ a₂ ? b₂ a₃ c₂
 *     candidates  a: a₂–a₃   b: b₁–b₂   c: c₁–c₂
 */
export class CandidateEntities {
  count = 0;
  private readonly sequence: Sequence;
  private readonly earlier = new Int32Array(maxCandidates);
  private readonly later = new Int32Array(maxCandidates);
  private readonly byEntity = new Map<number, number>();

  constructor(sequence: Sequence) {
    this.sequence = sequence;
  }

  find(position: GapPosition): void {
    const { sequence } = this;
    this.count = 0;
    this.byEntity.clear();
    for (let i = 0; i < reach && this.count < maxCandidates; i++) {
      const back = position.before - i;
      const ahead = position.after + i;
      if (back < 0 && ahead >= position.end) return;
      if (back >= 0 && this.isNew(back)) this.add(back, back, laterAt(sequence, position, back));
      if (ahead < position.end && this.isNew(ahead)) this.add(ahead, earlierAt(sequence, position, ahead), ahead);
    }
  }

  /** Returns the last known event of a candidate's entity before the position, or −1 if there is none. */
  earlierEvent(candidate: number): number {
    return candidate < this.count ? (this.earlier[candidate] ?? -1) : -1;
  }

  laterEvent(candidate: number): number {
    return candidate < this.count ? (this.later[candidate] ?? -1) : -1;
  }

  /** Returns the candidate of an entity, or the number of candidates if the entity is not among them. */
  of(entity: number): number {
    return this.byEntity.get(entity) ?? this.count;
  }

  private isNew(at: number): boolean {
    const entity = this.sequence.entity(at);
    return entity !== 0 && this.count < maxCandidates && !this.byEntity.has(entity);
  }

  private add(at: number, earlier: number, later: number): void {
    this.byEntity.set(this.sequence.entity(at), this.count);
    this.earlier[this.count] = earlier;
    this.later[this.count++] = later;
  }
}

/** The events around a candidate, as numbers: types, and steps of time and distance. −1 means absent. */
interface Surroundings {
  readonly earlier: number;
  readonly later: number;
  /** The types of the event before the earlier one, and of the event after the later one. */
  readonly beforeEarlier: number;
  readonly afterLater: number;
  readonly since: number;
  readonly until: number;
  /** The sum of 1 if the earlier event is a neighbour of the position, and 2 if the later one is. */
  readonly next: number;
}

function surroundingsOf(sequence: Sequence, position: GapPosition, earlier: number, later: number): Surroundings {
  const type = (at: number): number => (at < 0 ? -1 : sequence.type(at));
  return {
    earlier: type(earlier),
    later: type(later),
    beforeEarlier: type(earlier < 0 ? -1 : earlierAt(sequence, position, earlier)),
    afterLater: type(later < 0 ? -1 : laterAt(sequence, position, later)),
    since: earlier < 0 ? -1 : durationStep(position.instantMs - sequence.instantMs(earlier)),
    until: later < 0 ? -1 : durationStep(sequence.instantMs(later) - position.instantMs),
    next: (earlier >= 0 && earlier === position.before ? 1 : 0) + (later >= 0 && later === position.after ? 2 : 0),
  };
}

/** Observes the features that say whether a candidate lacks an event. */
export function observeCandidate(
  sequence: Sequence,
  position: GapPosition,
  earlier: number,
  later: number,
  to: Features,
): void {
  const around = surroundingsOf(sequence, position, earlier, later);
  const { earlier: a, later: b, beforeEarlier, afterLater, since, until, next } = around;
  const far = earlier < 0 || later < 0 ? -1 : durationStep(sequence.instantMs(later) - sequence.instantMs(earlier));
  const back = earlier < 0 ? -1 : countStep(position.before - earlier);
  const ahead = later < 0 ? -1 : countStep(later - position.after);
  to.add(0, a);
  to.add(1, b);
  to.add(2, a, b);
  to.add(3, beforeEarlier, a, b);
  to.add(4, a, b, afterLater);
  to.add(5, beforeEarlier, a, b, afterLater);
  to.add(6, a, since);
  to.add(7, b, until);
  to.add(8, a, b, far);
  to.add(9, since, until);
  to.add(10, a, b, since);
  to.add(11, a, b, until);
  to.add(12, a, b, since, until);
  to.add(13, back, ahead);
  to.add(14, back, a);
  to.add(15, ahead, b);
  to.add(16, next);
  to.add(17, next, a, b);
  to.add(18, typeAt(sequence, position.before), (next & 1) === 1 ? -2 : a, b);
  to.add(19, typeAt(sequence, position.after, position.end), a, (next & 2) === 2 ? -2 : b);
}

/** Observes the features of the choice that the event belongs to no candidate. */
export function observeElsewhere(sequence: Sequence, position: GapPosition, count: number, to: Features): void {
  const before = typeAt(sequence, position.before);
  const after = typeAt(sequence, position.after, position.end);
  to.add(20);
  to.add(21, before, after);
  to.add(22, before);
  to.add(23, after);
  to.add(24, countStep(count));
}

/** Observes the features of a candidate's events that predict the type of the missing event. */
export function observeTypeIn(
  sequence: Sequence,
  position: GapPosition,
  earlier: number,
  later: number,
  to: Features,
): void {
  if (earlier < 0 && later < 0) {
    to.add(30);
    return;
  }
  const around = surroundingsOf(sequence, position, earlier, later);
  const { earlier: a, later: b, beforeEarlier, afterLater, since, until, next } = around;
  to.add(31, a, b);
  to.add(32, a);
  to.add(33, b);
  to.add(34, beforeEarlier, a);
  to.add(35, b, afterLater);
  to.add(36, a, since);
  to.add(37, b, until);
  to.add(38, beforeEarlier, a, b);
  to.add(39, a, b, afterLater);
  to.add(40, next, a, b);
}

/** Returns the type of an event of the sequence, or −1 beyond its ends. */
export function typeAt(sequence: Sequence, at: number, end = sequence.length): number {
  return at < 0 || at >= end ? -1 : sequence.type(at);
}
