import type { Range } from '../../shared/gaps/range.ts';
import type { IdIndex, Place } from './id-index.ts';

/** A piece of the answer to a request: an event to send again, ids to declare void, or ids that are unknown. */
export type ResendAnswer =
  | { readonly kind: 'event'; readonly place: Place }
  | { readonly kind: 'void'; readonly range: Range }
  | { readonly kind: 'unknown'; readonly range: Range };

export interface AnswerRules {
  /** Whether the file is complete. Then an id between its lowest and its highest that it lacks never existed. */
  readonly voids: boolean;
  /** The most ids that one void may name. */
  readonly maxGap: number;
}

/**
 * Answers a request from a file, piece by piece, ascending.
 *
 *     asked     1 2 3 4 5 6 7 8
 *     file          3 . . 6
 *     answers   ?   3 void  6 ?
 */
export function* answersTo({ from, to }: Range, index: IdIndex, rules: AnswerRules): Generator<ResendAnswer> {
  let next = from;
  for (const place of index.between(from, to)) {
    if (place.id > next) yield* answerAbsent({ from: next, to: place.id - 1 }, index, rules);
    yield { kind: 'event', place };
    next = place.id + 1;
  }
  if (next <= to) yield* answerAbsent({ from: next, to }, index, rules);
}

/** Answers for ids that the file lacks. Only ids between its lowest and its highest id can be void. */
function* answerAbsent(range: Range, { span }: IdIndex, { voids, maxGap }: AnswerRules): Generator<ResendAnswer> {
  const inside = span && { from: Math.max(range.from, span.from), to: Math.min(range.to, span.to) };
  if (!voids || !inside || inside.from > inside.to) {
    yield { kind: 'unknown', range };
    return;
  }
  if (range.from < inside.from) yield { kind: 'unknown', range: { from: range.from, to: inside.from - 1 } };
  for (let from = inside.from; from <= inside.to; from += maxGap)
    yield { kind: 'void', range: { from, to: Math.min(from + maxGap - 1, inside.to) } };
  if (range.to > inside.to) yield { kind: 'unknown', range: { from: inside.to + 1, to: range.to } };
}
