import { digest, type Digest } from '../digest.ts';
import { voidKey } from '../identity.ts';

/**
 * What an id holds for one key.
 *
 *                    ┌────────────► clean ◄──────────────┐
 *     nothing ───────┼────────────► suspect ──► closed ──┤   an event is taken, checked, refused
 *                    ├────────────► closed ──────────────┘   only from `closed` a state goes back
 *                    └────────────► reconstructed ──► clean, suspect or closed   the original comes after all
 */
export interface Entry {
  readonly state: EntryState;
  readonly root: Digest;
  readonly key: Digest;
  readonly hash: Digest;
  /** An inference was published before it, or another content under its key: what is published supersedes that. */
  readonly supersedes: boolean;
  /** The publish is known to have succeeded. Unset it costs a second copy, never an event. */
  readonly published: boolean;
  readonly possibleDuplicate: boolean;
  /** How many contents an operator has replaced under this key: 0, or `n` of `{key}/r{n}`. */
  readonly revision: number;
  /** Empty where it is not known. */
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly instantMs: number | undefined;
  /** Digest of the entity that the event is about; 0 where there is none. */
  readonly entity: number;
}

/** `suspect`: with verify. `closed`: void, refused or failed, so accounted for with nothing published. */
export type EntryState = 'clean' | 'suspect' | 'reconstructed' | 'closed';

const voidKeyDigest = digest(voidKey);

/** Whether the id was closed by its producer's void. */
export function isVoided(entry: Entry): boolean {
  return entry.state === 'closed' && entry.key === voidKeyDigest;
}

/** Whether an inference was published in the place of this entry: it stands until the entry is clean. */
export function hasInferenceBefore({ supersedes, revision }: Entry): boolean {
  return supersedes && revision === 0;
}
