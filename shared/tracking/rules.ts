import type { Claim, ConflictReason, DropReason, Verdict } from './claim.ts';
import { maxEntries, type Cell } from './block.ts';
import { hasInferenceBefore, type Entry, type EntryState } from './entry.ts';
import { isRevision } from './revisions.ts';

/**
 * The outcome of a claim: the new entries of its id, and the verdict on the message. `cell` is the same object if
 * nothing changes.
 */
export interface Decision {
  readonly cell: Cell;
  readonly verdict: Verdict;
}

/** Decides one claim on one id. Each comment is a rule, and the first rule that applies decides. */
export function decide(cell: Cell, claim: Claim): Decision {
  // 1. The id has an entry of the message's own root: the message was here before.
  const own = cell.find((entry) => entry.root === claim.root);
  if (own) return decideAgain(cell, own, claim);
  // 2. The message is a reconstruction, and the id has an entry: the reconstruction is no longer needed.
  if (claim.kind === 'reconstruction' && cell.length > 0) return drop(cell, 'inference-not-needed');
  // 3. The message is a refusal of an event that the id does not hold: it is dead-lettered.
  if (claim.kind === 'refusal') return deadLetter(cell);
  // 4. The id has no entry: the message takes it.
  const [only] = cell;
  if (only === undefined) return take(cell, claim);
  // 5. The only entry is closed: the message usually takes its place.
  if (cell.length === 1 && only.state === 'closed') return decideClosed(cell, only, claim);
  // 6. An entry is reconstructed: the original supersedes it.
  const inferred = cell.find((entry) => entry.state === 'reconstructed');
  if (inferred) return decideOriginal(cell, inferred, claim);
  // 7. The message is a void or a failure, and the id has an entry: a void is a conflict, a failure is dead-lettered.
  if (claim.kind === 'void') return conflict(cell, 'seen-before-void');
  if (claim.kind === 'failure') return deadLetter(cell);
  // 8. An entry has the same key: the message is a copy, a conflict, or takes its place.
  const same = sameKey(cell, claim);
  if (same) return decideSameKey(cell, same, claim);
  // 9. The entries have other keys: the message becomes a further entry. If it is published, it is a revision.
  return takeFurther(cell, claim);
}

/** Rule 1: a message of this root was seen before. It is delivered again, comes back from verify, or is replayed. */
function decideAgain(cell: Cell, own: Entry, claim: Claim): Decision {
  if (!isSameEvent(own, claim))
    return own.state === 'reconstructed' ? drop(cell, 'inference-not-needed') : decideEdited(cell, own, claim);
  const isRejected = claim.kind === 'failure' || claim.kind === 'refusal';
  switch (own.state) {
    case 'reconstructed':
      return own.published ? drop(cell, 'already-published') : publish(cell, own);
    case 'clean':
      if (own.published) return drop(cell, 'already-published');
      if (claim.kind === 'void') return drop(cell, 'already-accounted-for');
      if (isRejected) return deadLetter(cell);
      return claim.toBeChecked ? verify(cell) : publish(cell, own);
    case 'closed':
      if (isRejected) return deadLetter(cell, hasInferenceBefore(own));
      if (claim.kind !== 'void' && claim.origin === 'replayed') return take(cell, claim, { insteadOf: own });
      return drop(cell, 'already-closed');
    case 'suspect':
      if (isRejected) return deadLetter(put(cell, own, { ...own, state: 'closed' }), hasInferenceBefore(own));
      return claim.toBeChecked ? verify(cell) : publishCleared(cell, own, claim);
  }
}

/**
 * Rule 1, if the key or content differs from the entry's: the message or the entry is an operator's edit. A redelivery
 * of the producer's message must not be published under the key of the edit. A clean entry stays as it is.
 */
function decideEdited(cell: Cell, own: Entry, claim: Claim): Decision {
  if (claim.origin !== 'replayed') return drop(cell, 'already-accounted-for');
  if (claim.kind === 'failure') return deadLetter(cell);
  if (own.state === 'clean') return conflict(cell, 'other-content');
  const others = cell.filter((entry) => entry !== own);
  const other = sameKey(others, claim);
  const isReplacement = claim.replace && own.key === claim.key;
  if (other === undefined || isReplacement) return take(cell, claim, { insteadOf: own });
  return other.hash === claim.hash ? duplicate(cell, other, claim) : conflict(cell, 'other-content');
}

/**
 * Rule 1, if verify has cleared the event. The entry keeps the hash of the producer's content, so that copies of it are
 * still recognised.
 */
function publishCleared(cell: Cell, own: Entry, claim: Claim): Decision {
  const cleared: Entry = { ...own, ...contentOf(claim), hash: own.hash, state: 'clean', published: false };
  return publish(put(cell, own, cleared), cleared);
}

/** Rule 5: the id is closed. Nothing was published for it, so almost any message may take it. */
function decideClosed(cell: Cell, only: Entry, claim: Claim): Decision {
  if (claim.kind === 'failure') return deadLetter(cell);
  if (claim.kind === 'void') return drop(cell, 'already-closed');
  const isCopy = only.key === claim.key && only.hash === claim.hash && claim.toBeChecked;
  return isCopy ? duplicate(cell, only, claim) : take(cell, claim, { insteadOf: only });
}

/** Rule 6: the id has an inferred event, and the original arrives. */
function decideOriginal(cell: Cell, inferred: Entry, claim: Claim): Decision {
  if (claim.kind === 'failure') return deadLetter(cell, true);
  if (claim.kind === 'void') return conflict(cell, 'inferred-before-void');
  return take(cell, claim, { insteadOf: inferred, supersedes: true });
}

/** Rule 8: another message has the same key. Only an operator can replace the content that an operator has set. */
function decideSameKey(cell: Cell, same: Entry, claim: Claim): Decision {
  const isReplay = claim.origin === 'replayed';
  const isReplacement = isReplay && claim.replace;
  const isCleared = !claim.toBeChecked && (isReplay || claim.origin === 'producer');
  const isCopy = same.hash === claim.hash;
  const mayTakeOver = same.replacement === 0 || isCopy || isReplacement;
  const takesOver =
    (same.state === 'suspect' && isCleared) || (same.state === 'closed' && !(isCopy && claim.toBeChecked));
  if (takesOver && mayTakeOver) return take(cell, claim, { insteadOf: same });
  if (isCopy) return duplicate(cell, same, claim);
  if (!isReplacement) return conflict(cell, 'other-content');
  // Nothing was published for a suspect entry, so there is nothing to supersede.
  return same.state === 'suspect' ? take(cell, claim, { insteadOf: same }) : takeReplacement(cell, same, claim);
}

/**
 * Returns the entry with the claim's key. If an operator has replaced the content, there are several. Then it returns
 * the one with the same content, or else the latest.
 */
function sameKey(cell: Cell, claim: Claim): Entry | undefined {
  const same = cell.filter((entry) => entry.key === claim.key);
  return same.find((entry) => entry.hash === claim.hash) ?? same.at(-1);
}

/**
 * Rule 8, for an operator's replacement. It gets an entry of its own, so that copies of both contents are still
 * recognised, and a late redelivery of the replaced message still finds its own root.
 */
function takeReplacement(cell: Cell, same: Entry, claim: Claim): Decision {
  return takeFurther(cell, claim, { supersedes: true, replacement: same.replacement + 1 });
}

/**
 * Rule 9: a further entry. If another entry supersedes an inference, the further entry supersedes it too, because the
 * further entry may be the one that is published. A full id refuses the message, although nothing is wrong with it. The
 * reason is a reason of its own, so that nobody looks for a contradiction.
 */
function takeFurther(cell: Cell, claim: Claim, place: Place = {}): Decision {
  if (cell.length >= maxEntries) return conflict(cell, 'too-many-entries');
  return take(cell, claim, { supersedes: cell.some(hasInferenceBefore), ...place });
}

/** Where an accepted message goes: the entry that it replaces, and the values that it does not take from that entry. */
interface Place {
  readonly insteadOf?: Entry;
  readonly supersedes?: boolean;
  readonly replacement?: number;
}

function take(cell: Cell, claim: Claim, { insteadOf, supersedes, replacement }: Place = {}): Decision {
  const entry: Entry = {
    ...contentOf(claim),
    state: stateOf(claim),
    supersedes: supersedes ?? insteadOf?.supersedes ?? false,
    published: false,
    replacement: replacement ?? insteadOf?.replacement ?? 0,
  };
  const taken = insteadOf ? put(cell, insteadOf, entry) : [...cell, entry];
  if (claim.kind === 'failure') return deadLetter(taken);
  if (claim.kind === 'void') return { cell: taken, verdict: { act: 'close' } };
  return entry.state === 'suspect' ? verify(taken) : publish(taken, entry);
}

function isSameEvent(entry: Entry, claim: Claim): boolean {
  return entry.key === claim.key && entry.hash === claim.hash;
}

function stateOf(claim: Claim): EntryState {
  if (claim.kind === 'failure' || claim.kind === 'void') return 'closed';
  if (claim.kind === 'reconstruction') return 'reconstructed';
  return claim.toBeChecked ? 'suspect' : 'clean';
}

/** Returns the fields that an entry takes from its claim. */
function contentOf(claim: Claim): Pick<Entry, keyof Entry & keyof Claim> {
  const { root, key, hash, possibleDuplicate, type, instantMs, entity } = claim;
  return { root, key, hash, possibleDuplicate, type, instantMs, entity };
}

function put(cell: Cell, old: Entry, entry: Entry): Cell {
  return cell.map((one) => (one === old ? entry : one));
}

function duplicate(cell: Cell, same: Entry, claim: Claim): Decision {
  const isExpected = same.possibleDuplicate || claim.possibleDuplicate;
  return isExpected ? drop(cell, 'possible-duplicate') : { cell, verdict: { act: 'duplicate' } };
}

function publish(cell: Cell, entry: Entry): Decision {
  const { supersedes, replacement } = entry;
  return { cell, verdict: { act: 'publish', supersedes, replacement, isRevision: isRevision(cell, entry) } };
}

function verify(cell: Cell): Decision {
  return { cell, verdict: { act: 'verify' } };
}

function deadLetter(cell: Cell, inferenceStands = false): Decision {
  return { cell, verdict: { act: 'dead-letter', inferenceStands } };
}

function conflict(cell: Cell, why: ConflictReason): Decision {
  return { cell, verdict: { act: 'conflict', why } };
}

function drop(cell: Cell, why: DropReason): Decision {
  return { cell, verdict: { act: 'drop', why } };
}
