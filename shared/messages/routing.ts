import type { Digest } from '../digest.ts';
import type { Failure } from '../failure.ts';
import {
  encodeAttributes,
  readAttribute,
  requireAttribute,
  type AttributesFor,
  type ClaimKind,
  type Origin,
} from './attributes.ts';
import type { Attributes } from './message.ts';
import { readFailure } from './provenance.ts';

/** The results of validate for track and verify. They travel as attributes beside the producer's bytes. */
export interface RoutingAttributes {
  readonly kind: ClaimKind;
  readonly stream: string;
  readonly origin: Origin;
  readonly root: string;
  readonly key: string;
  readonly hash: Digest;
  readonly eventId: number;
  /** The last id of a void. For other messages it equals `eventId`. */
  readonly lastId: number;
  /** Empty if it is not known. */
  readonly type: string;
  readonly instantMs: number | undefined;
  /** The digest of the event's entity; 0 if there is none. */
  readonly entity: number;
  /**
   * Whether the event must be checked: it is marked as invalid or the catalog wants a check, and no system of record
   * has answered yet.
   */
  readonly toBeChecked: boolean;
  readonly possibleDuplicate: boolean;
  /** Whether the operator wants this content to supersede the event that has the key. */
  readonly replace: boolean;
  /** Whether `valid` is missing and must be added when the event is published. Until then the bytes stay unchanged. */
  readonly repairs: boolean;
  /** The reason of a failure or a refusal. */
  readonly failure: Failure | undefined;
}

/** @param isKept Whether the message is in the dead-letter store and travels without its data. */
export function encodeRouting(routing: RoutingAttributes, isKept = false): Attributes {
  const { eventId, lastId, failure } = routing;
  return encodeAttributes<'validated-events'>({
    stream: routing.stream,
    origin: routing.origin,
    possibleDuplicate: routing.possibleDuplicate,
    kind: routing.kind,
    root: routing.root,
    key: routing.key,
    hash: routing.hash,
    eventId,
    lastId: lastId === eventId ? undefined : lastId,
    type: routing.type,
    instantMs: routing.instantMs,
    entity: routing.entity,
    toBeChecked: routing.toBeChecked,
    replace: routing.replace,
    repairs: routing.repairs,
    code: failure?.code,
    stage: failure?.stage,
    detail: failure?.detail,
    isKept,
  } satisfies AttributesFor<'validated-events'>);
}

/** @throws InvariantError if validate did not write the attributes. */
export function decodeRouting(attributes: Attributes): RoutingAttributes {
  const eventId = requireAttribute(attributes, 'eventId');
  return {
    kind: requireAttribute(attributes, 'kind'),
    stream: requireAttribute(attributes, 'stream'),
    origin: requireAttribute(attributes, 'origin'),
    root: requireAttribute(attributes, 'root'),
    key: requireAttribute(attributes, 'key'),
    hash: requireAttribute(attributes, 'hash'),
    eventId,
    lastId: readAttribute(attributes, 'lastId') ?? eventId,
    type: requireAttribute(attributes, 'type'),
    instantMs: readAttribute(attributes, 'instantMs'),
    entity: requireAttribute(attributes, 'entity'),
    toBeChecked: requireAttribute(attributes, 'toBeChecked'),
    possibleDuplicate: requireAttribute(attributes, 'possibleDuplicate'),
    replace: requireAttribute(attributes, 'replace'),
    repairs: requireAttribute(attributes, 'repairs'),
    failure: readFailure(attributes),
  };
}
