import type { Digest } from '../digest.ts';
import { InvariantError } from '../errors.ts';
import type { Failure } from '../failure.ts';
import { attributesOf, type Attributes } from './message.ts';
import type { Claim, ClaimKind } from '../tracking/claim.ts';
import { makeClaim } from '../tracking/claim.ts';
import { failureAttributes, origins, readDigest, readFailure, writeDigest, type Origin } from './provenance.ts';

/** What validate has found out about a message, for track: it travels in attributes beside the producer's bytes. */
export interface Passage {
  readonly kind: ClaimKind;
  readonly stream: string;
  readonly origin: Origin;
  readonly root: string;
  readonly key: string;
  readonly hash: Digest;
  readonly eventId: number;
  /** The last id of a void; otherwise the same as `eventId`. */
  readonly lastId: number;
  readonly type: string;
  readonly instantMs: number | undefined;
  readonly entity: number;
  readonly toBeChecked: boolean;
  readonly possibleDuplicate: boolean;
  readonly replace: boolean;
  /** The event lacks `valid`, and is published with it. Until then its bytes stay the producer's. */
  readonly repairs: boolean;
  /** What is wrong: of a failure and of a refusal. */
  readonly failure: Failure | undefined;
}

const kinds: readonly ClaimKind[] = ['event', 'reconstruction', 'refusal', 'failure', 'void'];

/** Writes a passage. At most 18 attributes, so that with a producer's 80 and Pub/Sub's own there are never more than 100. */
export function passageAttributes(passage: Passage): Attributes {
  return attributesOf({
    stream: passage.stream,
    origin: passage.origin,
    'possible-duplicate': flag(passage.possibleDuplicate),
    'eventmend-kind': passage.kind,
    'eventmend-root': passage.root,
    'eventmend-key': passage.key,
    'eventmend-hash': writeDigest(passage.hash),
    'eventmend-id': String(passage.eventId),
    'eventmend-last-id': passage.lastId === passage.eventId ? undefined : String(passage.lastId),
    'eventmend-type': passage.type === '' ? undefined : passage.type,
    'eventmend-instant': passage.instantMs === undefined ? undefined : String(passage.instantMs),
    'eventmend-entity': passage.entity === 0 ? undefined : String(passage.entity),
    'eventmend-check': flag(passage.toBeChecked),
    'eventmend-replace': flag(passage.replace),
    'eventmend-repair': flag(passage.repairs),
    ...(passage.failure ? failureAttributes(passage.failure) : {}),
  });
}

/** @throws InvariantError for attributes that validate did not write. */
export function readPassage(attributes: Attributes): Passage {
  const text = (name: string): string => {
    const value = attributes[name];
    if (value === undefined) throw new InvariantError(`a message on our own topic lacks the attribute ${name}`);
    return value;
  };
  const eventId = Number(text('eventmend-id'));
  const instant = attributes['eventmend-instant'];
  return {
    kind: oneOf(kinds, text('eventmend-kind')),
    stream: text('stream'),
    origin: oneOf(origins, text('origin')),
    root: text('eventmend-root'),
    key: text('eventmend-key'),
    hash: readDigest(text('eventmend-hash')),
    eventId,
    lastId: Number(attributes['eventmend-last-id'] ?? eventId),
    type: attributes['eventmend-type'] ?? '',
    instantMs: instant === undefined ? undefined : Number(instant),
    entity: Number(attributes['eventmend-entity'] ?? 0),
    toBeChecked: attributes['eventmend-check'] === 'true',
    possibleDuplicate: attributes['possible-duplicate'] === 'true',
    replace: attributes['eventmend-replace'] === 'true',
    repairs: attributes['eventmend-repair'] === 'true',
    failure: readFailure(attributes),
  };
}

/** A claim for each id that the passage is about. */
export function claimsOf(passage: Passage): readonly Claim[] {
  const { kind, origin, root, key, hash, toBeChecked, possibleDuplicate, replace, type, instantMs, entity } = passage;
  return Array.from({ length: passage.lastId - passage.eventId + 1 }, (_, i) =>
    makeClaim(
      { root, key },
      {
        eventId: passage.eventId + i,
        kind,
        origin,
        hash,
        toBeChecked,
        possibleDuplicate,
        replace,
        type,
        instantMs,
        entity,
      },
    ),
  );
}

function flag(value: boolean): string | undefined {
  return value ? 'true' : undefined;
}

function oneOf<T extends string>(values: readonly T[], text: string): T {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined)
    throw new InvariantError(`a message on our own topic has something else where one of ${values.join(', ')} stands`);
  return value;
}
