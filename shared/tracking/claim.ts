import { digest } from '../digest.ts';
import type { RoutingAttributes } from '../messages/routing.ts';

/** One message's claim on one id: the routing attributes of the message that concern its entry, with digests for root and key. */
export type Claim = Omit<RoutingAttributes, 'stream' | 'lastId' | 'repairs' | 'failure'>;

/** What becomes of a message. */
export type Verdict =
  /** Publish it on the clean topic. `revision` n > 0: under `{key}/r{n}`. `supersedes`: it takes the place of something published. */
  | { readonly act: 'publish'; readonly supersedes: boolean; readonly revision: number }
  /** Send it to verify. */
  | { readonly act: 'verify' }
  /** Dead-letter it for the reason that it brings with it. An inference in its place stays published where `inferenceStands`. */
  | { readonly act: 'dead-letter'; readonly inferenceStands: boolean }
  | { readonly act: 'duplicate' }
  | { readonly act: 'conflict'; readonly why: ConflictReason }
  /** A void that closed an empty id. */
  | { readonly act: 'close' }
  | { readonly act: 'drop'; readonly why: DropReason };

export type ConflictReason = 'other-content' | 'seen-before-void' | 'too-many-entries';

export type DropReason =
  'already-published' | 'already-closed' | 'possible-duplicate' | 'inference-not-needed' | 'already-accounted-for';

/** Makes a claim. Root and key become digests here, once: the rules compare nothing else. */
export function makeClaim(
  texts: { readonly root: string; readonly key: string },
  rest: Omit<Claim, 'root' | 'key'>,
): Claim {
  return { ...rest, root: digest(texts.root), key: digest(texts.key) };
}

/** Makes a claim for each id that a message is about. */
export function claimsOf(routing: RoutingAttributes): readonly Claim[] {
  const claim = makeClaim(routing, routing);
  return Array.from({ length: routing.lastId - routing.eventId + 1 }, (_, i) => ({
    ...claim,
    eventId: routing.eventId + i,
  }));
}
