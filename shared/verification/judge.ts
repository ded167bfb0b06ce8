import { isAtOrBelow, type MappedField, type Mapping } from '../record-mapping.ts';
import type { TypeDefinition } from '../stream-settings.ts';
import type { Answer, Correction } from './answer.ts';
import type { CheckedEvent } from './checked-event.ts';
import { areEqual, spellLike } from './comparison.ts';
import { JsonPlaces } from './json-places.ts';
import { knownValues } from './known-values.ts';
import type { SeenRecord, Sighting } from './sighting.ts';

/**
 * The result of comparing an event with its record. `wait`: the record says nothing yet, so the event must be delivered
 * again, until its patience is over. `undecided`: the record says nothing.
 */
export type Judgement = Answer | 'wait' | { readonly says: 'undecided'; readonly why: string };

/**
 * Judges an event by its record. The first line that fits decides:
 *
 * 1. The record is absent, and may not be visible yet: the event waits. Otherwise the system cannot tell.
 * 2. The event tells of a change, and the record was last changed before it: a stale read, the event waits.
 * 3. No value of the record is known as of the event, or the event is invalid and one is not: the system cannot tell.
 * 4. All known values are equal: verified.
 * 5. A value that identifies the event differs: refused. It would become another event.
 * 6. The body of the event is not edited, or the values cannot be put into it: refused.
 * 7. Otherwise the values that differ are corrected.
 */
export function judge(event: CheckedEvent, sighting: Sighting, mapping: Mapping, nowMs: number): Judgement {
  if (sighting.absent === true) {
    const mayAppear = nowMs < event.atMs + mapping.visibleMs;
    return mayAppear ? 'wait' : { says: 'undecided', why: 'the system has no such record' };
  }
  const { changedAtMs } = sighting;
  const isStale = changedAtMs !== undefined && changedAtMs < event.atMs - mapping.skewMs;
  if (mapping.about === 'change' && isStale) return 'wait';
  const compared = compare(event, sighting, mapping);
  const known = compared.filter(({ result }) => result !== 'unknown');
  if (known.length === 0 || (!event.isValid && known.length < compared.length))
    return { says: 'undecided', why: `not known as of the event: ${pointersOf(compared, 'unknown')}` };
  const different = known.flatMap(({ correction }) => correction ?? []);
  if (different.length === 0) return { says: 'verified' };
  const isOther = different.some(({ at }) => mapping.untouchable.some((own) => isAtOrBelow(at, own)));
  if (!isOther && canBeEdited(event, different)) return { says: 'corrected', corrections: different };
  const why = isOther ? 'is of another event by its record' : 'differs from its record and cannot be edited';
  return { says: 'refused', why: `${why}: ${pointersOf(compared, 'different')}` };
}

/**
 * Answers about an event that the system of record cannot tell anything about. An event that is invalid by its own word
 * is refused. A valid one passes, unless the catalog refuses it.
 */
export function undecided({ isValid }: CheckedEvent, why: string, policy: TypeDefinition['undecided']): Answer {
  return { says: isValid && policy !== 'refuse' ? 'unverified' : 'refused', why };
}

interface Compared {
  readonly field: MappedField;
  readonly result: 'equal' | 'different' | 'unknown';
  readonly correction?: Correction;
}

function compare(event: CheckedEvent, record: SeenRecord, mapping: Mapping): readonly Compared[] {
  const values = new JsonPlaces(record.text);
  return mapping.fields.map((field): Compared => {
    const known = knownValues(field, record, values, { eventMs: event.atMs, mapping });
    if (known === undefined) return { field, result: 'unknown' };
    const own = event.values?.textAt(field.inEvent);
    if (known.some((value) => areEqual(own, value, field.as))) return { field, result: 'equal' };
    const [value, ...others] = known;
    // Several values are possible, so that none of them can be called the right one.
    if (value === undefined || others.some((other) => !areEqual(value, other, field.as)))
      return { field, result: 'unknown' };
    const correction = { at: field.inEvent, before: own, after: spellLike(own, value, field.as) };
    return { field, result: 'different', correction };
  });
}

/** Whether the corrections can be written into the text of the event. */
function canBeEdited({ values, isEditable }: CheckedEvent, corrections: readonly Correction[]): boolean {
  if (!values || !isEditable) return false;
  return corrections.every(({ at, after }) => !values.isAmbiguous(at) && values.withValue(at, after) !== undefined);
}

/** Lists the pointers of fields, without values. */
function pointersOf(compared: readonly Compared[], result: Compared['result']): string {
  return compared
    .filter((one) => one.result === result)
    .map(({ field }) => field.inEvent)
    .join(', ');
}
