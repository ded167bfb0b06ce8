import { digest, type Digest } from '../digest.ts';
import type { Origin } from '../messages/provenance.ts';

/** What a message is, to the entry that it is about. */
export type ClaimKind = 'event' | 'reconstruction' | 'refusal' | 'failure' | 'void';

/** One message's claim on one id. */
export interface Claim {
  readonly eventId: number;
  readonly kind: ClaimKind;
  readonly origin: Origin;
  readonly root: Digest;
  readonly key: Digest;
  readonly hash: Digest;
  /** The event is invalid, or the catalog wants it checked, and no system of record has spoken yet. */
  readonly toBeChecked: boolean;
  readonly possibleDuplicate: boolean;
  /** The operator wants this content to stand in place of what the key holds. */
  readonly replace: boolean;
  readonly type: string;
  readonly instantMs: number | undefined;
  readonly entity: number;
}

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

/** Texts become digests here, once, so that the rules compare nothing else. */
export function makeClaim(
  texts: { readonly root: string; readonly key: string },
  rest: Omit<Claim, 'root' | 'key'>,
): Claim {
  return { ...rest, root: digest(texts.root), key: digest(texts.key) };
}
