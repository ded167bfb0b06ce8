import type { Catalog } from '../../shared/catalog-definition.ts';
import { digestBytes } from '../../shared/digest.ts';
import { uuidOf } from '../../shared/identity.ts';
import type { Delivery } from '../../shared/messages/message.ts';
import type { RoutingAttributes } from '../../shared/messages/routing.ts';
import { claimOf, type Claim } from '../../shared/tracking/claim.ts';
import { assessMessage } from '../../shared/validation/assess-message.ts';
import { deliveryOf, type TakenRecord } from './taken-record.ts';

/**
 * The claim of a plain event: a producer's event that is its whole record, and that needs nothing but its block. Of most
 * files most events are plain. All others are assessed again where they are decided.
 */
export interface PlainClaim {
  readonly stream: string;
  /** Whether `valid` is missing and must be added when the event is published. */
  readonly repairs: boolean;
  readonly claim: Claim;
}

/** The plain claims of some records, in few values: a thread hands them to another one in one piece. */
export interface PackedClaims {
  /**
   * For each record its flags, 0 if it has no plain claim, the numbers of its stream and type in `names`, its id, its place,
   * its milliseconds and the digest of its entity. NaN means undefined.
   */
  readonly numbers: Float64Array;
  /** For each record its root, its key and its hash. */
  readonly digests: string;
  /** The names of the streams and types. */
  readonly names: readonly string[];
}

/** The number of values of a record. */
const columns = 7;
const flag = { isPlain: 1, repairs: 2, possibleDuplicate: 4 } as const;
const digestsOfOne = 3 * digestBytes;
const noDigests = '\0'.repeat(digestsOfOne);

/** Decides which records have plain claims. It has no effect, so that any thread can do it. */
export function assessPlain(
  records: readonly Pick<TakenRecord, 'message' | 'messageId'>[],
  topic: string,
  catalog: Catalog,
): PackedClaims {
  const numbers = new Float64Array(records.length * columns);
  const names = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = names.get(name);
    if (known === undefined) names.set(name, names.size);
    return known ?? names.size - 1;
  };
  let digests = '';
  records.forEach((record, i) => {
    // An event whose timestamp is the time of its receipt is not plain, so the time plays no part.
    const plain = plainClaimOf(deliveryOf(record, topic, 0), catalog);
    digests += plain ? plain.claim.root + plain.claim.key + plain.claim.hash : noDigests;
    if (!plain) return;
    const { stream, repairs, claim } = plain;
    const { possibleDuplicate, type, eventId, place = Number.NaN, instantMs = Number.NaN, entity } = claim;
    const flags = flag.isPlain | (repairs ? flag.repairs : 0) | (possibleDuplicate ? flag.possibleDuplicate : 0);
    numbers.set([flags, numberOf(stream), numberOf(type), eventId, place, instantMs, entity], i * columns);
  });
  return { numbers, digests, names: [...names.keys()] };
}

/** Returns the plain claim of a record. Undefined if it has none. @param i The number of the record, from 0. */
export function plainClaimAt({ numbers, digests, names }: PackedClaims, i: number): PlainClaim | undefined {
  const at = i * columns;
  const flags = numbers[at] ?? 0;
  if (flags === 0) return undefined;
  const [stream, type] = [names[numbers[at + 1] ?? 0] ?? '', names[numbers[at + 2] ?? 0] ?? ''];
  const [eventId, place, instantMs] = [numbers[at + 3] ?? 0, numbers[at + 4] ?? 0, numbers[at + 5] ?? 0];
  const digestAt = (nth: number): string => {
    const from = i * digestsOfOne + nth * digestBytes;
    return digests.slice(from, from + digestBytes);
  };
  const claim: Claim = {
    kind: 'event',
    origin: 'producer',
    root: digestAt(0),
    key: digestAt(1),
    hash: digestAt(2),
    formerly: undefined,
    eventId,
    place: Number.isNaN(place) ? undefined : place,
    type,
    instantMs: Number.isNaN(instantMs) ? undefined : instantMs,
    entity: numbers[at + 6] ?? 0,
    toBeChecked: false,
    possibleDuplicate: (flags & flag.possibleDuplicate) !== 0,
    answer: undefined,
    isRecovered: false,
    replay: 0,
    replace: false,
  };
  return { stream, repairs: (flags & flag.repairs) !== 0, claim };
}

function plainClaimOf(delivery: Delivery, catalog: Catalog): PlainClaim | undefined {
  const [event, ...others] = assessMessage(delivery, catalog).events;
  if (!event || others.length > 0 || 'failure' in event.examined) return undefined;
  const { routing } = event.examined;
  const { stream, repairs, kind, formerly, facts } = routing;
  const isWhole = event.message.data === delivery.data && event.storeOversizedUnder === undefined;
  if (!isWhole || kind !== 'event' || formerly || facts.publishedAtMs !== undefined) return undefined;
  return needsFunctions(routing, catalog) ? undefined : { stream, repairs, claim: claimOf(routing) };
}

/** Whether an event needs more than its block. */
export function needsFunctions({ kind, stream, key, toBeChecked }: RoutingAttributes, catalog: Catalog): boolean {
  if (kind === 'void' || toBeChecked) return true;
  return uuidOf(key) !== undefined && catalog.stream(stream).uuid === 'global';
}
