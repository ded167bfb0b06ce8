import { pointerInto } from '../../shared/json-pointer.ts';
import { eventsName, type Source } from '../../shared/sources/source.ts';
import { isDefaultFormat } from '../init/draft.ts';
import { learn, spellPlaces } from '../init/learned.ts';
import { membersOf, readSample, recogniseFormat, type EventSample } from '../init/recognise-format.ts';
import { isMostlyRefused, type Summary } from './books.ts';

/** The number of refused events that are looked at, and of clean ones. */
export const maxSamples = 100;

/**
 * Says what a file looks like most of whose events were refused, or were read without their numbers, and what to try.
 * Undefined if nothing is known.
 *
 * @param file The file as the user named it.
 * @param samples Some of the events.
 * @param readBy The source that they were read by. Undefined for `events`.
 */
export function adviceFor(
  summary: Summary,
  file: string,
  { refused, clean }: { readonly refused: readonly EventSample[]; readonly clean: readonly EventSample[] },
  readBy?: Source,
): string | undefined {
  const init = `npx eventmend init --file ${file}`;
  if (!isMostlyRefused(summary)) {
    const lost = numberedFormat(clean);
    return (
      lost &&
      `these ${lost} have numbers that were not read, so no missing event is found: ${init} writes a catalog that reads them`
    );
  }
  if (refused.length === 0) return undefined;
  const format = recogniseFormat(refused);
  // The letters say why events of the right format were refused.
  if (readBy && format?.preset === readBy.format.name) return undefined;
  if (format && !format.isNumbered) return `these look like ${format.title}: --format ${format.preset}`;
  if (format) return `these look like numbered ${format.title}: ${init} writes a catalog that reads them`;
  const learned = learn(refused);
  const { fields, numbering, types } = learned;
  if (readBy) {
    const isDefault = isDefaultFormat(learned) && numbering !== 'none' && types.length > 0;
    return isDefault ? `these look like events of the default format: --source ${eventsName}` : undefined;
  }
  const pointer = commonPointer(refused);
  if (pointer !== undefined) return `the events look nested in an array at ${pointer}: --at ${pointer}`;
  const places = spellPlaces(fields);
  const isUuidOnly = numbering === 'none' && fields.uuid === undefined && types.length > 0;
  const found = places === '' && isUuidOnly ? 'a uuid and no number' : places;
  return found === '' ? undefined : `these look like events with ${found}: ${init} writes a catalog that reads them`;
}

/** Returns the title of the format of clean events that are numbered in their format, and have no id. */
function numberedFormat(clean: readonly EventSample[]): string | undefined {
  if (clean.length === 0 || clean.some(({ attributes }) => attributes?.event_id !== undefined)) return undefined;
  const format = recogniseFormat(clean);
  return format?.isNumbered ? format.title : undefined;
}

/** Returns the pointer of the first array of objects that all samples have. */
function commonPointer(samples: readonly EventSample[]): string | undefined {
  const [first, ...others] = samples.map((sample) => pointersOf(readSample(sample), '', 3));
  return first?.find((pointer) => others.every((pointers) => pointers.includes(pointer)));
}

function pointersOf(value: unknown, at: string, depth: number): readonly string[] {
  if (Array.isArray(value)) {
    const isEvents = value.length > 0 && value.every((element) => Object.keys(membersOf(element)).length > 0);
    return isEvents && at !== '' ? [at] : [];
  }
  if (depth === 0) return [];
  return Object.entries(membersOf(value)).flatMap(([name, inner]) =>
    pointersOf(inner, pointerInto(at, name), depth - 1),
  );
}
