/*
 * Finds the member that a producer may have meant for a missing one. Only its name counts, and only names of this table
 * are found, so that a detail never contains a name that a producer made up.
 */

/** The names that people give to a field, in lower case and without separators. The likeliest come first. */
const otherNames = {
  event_id: [
    'eventid',
    'sequencenumber',
    'sequence',
    'seq',
    'seqno',
    'seqnum',
    'eventnumber',
    'eventno',
    'eventsequence',
    'id',
    'number',
    'offset',
  ],
  type: ['type', 'eventtype', 'event', 'eventname', 'messagetype', 'kind', 'action', 'name'],
  timestamp: [
    'timestamp',
    'eventtimestamp',
    'eventtime',
    'occurredat',
    'occurredon',
    'time',
    'datetime',
    'createdat',
    'created',
    'emittedat',
    'publishedat',
    'sentat',
    'ts',
    'date',
    'eventdate',
    'updatedat',
  ],
  uuid: ['uuid', 'eventuuid', 'guid', 'eventid', 'messageid', 'id', 'key'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A field that may be missing. */
export type SoughtField = keyof typeof otherNames;

/** The most members that are looked at, of the event and of each object in it. */
const maxMembers = 200;
/** The most objects inside the event that are looked at. */
const maxObjects = 20;
const longestName = 32;

/** Returns the JSON Pointer of the member that looks most like a field. Objects in the event are looked into, but no deeper. */
export function lookalikeOf(field: SoughtField, members: Readonly<Record<string, unknown>>): string | undefined {
  const inEvent = firstOf(field, members);
  if (inEvent !== undefined) return `/${inEvent}`;
  for (const [name, value] of entriesOf(members).slice(0, maxObjects)) {
    const inside = isSafe(name) && isObject(value) ? firstOf(field, value) : undefined;
    if (inside !== undefined) return `/${name}/${inside}`;
  }
  return undefined;
}

function firstOf(field: SoughtField, members: Readonly<Record<string, unknown>>): string | undefined {
  const ranks = otherNames[field] as readonly string[];
  let best: { readonly name: string; readonly rank: number } | undefined;
  for (const [name, value] of entriesOf(members)) {
    if (name.length > longestName || typeof value === 'object' || isOtherField(name, field)) continue;
    const rank = ranks.indexOf(name.toLowerCase().replaceAll(/[-_ .]/g, ''));
    if (rank >= 0 && (best === undefined || rank < best.rank)) best = { name, rank };
  }
  return best?.name;
}

/** Whether a member is another field by its exact name. */
function isOtherField(name: string, field: SoughtField): boolean {
  return name !== field && Object.hasOwn(otherNames, name);
}

function entriesOf(members: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  const entries: [string, unknown][] = [];
  for (const name in members) {
    if (entries.length >= maxMembers) break;
    entries.push([name, members[name]]);
  }
  return entries;
}

/** The names of objects that hold the fields of an event. */
const wrappers =
  /^(?:metadata|meta|header|headers|envelope|event|message|payload|data|body|attributes|context|detail)$/i;

function isSafe(name: string): boolean {
  return wrappers.test(name);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
