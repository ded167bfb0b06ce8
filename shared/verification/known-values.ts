import type { MappedField, Mapping } from '../record-mapping.ts';
import type { JsonPlaces } from './json-places.ts';
import type { FormerValue, SeenRecord } from './sighting.ts';

/** The values that a field of the record may have had at the time of an event, as JSON text. */
export type KnownValues = readonly string[];

/**
 * Returns the values that a field of the record may have had at the time of the event. Several are possible if the field
 * changed so near that time that the difference of the clocks decides. Undefined if nothing is known: a record as it is
 * now says nothing about the past.
 */
export function knownValues(
  field: MappedField,
  record: SeenRecord,
  values: JsonPlaces,
  { eventMs, mapping }: { readonly eventMs: number; readonly mapping: Mapping },
): KnownValues | undefined {
  const { inRecord, isFixed } = field;
  if (record.withheld?.includes(inRecord) === true) return undefined;
  const now = values.textAt(inRecord);
  if (isFixed) return now === undefined ? undefined : [now];
  const history = record.history?.[inRecord];
  const former = history && valuesAt(history, eventMs, mapping);
  if (former) return former;
  const isUnchanged = record.changedAtMs !== undefined && record.changedAtMs <= eventMs + mapping.skewMs;
  return isUnchanged && now !== undefined ? [now] : undefined;
}

/**
 * Returns the values at a time.
 *
 *     value      a        b      c           d
 *     time    ───┴────[───┴──────┴───]───────┴──►
 *                     eventMs ± skewMs
 *
 * If the event tells of a change, it is one of those within the skew: b or c. If it tells of a state, a is possible too.
 */
function valuesAt(history: readonly FormerValue[], eventMs: number, mapping: Mapping): KnownValues | undefined {
  const { skewMs, about } = mapping;
  const until = history.filter(({ sinceMs }) => sinceMs <= eventMs + skewMs).toSorted((a, b) => a.sinceMs - b.sinceMs);
  const near = until.filter(({ sinceMs }) => sinceMs > eventMs - skewMs);
  const before = until.findLast(({ sinceMs }) => sinceMs <= eventMs - skewMs);
  const possible = about === 'change' && near.length > 0 ? near : [...(before ? [before] : []), ...near];
  return possible.length === 0 ? undefined : possible.map(({ text }) => text);
}
