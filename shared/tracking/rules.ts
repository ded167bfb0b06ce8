import type { Cell } from './block.ts';
import type { Claim } from './claim.ts';
import {
  asConflict,
  asDeadLetter,
  drop,
  asDuplicate,
  put,
  asPublish,
  publishCleared,
  take,
  toVerify,
  type Decision,
} from './decision.ts';
import { hasInferenceBefore, type Entry } from './entry.ts';
import { isSameEvent, sameKey, underKnownIdentity } from './event-identity.ts';
import { decideRecheck, maxReplacement } from './recheck.ts';

/**
 * Decides one claim on one id, or on one place of an unnumbered stream. In an unnumbered stream strangers share a cell,
 * so the rules see only the entries with the claim's key or root.
 */
export function decide(cell: Cell, claim: Claim): Decision {
  const known = underKnownIdentity(cell, claim);
  const step = known.place === undefined ? decideAmong(cell, known) : decideAmongOwn(cell, known);
  if (known === claim || step.verdict.act !== 'publish') return step;
  return { ...step, verdict: { ...step.verdict, isFormer: true } };
}

/** Decides a claim by the entries of a cell that have its key or its root. */
export function decideAmongOwn(cell: Cell, claim: Claim): Decision {
  const isOwn = ({ key, root }: Entry): boolean => key === claim.key || root === claim.root;
  const own = cell.filter(isOwn);
  const step = decideAmong(own, claim);
  const after = step.cell === own ? cell : [...cell.filter((entry) => !isOwn(entry)), ...step.cell];
  return { ...step, cell: after };
}

/** Each comment is a rule, and the first rule that applies decides. */
function decideAmong(cell: Cell, claim: Claim): Decision {
  // 0. The event was published, and is checked again.
  if (claim.isRecheck === true) return decideRecheck(cell, claim);
  // 1. The id has an entry of the message's own root: the message was here before.
  const own = cell.find((entry) => entry.root === claim.root);
  if (own) return decideAgain(cell, own, claim);
  // 1a. The message is an answer of verify about an event whose entry another message has taken: it is dropped. A
  // refusal of other content is not: its letter may not have been published yet.
  const same = sameKey(cell, claim);
  if (same && claim.answer !== undefined && !isRefusalOfOther(same, claim))
    return drop(cell, isLost(same, claim) ? 'overtaken-by-other' : 'overtaken');
  // 1b. In an unnumbered stream, the message or the entry with its key was recovered: they are copies.
  if (same && isCopyOfRecovered(cell, claim)) {
    if (claim.origin !== 'replayed') return drop(cell, 'recovered-copy');
    if (!claim.replace) return { cell, verdict: { act: 'duplicate' } };
  }
  // 2. The message is a reconstruction, and the id has an entry: the reconstruction is no longer needed.
  if (claim.kind === 'reconstruction' && cell.length > 0) return drop(cell, 'inference-not-needed');
  // 3. The message is a refusal of an event that the id does not hold: it is dead-lettered.
  if (claim.kind === 'refusal') return asDeadLetter(cell);
  // 4. The id has no entry: the message takes it.
  const [only] = cell;
  if (only === undefined) return take(cell, claim);
  // 5. The only entry is closed: the message usually takes its place.
  if (cell.length === 1 && only.state === 'closed') return decideClosed(cell, only, claim);
  // 6. An entry is reconstructed: the original supersedes it.
  const inferred = cell.find((entry) => entry.state === 'reconstructed');
  if (inferred) return decideOriginal(cell, inferred, claim);
  // 7. The message is a void or a failure, and the id has an entry: a void is a conflict, a failure is dead-lettered.
  if (claim.kind === 'void') return asConflict(cell, 'seen-before-void');
  if (claim.kind === 'failure') return asDeadLetter(cell);
  // 8. An entry has the same key: the message is a copy, a conflict, or takes its place.
  if (same) return decideSameKey(cell, same, claim);
  // 9. The entries have other keys: the message becomes a further entry. If it is published, it is a revision.
  return takeFurther(cell, claim);
}

/** Rule 1: a message of this root was seen before. It is delivered again, comes back from verify, or is replayed. */
function decideAgain(before: Cell, found: Entry, claim: Claim): Decision {
  if (claim.replay < found.replay) return drop(before, 'earlier-replay');
  const isRejected = claim.kind === 'failure' || claim.kind === 'refusal';
  if (isAnsweredReplay(found, claim) && !isRejected) return drop(before, 'already-closed');
  if (!isSameEvent(found, claim))
    return found.state === 'reconstructed' ? drop(before, 'inference-not-needed') : decideEdited(before, found, claim);
  const own = underReplay(before, found, claim);
  const cell = own === found ? before : put(before, found, own);
  switch (own.state) {
    case 'reconstructed':
      return own.published ? drop(cell, 'already-published') : asPublish(cell, own);
    case 'clean':
      return decideCleanAgain(cell, own, claim, isRejected);
    case 'closed':
      if (isRejected) return asDeadLetter(cell, hasInferenceBefore(own));
      if (claim.kind !== 'void' && claim.origin === 'replayed') return take(cell, claim, { insteadOf: own });
      return drop(cell, 'already-closed');
    case 'suspect':
      if (isRejected) return asDeadLetter(put(cell, own, { ...own, state: 'closed' }), hasInferenceBefore(own));
      return claim.toBeChecked ? toVerify(cell) : publishCleared(cell, own, claim);
  }
}

/** Whether a replay made the entry and was refused. A further delivery of the same replay does not begin anew. */
function isAnsweredReplay(own: Entry, { origin, replay }: Claim): boolean {
  return own.state === 'closed' && origin === 'replayed' && replay > 0 && replay === own.replay;
}

/**
 * Rule 1: a replay with a higher number goes on with the entry under its number, and late messages of earlier replays
 * are dropped from then on. The event is checked anew, so the answer of the round before no longer counts. That answer
 * may have been published, so the next one supersedes it. An entry that supersedes an inference keeps its key, because
 * a message can supersede one event only. An entry whose content an operator has replaced keeps its key too: the replacement
 * supersedes whatever is published there.
 */
function underReplay(cell: Cell, own: Entry, { replay }: Claim): Entry {
  const goesOn = own.state === 'suspect' || (own.state === 'clean' && !own.published);
  if (replay <= own.replay || !goesOn) return own;
  const mayBePublished = own.state === 'clean' && own.answer !== 0 && !hasInferenceBefore(own);
  const isReplaced = cell.some(({ key, replacement }) => key === own.key && replacement > own.replacement);
  if (!mayBePublished || isReplaced) return { ...own, replay, answer: 0 };
  return { ...own, replay, answer: 0, supersedes: true, replacement: Math.min(own.replacement + 1, maxReplacement) };
}

/** Rule 1, if the event is clean. It is published again as long as the publish is not known to have succeeded. */
function decideCleanAgain(cell: Cell, own: Entry, claim: Claim, isRejected: boolean): Decision {
  if (own.published) return drop(cell, 'already-published');
  if (claim.kind === 'void') return drop(cell, 'already-accounted-for');
  // Two answers may differ, and both would be published under one key. So the first one stands.
  const isFirstAnswer = own.answer === 0 && own.replay > 0 && own.replay === claim.replay;
  if (claim.answer !== undefined && claim.answer !== own.answer && !isFirstAnswer) return drop(cell, 'other-answer');
  if (isRejected) return asDeadLetter(cell);
  if (claim.toBeChecked) return toVerify(cell);
  return claim.answer !== undefined && own.answer === 0 ? publishCleared(cell, own, claim) : asPublish(cell, own);
}

/**
 * Rule 1, if the key or content differs from the entry's: the message or the entry is an operator's edit. A redelivery
 * of the producer's message must not be published under the key of the edit. A clean entry stays as it is.
 */
function decideEdited(cell: Cell, own: Entry, claim: Claim): Decision {
  if (claim.origin !== 'replayed') return drop(cell, 'already-accounted-for');
  if (claim.kind === 'failure') return asDeadLetter(cell);
  if (own.state === 'clean') return asConflict(cell, 'other-content');
  const others = cell.filter((entry) => entry !== own);
  const other = sameKey(others, claim);
  const isReplacement = claim.replace && own.key === claim.key;
  if (other === undefined || isReplacement) return take(cell, claim, { insteadOf: own });
  return other.hash === claim.hash ? asDuplicate(cell, other, claim) : asConflict(cell, 'other-content');
}

/**
 * Rule 1a: whether the message refuses content that the entry does not hold. An instance may have crashed after it closed
 * the refused entry and before it published the letter. Another message could take the entry meanwhile.
 */
function isRefusalOfOther(same: Entry, { kind, hash }: Claim): boolean {
  return kind === 'refusal' && same.hash !== hash;
}

/** Rule 1a: whether the content that verify calls right is not the content that was accepted. */
function isLost(same: Entry, { origin, hash }: Claim): boolean {
  return origin === 'verified' && same.hash !== hash;
}

/**
 * Rule 1b: whether the message and an entry are copies whatever their contents, because one of them was recovered: a
 * system of record writes an event in its own way.
 */
function isCopyOfRecovered(cell: Cell, { place, kind, key, isRecovered }: Claim): boolean {
  if (place === undefined) return false;
  if (isRecovered) return kind === 'event' || kind === 'failure';
  return kind === 'event' && cell.some((entry) => entry.key === key && entry.recovered && entry.state === 'clean');
}

/**
 * Rule 5: the id is closed. Nothing was published for it but perhaps an inferred event, which stands if its original was
 * refused. So almost any message may take it.
 */
function decideClosed(cell: Cell, only: Entry, claim: Claim): Decision {
  if (claim.kind === 'failure') return asDeadLetter(cell);
  if (claim.kind === 'void')
    return hasInferenceBefore(only) ? asConflict(cell, 'inferred-before-void') : drop(cell, 'already-closed');
  const isCopy = isSameEvent(only, claim) && claim.toBeChecked;
  return isCopy ? asDuplicate(cell, only, claim) : take(cell, claim, { insteadOf: only });
}

/** Rule 6: the id has an inferred event, and the original arrives. */
function decideOriginal(cell: Cell, inferred: Entry, claim: Claim): Decision {
  if (claim.kind === 'failure') return asDeadLetter(cell, true);
  if (claim.kind === 'void') return asConflict(cell, 'inferred-before-void');
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
  if (isCopy) return asDuplicate(cell, same, claim);
  if (!isReplacement || same.replacement === maxReplacement) return asConflict(cell, 'other-content');
  // Nothing was published for a suspect entry, so there is nothing to supersede.
  return same.state === 'suspect' ? take(cell, claim, { insteadOf: same }) : takeReplacement(cell, same, claim);
}

/**
 * Rule 8, for an operator's replacement. It gets an entry of its own, so that copies of both contents are still
 * recognised, and a late redelivery of the replaced message still finds its own root.
 */
function takeReplacement(cell: Cell, same: Entry, claim: Claim): Decision {
  return take(cell, claim, { supersedes: true, replacement: same.replacement + 1 });
}

/**
 * Rule 9: a further entry. If another entry supersedes an inference, the further entry supersedes it too, because the
 * further entry may be the one that is published.
 */
function takeFurther(cell: Cell, claim: Claim): Decision {
  return take(cell, claim, { supersedes: cell.some(hasInferenceBefore) });
}
