import { digest } from '../digest.ts';
import { voidKey } from '../identity.ts';
import { layOut, type ValuesOf } from './stored-field.ts';

/**
 * Every field of an entry: in the order in which a stored entry holds them. Its type, its offset and how it is written and read
 * follow from this declaration. A change of it needs a new `blockFormat`.
 */
const entryFields = {
  state: 'state',
  /** An inference was published before it, or another content under its key: what is published supersedes that. */
  supersedes: 'flag',
  /** The publish is known to have succeeded. Unset it costs a second copy, never an event. */
  published: 'flag',
  possibleDuplicate: 'flag',
  /** How many contents an operator has replaced under this key: 0, or `n` of `{key}/r{n}`. */
  revision: 'uint8',
  /** Empty where it is not known. */
  type: 'type',
  /** Milliseconds since 1970. */
  instantMs: 'optionalDouble',
  /** Digest of the entity that the event is about; 0 where there is none. */
  entity: 'uint32',
  root: 'digest',
  key: 'digest',
  hash: 'digest',
} as const;

export const entryLayout = layOut(entryFields);

/**
 * What an id holds for one key.
 *
 *                    ┌────────────► clean ◄──────────────┐
 *     nothing ───────┼────────────► suspect ──► closed ──┤   an event is taken, checked, refused
 *                    ├────────────► closed ──────────────┘   only from `closed` a state goes back
 *                    └────────────► reconstructed ──► clean, suspect or closed   the original comes after all
 */
export type Entry = ValuesOf<typeof entryFields>;

/** `suspect`: with verify. `closed`: void, refused or failed, so accounted for with nothing published. */
export type EntryState = Entry['state'];

const voidKeyDigest = digest(voidKey);

/** Whether the id was closed by its producer's void. */
export function isVoided(entry: Entry): boolean {
  return entry.state === 'closed' && entry.key === voidKeyDigest;
}

/** Whether an inference was published in the place of this entry: it stands until the entry is clean. */
export function hasInferenceBefore({ supersedes, revision }: Entry): boolean {
  return supersedes && revision === 0;
}
