import type { Catalog } from '../catalog-definition.ts';
import { fieldReplacements } from '../content-hash.ts';
import { shortDigest } from '../digest.ts';
import { identitiesOf, identityRulesOf, type IdentifiedEvent } from '../event-identity.ts';
import { readableEventId, readableInstant, readableUuid, textAt } from '../event.ts';
import type { Failure } from '../failure.ts';
import { inferredKey } from '../identity.ts';
import type { Instant } from '../instant.ts';
import type { JsonObject } from '../json.ts';
import { readAttribute } from '../messages/attributes.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { placeOfKey } from '../place.ts';
import type { Delivery } from '../messages/message.ts';
import type { Provenance } from '../messages/provenance.ts';
import type { RoutingAttributes, SourceFacts } from '../messages/routing.ts';
import { contentOfEvent, uuidOfContent } from '../sources/event-content.ts';
import type { Format } from '../sources/format.ts';
import type { EventFields } from '../sources/read-fields.ts';
import type { ReadEvent } from '../sources/read-message.ts';
import type { Source } from '../sources/source.ts';
import { checkEvent, checkFields, invalid, type Checked } from './check.ts';
import { typeOf } from './subject.ts';
import { isToBeChecked } from './verification-policy.ts';

/** The routing attributes for track, or the failure of a message that cannot go to track. */
export type Examined = { readonly routing: RoutingAttributes } | { readonly failure: Failure };

/** An event whose stream and body were read. */
export interface ExaminedEvent {
  readonly delivery: Delivery;
  readonly source: Source;
  readonly provenance: Provenance;
  readonly facts: SourceFacts;
  readonly stream: string;
  readonly content: ReadEvent;
  /** Set if the message is too large. */
  readonly failure: Failure | undefined;
}

/** The values of an event that its identity is made of, under the rules of both deployments. */
interface ReadIdentity {
  readonly eventId: number | undefined;
  readonly instant: Instant | undefined;
  /** Undefined if the body cannot be compared. */
  readonly event: Omit<IdentifiedEvent, 'eventId' | 'root'> | undefined;
  /** The event with the uuid of the other deployment, while the uuid is being changed. */
  readonly otherEvent: ReadIdentity['event'];
  /** The paths of members that are no part of the content. */
  readonly ignore: readonly (readonly string[])[];
  readonly otherIgnore?: readonly (readonly string[])[];
}

/** Decides on an event whose stream is known. */
export function examineEvent(given: ExaminedEvent, catalog: Catalog): Examined {
  const { provenance, stream, content, delivery, facts } = given;
  const checked = given.failure ? { failure: given.failure } : check(given, catalog);
  const read = readIdentity(given, checked);
  const { instant } = read;
  const settings = catalog.stream(stream);
  const failure = 'failure' in checked ? checked.failure : provenance.refusal;
  const claimed = claimedIn(settings, read, provenance);
  if (!claimed || !read.event) {
    return { failure: failure ?? invalid('ERR_INVALID_EVENT', 'event_id: unreadable') };
  }
  const { origin, root } = provenance;
  const event = 'event' in checked ? checked.event : undefined;
  const type = event ? catalog.type(event.type) : undefined;
  const rules = identityRulesOf(
    settings,
    type ?? typeNamedIn(content, catalog),
    read.ignore,
    read.otherEvent && read.otherIgnore,
  );
  const otherEvent = read.otherEvent && identifiedEventOf(read.otherEvent, claimed.identified, root);
  const identified = identifiedEventOf(read.event, claimed.identified, root);
  const { key, hash, formerly } = identify(provenance, identified, rules, otherEvent);
  const kind = kindOf(checked, provenance);
  // A literal, because one is made for each event, and a spread takes several times longer.
  const routing: RoutingAttributes = {
    kind,
    stream,
    origin,
    root,
    key,
    hash,
    formerly,
    eventId: claimed.eventId,
    place: claimed.place,
    lastId: claimed.eventId,
    type: event?.type ?? typeOf(content) ?? '',
    instantMs: instant?.ms,
    entity: provenance.refusal ? 0 : entityOf(content.body.value, type?.entity),
    toBeChecked:
      event !== undefined &&
      (provenance.isRecheck
        ? provenance.answer === undefined
        : isToBeChecked({ origin, valid: event.valid ?? true, key }, type)),
    possibleDuplicate: readAttribute(delivery.attributes, 'possibleDuplicate') ?? false,
    answer: provenance.answer,
    isRecovered: provenance.isRecovered,
    replay: provenance.replay,
    left: undefined,
    replace: provenance.replace,
    isRecheck: provenance.isRecheck,
    repairs: event !== undefined && event.valid === undefined && !provenance.refusal && mayBeRepaired(given),
    facts,
    receivedAtMs: kind === 'event' ? provenance.receivedAtMs : undefined,
    failure,
  };
  return { routing: withPlaceBefore(routing, provenance) };
}

/**
 * Adds where an operator's edit comes from, if its own place is another one. Such an edit has no former identity: both
 * together would be one attribute too many.
 */
function withPlaceBefore(routing: RoutingAttributes, { left }: Provenance): RoutingAttributes {
  const { kind, stream, eventId, place } = routing;
  const hasMoved = left && (left.stream !== stream || left.at !== eventId || left.isPlace !== (place !== undefined));
  return kind === 'event' && hasMoved ? { ...routing, left, formerly: undefined } : routing;
}

/** Adds the id and the root to the values that were read of an event. */
function identifiedEventOf(
  { uuid, object, instant, replacements, beside, isDefaultFormat }: NonNullable<ReadIdentity['event']>,
  identified: Claimed['identified'],
  root: string,
): IdentifiedEvent {
  return {
    uuid,
    eventId: identified.eventId,
    root,
    object,
    instant,
    replacements,
    beside,
    isDefaultFormat: identified.isDefaultFormat ?? isDefaultFormat,
  };
}

/** Returns the type that a failure names, so that what the type ignores is left out of its content too. */
function typeNamedIn({ body, fields }: ReadEvent, catalog: Catalog): ReturnType<Catalog['type']> {
  const named = fields ? fields.type : body.object?.members.type;
  return typeof named === 'string' ? catalog.type(named) : undefined;
}

/** The id that a message claims, or its place in an unnumbered stream. */
interface Claimed extends Pick<RoutingAttributes, 'eventId' | 'place'> {
  /** The id that key and hash are made with. */
  readonly identified: { readonly eventId: number; readonly isDefaultFormat?: boolean };
}

/**
 * Returns what an event claims. Undefined if that cannot be read. In an unnumbered stream it is the place of its uuid
 * and timestamp, unless the message carries the place: a corrected timestamp does not move it.
 */
function claimedIn(
  { numbering, bucketMs }: StreamSettings,
  { eventId, instant, event }: ReadIdentity,
  { place: carried }: Provenance,
): Claimed | undefined {
  if (numbering !== 'none')
    return eventId === undefined ? undefined : { eventId, place: undefined, identified: { eventId } };
  const uuid = event?.uuid;
  const read = uuid === undefined || !instant ? undefined : placeOfKey(uuid, instant.ms, bucketMs);
  const place = carried ?? read;
  // No release before this one had unnumbered streams, so no entry has an identity of its rules.
  return place === undefined
    ? undefined
    : { eventId: place, place, identified: { eventId: place, isDefaultFormat: false } };
}

/** Whether a missing `valid` is added to the text: only to JSON of the default format, as it came. */
function mayBeRepaired({ source, content }: ExaminedEvent): boolean {
  return source.format.name === undefined && content.body.isPlainJson;
}

function check({ content: { body, fields }, delivery, stream, provenance }: ExaminedEvent, catalog: Catalog): Checked {
  if (fields) return checkFields(fields, provenance, catalog);
  return body.object
    ? checkEvent(body.object, { topic: delivery.topic, stream }, provenance, catalog)
    : { failure: invalid('ERR_INVALID_EVENT', 'not an object') };
}

function readIdentity({ source, content }: ExaminedEvent, checked: Checked): ReadIdentity {
  const { format, otherFormat } = source;
  const { fields, otherFields } = content;
  if (!fields) return readDefaultIdentity(content.body.object, 'event' in checked ? checked.event : {});
  const { eventId, instant } = fields;
  const { ignore, ...event } = identifiedBy(format, content, fields);
  const contents = content.otherContents ?? content.contents;
  const other = otherFormat && otherFields && identifiedBy(otherFormat, { ...content, contents }, otherFields);
  const { ignore: otherIgnore, ...otherEvent } = other ?? { ignore };
  return { eventId, instant, event, otherEvent: other && (otherEvent as ReadIdentity['event']), ignore, otherIgnore };
}

function identifiedBy(format: Format, { body, contents }: ReadEvent, fields: EventFields) {
  const { ignore, ...content } = contentOfEvent(format, body, contents, fields);
  const uuid = format.fields.uuid === 'content' ? uuidOfContent({ ...content, ignore }) : fields.uuidKey;
  return { ...content, instant: fields.instant, uuid, isDefaultFormat: false, ignore };
}

/** @param known What the check has read of the event. */
function readDefaultIdentity(
  object: JsonObject | undefined,
  known: Partial<Pick<ReadIdentity, 'eventId' | 'instant'>>,
): ReadIdentity {
  if (!object) return { eventId: undefined, instant: undefined, event: undefined, otherEvent: undefined, ignore: [] };
  const instant = known.instant ?? readableInstant(object);
  const replacements = fieldReplacements(object, instant);
  const event = { object, instant, uuid: readableUuid(object), replacements, isDefaultFormat: true };
  return { eventId: known.eventId ?? readableEventId(object), instant, event, otherEvent: undefined, ignore: [] };
}

function kindOf(checked: Checked, { refusal, origin }: Provenance): RoutingAttributes['kind'] {
  if ('failure' in checked) return 'failure';
  if (refusal) return 'refusal';
  return origin === 'reconstructed' ? 'reconstruction' : 'event';
}

/**
 * Returns the identity that a message carries, or else that of its bytes. All inferences of an id have the same key. If
 * an event has neither a uuid nor a readable timestamp, its key is its root.
 */
function identify(
  { origin, key, hash, formerly: carried }: Provenance,
  event: IdentifiedEvent,
  { rules, otherRules }: ReturnType<typeof identityRulesOf>,
  otherEvent: IdentifiedEvent | undefined,
): Pick<RoutingAttributes, 'key' | 'hash' | 'formerly'> {
  if (key !== undefined && hash !== undefined) return { key, hash, formerly: carried };
  const identities = identitiesOf(
    event,
    rules,
    otherEvent || otherRules ? { event: otherEvent ?? event, rules: otherRules ?? rules } : undefined,
  );
  const inferred = origin === 'reconstructed' ? inferredKey(event.eventId) : undefined;
  const { formerly } = identities;
  return {
    key: key ?? inferred ?? identities.key,
    hash: hash ?? identities.hash,
    formerly: formerly && { ...formerly, key: inferred ?? formerly.key },
  };
}

function entityOf(members: unknown, path: string | undefined): number {
  const name = path === undefined ? undefined : textAt(members, path);
  return name === undefined ? 0 : shortDigest(name);
}
