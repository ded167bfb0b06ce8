import { spellWhy } from '../gaps/spell-why.ts';
import { formatAmount } from './format.ts';
import type { GapView } from './gap-view.ts';

/** Describes how a gap ended, or how many of its ids were filled so far. */
export function describeOutcome(gap: GapView): string {
  const { missing, resolvedAt, why, doubt, isReset } = gap;
  if (isReset) return why ?? '';
  if (resolvedAt !== undefined) return outcome(gap);
  if (why !== undefined && missing !== 0) return `to be given up: ${spellWhy(why)}`;
  return doubt === undefined ? filledSoFar(gap) : `${filledSoFar(gap)}; doubtful: ${doubt}`;
}

function filledSoFar({ ids, missing }: GapView): string {
  if (missing === undefined) return 'not counted: too many ids';
  if (missing === ids) return 'nothing yet';
  if (missing === 0) return 'all of it: the next sweep records it';
  return `${formatAmount(ids - missing)} of ${formatAmount(ids)}`;
}

/** Describes the end of a gap. If its ids ended in several ways, the state is the worst of them. */
function outcome(gap: GapView): string {
  const { state, ids, cameLateAt, assumed } = gap;
  const isLate = cameLateAt !== undefined;
  switch (state) {
    case 'filled':
      return (ids === 1 ? 'the event' : 'the events') + (isLate ? ', after it was given up' : '');
    case 'voided':
      if (assumed) return 'never asked for: holes are normal in this stream';
      return ids === 1 ? 'a void: it never existed' : 'a void: some never existed';
    case 'reconstructed':
      return inferredIn(gap) + inference(gap);
    case 'superseded':
      return ids === 1 ? 'the event, in place of an inferred one' : 'the events, in place of inferred ones';
    case 'abandoned':
      return givenUpIn(gap) + (isLate ? ', and some came after all' : '') + whyAndLetter(gap);
    case 'open':
    case 'requested':
      return '';
  }
}

/** Describes the inferred events of a gap of which no id is missing. */
function inferredIn({ ids, inferred, method }: GapView): string {
  if (method === 'recovered')
    return ids === 1 ? 'an event of the system of record' : 'events, some or all of them of the system of record';
  if (ids === 1) return 'an inferred event';
  if (inferred === undefined) return 'inferred events among them';
  return inferred === ids ? 'inferred events' : `${formatAmount(inferred)} of ${formatAmount(ids)} inferred`;
}

/** Describes what became of the ids of a gap of which some were given up. */
function givenUpIn(gap: GapView): string {
  const { states, inferred, missing } = gap;
  if (!states.includes('reconstructed')) return 'given up';
  if (inferred === undefined || missing === undefined) return `some inferred${inference(gap)}, and the rest given up`;
  return `${formatAmount(inferred)} inferred${inference(gap)}, and ${formatAmount(missing)} given up`;
}

/** Says why a gap was given up, and which letter lists it. One letter lists all gaps that a sweep gave up. */
function whyAndLetter({ why, from, letterFrom, isUntold }: GapView): string {
  const reason = why === undefined ? '' : `: ${spellWhy(why)}`;
  if (isUntold) return `${reason}; the next daily letter lists it`;
  if (letterFrom === undefined) return reason;
  return `${reason}; ${letterFrom === from ? 'a dead letter' : `the dead letter of the gap at ${letterFrom}`} lists it`;
}

/** Describes the method of inference, and the confidence with the factor that the event existed. */
function inference({ ids, method, confidence, existed }: GapView): string {
  const more = ids === 1 ? '' : ' or more';
  return [
    ...(method && method !== 'recovered' ? [`, by ${method}`] : []),
    ...(confidence === undefined ? [] : [`, confidence ${confidence.toFixed(2)}${more}`]),
    ...(existed === undefined ? [] : [` (existed: ${existed.toFixed(2)})`]),
  ].join('');
}
