import { digest } from '../digest.ts';
import { voidKey } from '../identity.ts';
import { layOut, type ValuesOf } from './stored-field.ts';

/**
 * The fields of an entry, in the order of storage. The type, the offset, and the writing and reading of each field
 * follow from this declaration. A change needs a new `blockFormat`.
 */
const entryFields = {
  state: 'state',
  /** Whether publishing the entry supersedes an event: an inference, or other content under the same key. */
  supersedes: 'flag',
  /**
   * Whether the publish is known to have succeeded. If it is lost, an event may be published twice, but is never lost.
   */
  published: 'flag',
  possibleDuplicate: 'flag',
  /** Whether the event comes from a system of record, because no message brought it. */
  recovered: 'flag',
  /** How often an operator has replaced the content of this key: 0, or `n` in `{key}/r{n}`. */
  replacement: 'uint8',
  /** The number of the replay that made the entry; 0 if none did. */
  replay: 'uint8',
  /** Empty if it is not known. */
  type: 'type',
  /** Milliseconds since 1970. */
  instantMs: 'optionalDouble',
  /** The digest of the event's entity; 0 if there is none. */
  entity: 'uint32',
  /** The digest of verify's answer that made the entry clean; 0 if none did. */
  answer: 'uint32',
  root: 'digest',
  key: 'digest',
  hash: 'digest',
} as const;

export const entryLayout = layOut(entryFields);

/**
 * The state of one event of an id.
 *
 *                    ┌────────────► clean ◄──────────────┐
 *     nothing ───────┼────────────► suspect ──► closed ──┤   an event is accepted, checked, refused
 *                    ├────────────► closed ──────────────┘   the state goes back from `closed` only
 *                    └────────────► reconstructed ──► clean, suspect or closed   the original comes late
 */
export type Entry = ValuesOf<typeof entryFields>;

/** `suspect`: verify is checking it. `closed`: void, refused or failed, so accounted for without a published event. */
export type EntryState = Entry['state'];

const voidKeyDigest = digest(voidKey);

/** Whether a void of the producer closed the id. */
export function isVoided(entry: Entry): boolean {
  return entry.state === 'closed' && entry.key === voidKeyDigest;
}

/** Whether an inferred event was published before this entry. It stands until the entry is clean. */
export function hasInferenceBefore({ supersedes, replacement }: Entry): boolean {
  return supersedes && replacement === 0;
}
