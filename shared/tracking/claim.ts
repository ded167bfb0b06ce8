import { digest, type Digest } from '../digest.ts';
import type { RoutingAttributes } from '../messages/routing.ts';

/** The claim of a message on an id: those routing attributes that concern the entry, with digests of root and key. */
export type Claim = Omit<
  RoutingAttributes,
  'stream' | 'lastId' | 'repairs' | 'facts' | 'receivedAtMs' | 'failure' | 'formerly' | 'left'
> & {
  /** The identity under other rules, as digests. */
  readonly formerly: { readonly key: Digest; readonly hash: Digest } | undefined;
  /** Whether an operator's edit leaves the place: the entry of its root is closed, and the edit is claimed elsewhere. */
  readonly isLeaving?: boolean;
  /** Of a claim on a page: whether an inferred event was published, which the page does not hold. */
  readonly inferenceBefore?: boolean;
};

/** A claim that a full block has no room for, and that is made on a page of the block. */
export interface GoOn {
  readonly act: 'go-on';
  /** The digit of the page below the full block or page. */
  readonly digit: string;
  /** Whether an inferred event was published before. An entry on a page then supersedes it. */
  readonly inferenceBefore: boolean;
}

/** The decision of one block, or of one page, on a message. */
export type BlockVerdict = Verdict | GoOn;

/** The decision on a message. */
export type Verdict =
  /**
   * Publish it on the clean topic. `replacement` n > 0: under `{key}/r{n}`. `supersedes`: it replaces a published event.
   * `isFormer`: under the key of its identity under other rules. `isRevision`: an event with another key holds the id
   * too. `page`: the path of the page with the entry; empty if the block itself has it.
   */
  | {
      readonly act: 'publish';
      readonly supersedes: boolean;
      readonly replacement: number;
      readonly isFormer: boolean;
      readonly isRevision: boolean;
      readonly page: string;
    }
  /** Send it to verify. */
  | { readonly act: 'verify' }
  /**
   * Dead-letter it with the failure that it carries. `inferenceStands`: an inferred event stays published in its place.
   */
  | { readonly act: 'dead-letter'; readonly inferenceStands: boolean }
  | { readonly act: 'duplicate' }
  | { readonly act: 'conflict'; readonly why: ConflictReason }
  /** A void that closed an empty id, or an edit that left its place. */
  | { readonly act: 'close' }
  | { readonly act: 'drop'; readonly why: DropReason };

/** The reasons why contents contradict each other. */
export type ConflictReason = 'other-content' | 'seen-before-void' | 'inferred-before-void';

export type DropReason =
  | 'already-published'
  | 'already-closed'
  | 'possible-duplicate'
  | 'inference-not-needed'
  | 'already-accounted-for'
  /** The message stems from an earlier replay than the entry. */
  | 'earlier-replay'
  /** Verify has given another answer before. */
  | 'other-answer'
  /** An answer about an event of which a copy was accepted meanwhile. */
  | 'overtaken'
  /** The same, but verify calls another content right. */
  | 'overtaken-by-other'
  /** A copy of an event that a system of record has, or that event itself after a message brought it. */
  | 'recovered-copy'
  /** An event that is checked again, and is not the one that stands under its key. */
  | 'not-published'
  /** The answer about an event that was checked again. It supersedes nothing. */
  | 'found-right';

/** Makes a claim. Root and keys become digests, because the rules only compare them. */
export function makeClaim(
  texts: Pick<RoutingAttributes, 'root' | 'key' | 'formerly'>,
  rest: Omit<Claim, 'root' | 'key' | 'formerly'>,
): Claim {
  const { root, key, formerly } = texts;
  // A literal, because one is made for each event, and a spread takes several times longer.
  const claim = {
    kind: rest.kind,
    origin: rest.origin,
    root: digest(root),
    key: digest(key),
    hash: rest.hash,
    formerly: formerly && { key: digest(formerly.key), hash: formerly.hash },
    eventId: rest.eventId,
    place: rest.place,
    type: rest.type,
    instantMs: rest.instantMs,
    entity: rest.entity,
    toBeChecked: rest.toBeChecked,
    possibleDuplicate: rest.possibleDuplicate,
    answer: rest.answer,
    isRecovered: rest.isRecovered,
    replay: rest.replay,
    replace: rest.replace,
  };
  const { isRecheck = false, isLeaving = false } = rest;
  return isRecheck || isLeaving ? { ...claim, isRecheck, isLeaving } : claim;
}

/**
 * Makes the claim by which an operator's edit leaves the place of its letter. Otherwise an answer of verify could still
 * publish the entry there, and the event would be counted twice.
 */
export function leavingClaimOf(
  routing: RoutingAttributes,
): { readonly stream: string; readonly claim: Claim } | undefined {
  const { origin, left, root, key } = routing;
  if (!left || origin !== 'replayed') return undefined;
  const at = { eventId: left.at, place: left.isPlace ? left.at : undefined };
  const claim = makeClaim({ root, key: left.key ?? key, formerly: undefined }, { ...routing, ...at });
  return { stream: left.stream, claim: { ...claim, isLeaving: true } };
}

/** Makes the claim of a message on its id, or on the first of its ids. */
export function claimOf(routing: RoutingAttributes): Claim {
  // A failure's type is for its letter. An entry does not have it: the names of types in a block are bounded.
  return makeClaim(routing, routing.kind === 'failure' ? { ...routing, type: '' } : routing);
}

/** Makes a claim for each id of a message. */
export function claimsOf(routing: RoutingAttributes): readonly Claim[] {
  const claim = claimOf(routing);
  if (routing.lastId === routing.eventId) return [claim];
  return Array.from({ length: routing.lastId - routing.eventId + 1 }, (_, i) => ({
    ...claim,
    eventId: routing.eventId + i,
  }));
}
