import type { Cell } from './block.ts';
import type { Claim } from './claim.ts';
import { asConflict, asDeadLetter, asPublish, drop, take, toVerify, type Decision } from './decision.ts';
import type { Entry } from './entry.ts';

/** The highest number of a replacement: an entry has one byte for it. */
export const maxReplacement = 255;

/**
 * Decides on a published event that is checked again, and on the answer about it. Both find the entry by key and content,
 * never by root, because their root is that of the request.
 *
 *     answer      the same as before, verified, unverified      corrected                  refused
 *     becomes     dropped                                       supersedes the event       a dead letter
 */
export function decideRecheck(cell: Cell, claim: Claim): Decision {
  const entry = publishedEntry(cell, claim);
  if (!entry) return drop(cell, 'not-published');
  if (claim.kind === 'failure' || claim.kind === 'refusal') return asDeadLetter(cell);
  if (claim.answer === undefined) return toVerify(cell);
  if (entry.answer === claim.answer) {
    const isUnderway = entry.root === claim.root && !entry.published;
    return isUnderway ? asPublish(cell, entry) : drop(cell, 'found-right');
  }
  if (claim.origin !== 'corrected') return drop(cell, 'found-right');
  if (entry.replacement === maxReplacement) return asConflict(cell, 'other-content');
  return take(cell, claim, { supersedes: true, replacement: entry.replacement + 1 });
}

/**
 * Returns the entry of the event that stands under the claim's key. Undefined if its content is another one than that
 * which is checked again. The entry of an event that an answer edited has the hash of the producer's content.
 */
function publishedEntry(cell: Cell, { key, hash }: Claim): Entry | undefined {
  const last = cell.findLast((entry) => entry.key === key && entry.state === 'clean');
  return last && (last.hash === hash || last.answer !== 0) ? last : undefined;
}
