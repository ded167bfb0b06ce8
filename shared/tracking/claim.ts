import { digest } from '../digest.ts';
import type { RoutingAttributes } from '../messages/routing.ts';

/** The claim of a message on an id: those routing attributes that concern the entry, with digests of root and key. */
export type Claim = Omit<RoutingAttributes, 'stream' | 'lastId' | 'repairs' | 'failure'>;

/** The decision on a message. */
export type Verdict =
  /**
   * Publish it on the clean topic. `replacement` n > 0: under `{key}/r{n}`. `supersedes`: it replaces a published event.
   * `isRevision`: an event with another key holds the id too.
   */
  | {
      readonly act: 'publish';
      readonly supersedes: boolean;
      readonly replacement: number;
      readonly isRevision: boolean;
    }
  /** Send it to verify. */
  | { readonly act: 'verify' }
  /**
   * Dead-letter it with the failure that it carries. `inferenceStands`: an inferred event stays published in its place.
   */
  | { readonly act: 'dead-letter'; readonly inferenceStands: boolean }
  | { readonly act: 'duplicate' }
  | { readonly act: 'conflict'; readonly why: ConflictReason }
  /** A void that closed an empty id. */
  | { readonly act: 'close' }
  | { readonly act: 'drop'; readonly why: DropReason };

/** `too-many-entries`: nothing is wrong with the event, but its id has no room for it. */
export type ConflictReason = 'other-content' | 'seen-before-void' | 'inferred-before-void' | 'too-many-entries';

export type DropReason =
  'already-published' | 'already-closed' | 'possible-duplicate' | 'inference-not-needed' | 'already-accounted-for';

/** Makes a claim. Root and key become digests, because the rules only compare them. */
export function makeClaim(
  texts: { readonly root: string; readonly key: string },
  rest: Omit<Claim, 'root' | 'key'>,
): Claim {
  return { ...rest, root: digest(texts.root), key: digest(texts.key) };
}

/** Makes a claim for each id of a message. */
export function claimsOf(routing: RoutingAttributes): readonly Claim[] {
  const claim = makeClaim(routing, routing);
  return Array.from({ length: routing.lastId - routing.eventId + 1 }, (_, i) => ({
    ...claim,
    eventId: routing.eventId + i,
  }));
}
