import { digest } from '../digest.ts';
import { voidKey } from '../identity.ts';
import { layOut, type StoredBytes, type TypeNumbers, type ValuesOf } from './stored-field.ts';

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

/** Reads the entry that begins at a byte. */
export function readEntry(from: StoredBytes, start: number, types: TypeNumbers): Entry {
  const { read } = entryLayout;
  return {
    state: read.state(from, start, types),
    supersedes: read.supersedes(from, start, types),
    published: read.published(from, start, types),
    possibleDuplicate: read.possibleDuplicate(from, start, types),
    recovered: read.recovered(from, start, types),
    replacement: read.replacement(from, start, types),
    replay: read.replay(from, start, types),
    type: read.type(from, start, types),
    instantMs: read.instantMs(from, start, types),
    entity: read.entity(from, start, types),
    answer: read.answer(from, start, types),
    root: read.root(from, start, types),
    key: read.key(from, start, types),
    hash: read.hash(from, start, types),
  };
}

/** Writes an entry, from a byte on. All its bytes must be zero before. */
export function writeEntry(to: Buffer, start: number, entry: Entry, types: TypeNumbers): void {
  const { write } = entryLayout;
  write.state(to, start, entry.state, types);
  write.supersedes(to, start, entry.supersedes, types);
  write.published(to, start, entry.published, types);
  write.possibleDuplicate(to, start, entry.possibleDuplicate, types);
  write.recovered(to, start, entry.recovered, types);
  write.replacement(to, start, entry.replacement, types);
  write.replay(to, start, entry.replay, types);
  write.type(to, start, entry.type, types);
  write.instantMs(to, start, entry.instantMs, types);
  write.entity(to, start, entry.entity, types);
  write.answer(to, start, entry.answer, types);
  write.root(to, start, entry.root, types);
  write.key(to, start, entry.key, types);
  write.hash(to, start, entry.hash, types);
}

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
