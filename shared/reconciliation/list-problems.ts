import type { SystemName } from '../record-kinds.ts';
import { modifiedProperty, recordKinds } from '../record-kinds.ts';
import { publishTime, type Joined } from '../sources/fields.ts';
import type { FieldPlace } from '../sources/place.ts';
import { isPointer } from '../sources/place.ts';
import { eventsName, type Source } from '../sources/source.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { defaultOverlapMs, knownLists, listSchema, type ListSettings } from './list-settings.ts';

/** The part of a window in which blocks may already be gone. */
export const forgettingMs = 24 * 3_600_000;

/**
 * Lists the problems of a stream's list that its schema cannot see. A recovered event and its late message must have one
 * key and one place, or both are published.
 *
 * @param given The setting as it stands in the catalog.
 * @param settings The merged settings of the stream.
 * @param writers The sources that may write into the stream.
 */
export function listProblems(
  stream: string,
  given: unknown,
  settings: StreamSettings,
  writers: readonly Source[],
): readonly string[] {
  const list = listSchema.safeParse(given).data;
  // The schema reports other problems.
  if (!list) return [];
  const at = `streams.${stream}.list`;
  if (stream === 'default') return [`${at} would be that of every stream; set it under the name of one stream`];
  const writer = writers.find(({ name }) => name !== eventsName);
  if (!writer || typeof writer.stream !== 'object' || !('fixed' in writer.stream))
    return [`${at} needs a source that writes into this stream alone: sources.NAME.stream: '${stream}'`];
  if (settings.numbering !== 'none')
    return [`${at} is for streams without numbers; set streams.${stream}.numbering: 'none'`];
  return [
    ...typeProblems(at, list),
    ...ownProblems(at, list),
    ...timeProblems(at, list, settings),
    ...keyProblems(at, list.system, writer),
  ];
}

/** Lists the types that the list of a system does not have. */
export function typeProblems(at: string, { system, types }: Pick<ListSettings, 'system' | 'types'>): readonly string[] {
  const { hasType, wantedTypes, maxTypes } = knownLists[system];
  const wrong = types.filter((type) => !hasType(type));
  return [
    ...wrong.map((type) => `${at}.types has "${type}"; it must be ${wantedTypes}`),
    ...(types.length > maxTypes ? [`${at}.types has ${types.length} types; ${system} takes at most ${maxTypes}`] : []),
  ];
}

function ownProblems(at: string, { system, accounts, properties }: ListSettings): readonly string[] {
  return [
    ...(accounts && system !== 'stripe' ? [`${at}.accounts is for Stripe only; remove it`] : []),
    ...(properties && system !== 'hubspot' ? [`${at}.properties is for HubSpot only; remove it`] : []),
  ];
}

function timeProblems(at: string, list: ListSettings, { windowMs }: StreamSettings): readonly string[] {
  const { system, overlapMs = defaultOverlapMs } = list;
  const { reachMs, lagMs } = knownLists[system];
  const longestMs = Math.min(reachMs, windowMs - forgettingMs) / 2;
  const ownMs = (list.lagMs ?? lagMs) + overlapMs;
  return ownMs <= longestMs
    ? []
    : [`${at}: lagMs + overlapMs is ${ownMs}; it must be at most ${longestMs}, half of the time that can be compared`];
}

/** The uuid and the timestamp that messages must have, so that an item of the list has the same. */
const wanted: Readonly<Record<SystemName, { readonly uuid: string; readonly timestamp: string }>> = {
  stripe: { uuid: "'/id'", timestamp: "{ at: '/created', in: 's' }, as in stripe()" },
  twilio: { uuid: "{ joined: ['/MessageSid', '/MessageStatus'] }, as in twilio()", timestamp: "'publish-time'" },
  hubspot: {
    uuid: "made of the id and the time of the last change: { joined: ['/id', '/updatedAt'] }. Webhooks have neither",
    timestamp: 'one value of the record',
  },
};

function keyProblems(at: string, system: SystemName, { name, format }: Source): readonly string[] {
  const { uuid, timestamp } = format.fields;
  const hasKey = uuid !== 'content' && hasUuid[system](uuid);
  const hasTime = hasTimestamp[system](timestamp.map((place) => (typeof place === 'string' ? place : place.at)));
  const why = `it must be %, or a recovered event and its late message would be two events`;
  return [
    ...(hasKey ? [] : [`${at}: sources.${name}.fields.uuid: ${why.replace('%', wanted[system].uuid)}`]),
    ...(hasTime ? [] : [`${at}: sources.${name}.fields.timestamp: ${why.replace('%', wanted[system].timestamp)}`]),
  ];
}

type UuidPlaces = readonly (FieldPlace | Joined)[];
/** Places, or `publish-time`. */
type TimePlaces = readonly FieldPlace[];

const modified = Object.keys(recordKinds.hubspot).map((kind) => `/properties/${modifiedProperty(kind)}`);
const changedAt = ['/updatedAt', ...modified];
const ids = ['/id', '/properties/hs_object_id'];

const hasUuid: Readonly<Record<SystemName, (places: UuidPlaces) => boolean>> = {
  stripe: (places) => places.length === 1 && places[0] === '/id',
  twilio: ([first]) => joinedText(first) === '/MessageSid /MessageStatus',
  hubspot: ([first, ...others]) => {
    const joined = typeof first === 'object' ? first.joined : [];
    const isOf = (known: readonly string[]): boolean => joined.some((place) => known.includes(place));
    return others.length === 0 && joined.length === 2 && isOf(ids) && isOf(changedAt);
  },
};

const hasTimestamp: Readonly<Record<SystemName, (places: TimePlaces) => boolean>> = {
  stripe: (places) => places.length === 1 && places[0] === '/created',
  // Callbacks of messages have no time, so the uuid is unique in the whole stream.
  twilio: (places) => places.at(-1) === publishTime,
  hubspot: (places) => places.length === 1 && places.every((place) => isPointer(place)),
};

function joinedText(place: FieldPlace | Joined | undefined): string | undefined {
  return typeof place === 'object' ? place.joined.join(' ') : undefined;
}
