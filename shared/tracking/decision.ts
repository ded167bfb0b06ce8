import type { Cell } from './block.ts';
import type { Claim, ConflictReason, DropReason, Verdict } from './claim.ts';
import type { Entry, EntryState } from './entry.ts';
import { isRevision } from './revisions.ts';

/**
 * The outcome of a claim: the new entries of its id, and the verdict on the message. `cell` is the same object if
 * nothing changes.
 */
export interface Decision {
  readonly cell: Cell;
  readonly verdict: Verdict;
}

/** Where an accepted message goes: the entry that it replaces, and the values that it does not take from that entry. */
export interface EntryPlace {
  readonly insteadOf?: Entry;
  readonly supersedes?: boolean;
  readonly replacement?: number;
}

/** Makes an entry of a message, and decides what happens to the message. */
export function take(cell: Cell, claim: Claim, { insteadOf, supersedes, replacement }: EntryPlace = {}): Decision {
  // A literal, because one is made for each event, and a spread takes several times longer.
  const entry: Entry = {
    state: stateOf(claim),
    supersedes: supersedes ?? insteadOf?.supersedes ?? false,
    published: false,
    possibleDuplicate: claim.possibleDuplicate,
    recovered: claim.isRecovered,
    replacement: replacement ?? insteadOf?.replacement ?? 0,
    replay: claim.replay,
    type: claim.type,
    instantMs: claim.instantMs,
    entity: claim.entity,
    answer: claim.answer ?? 0,
    root: claim.root,
    key: claim.key,
    hash: claim.hash,
  };
  const taken = insteadOf ? put(cell, insteadOf, entry) : [...cell, entry];
  if (claim.kind === 'failure') return asDeadLetter(taken);
  if (claim.kind === 'void') return { cell: taken, verdict: { act: 'close' } };
  return entry.state === 'suspect' ? toVerify(taken) : asPublish(taken, entry);
}

/**
 * Publishes an event that verify has cleared. The entry keeps the hash of the producer's content, so that copies of it
 * are still recognised.
 */
export function publishCleared(cell: Cell, own: Entry, claim: Claim): Decision {
  const cleared: Entry = { ...own, ...contentOf(claim), hash: own.hash, state: 'clean', published: false };
  return asPublish(put(cell, own, cleared), cleared);
}

function stateOf(claim: Claim): EntryState {
  if (claim.kind === 'failure' || claim.kind === 'void') return 'closed';
  if (claim.kind === 'reconstruction') return 'reconstructed';
  return claim.toBeChecked ? 'suspect' : 'clean';
}

/** Returns the fields that an entry takes from its claim. */
function contentOf(claim: Claim): Omit<Entry, 'state' | 'supersedes' | 'published' | 'replacement'> {
  const { root, key, hash, possibleDuplicate, type, instantMs, entity, replay, answer = 0 } = claim;
  return { root, key, hash, possibleDuplicate, type, instantMs, entity, replay, answer, recovered: claim.isRecovered };
}

export function put(cell: Cell, old: Entry, entry: Entry): Cell {
  return cell.map((one) => (one === old ? entry : one));
}

export function asPublish(cell: Cell, entry: Entry): Decision {
  const { supersedes, replacement } = entry;
  const verdict = {
    act: 'publish',
    supersedes,
    replacement,
    isFormer: false,
    isRevision: isRevision(cell, entry),
    page: '',
  } as const;
  return { cell, verdict };
}

export function asDuplicate(cell: Cell, same: Entry, claim: Claim): Decision {
  const isExpected = same.possibleDuplicate || claim.possibleDuplicate;
  return isExpected ? drop(cell, 'possible-duplicate') : { cell, verdict: { act: 'duplicate' } };
}

export function toVerify(cell: Cell): Decision {
  return { cell, verdict: { act: 'verify' } };
}

export function asDeadLetter(cell: Cell, inferenceStands = false): Decision {
  return { cell, verdict: { act: 'dead-letter', inferenceStands } };
}

export function asConflict(cell: Cell, why: ConflictReason): Decision {
  return { cell, verdict: { act: 'conflict', why } };
}

export function drop(cell: Cell, why: DropReason): Decision {
  return { cell, verdict: { act: 'drop', why } };
}
