import type { Cell } from './block.ts';
import type { Claim } from './claim.ts';
import type { Entry } from './entry.ts';

/** Whether an entry holds the event of a claim: the same key and the same content. */
export function isSameEvent(entry: Entry, claim: Pick<Claim, 'key' | 'hash'>): boolean {
  return entry.key === claim.key && entry.hash === claim.hash;
}

/**
 * Returns the entry with the claim's key. If an operator has replaced the content, there are several. Then it returns
 * the one with the same content, or else the latest. A closed entry counts only if there is no other: an operator's edit
 * that leaves its place closes an entry beside that of the event which holds the key.
 */
export function sameKey(cell: Cell, claim: Claim): Entry | undefined {
  const all = cell.filter((entry) => entry.key === claim.key);
  const open = all.filter(({ state }) => state !== 'closed');
  const same = open.length > 0 ? open : all;
  return same.find((entry) => entry.hash === claim.hash) ?? same.at(-1);
}

/**
 * Returns the claim under the identity that the cell knows. While the rules of identity change, a message has two: that
 * of the rules before, or of those to come, is in `formerly`. An entry that has either is the message's own, and the
 * message goes on under the entry's, so that consumers see one event under one key. Returns the same object if the
 * identity stays.
 *
 * The entry of the message's own root decides first, then an entry with the same key and content, then one with the
 * same key.
 */
export function underKnownIdentity(cell: Cell, claim: Claim): Claim {
  if (!claim.formerly) return claim;
  const former: Claim = { ...claim, ...claim.formerly };
  const own = cell.find(({ root }) => root === claim.root);
  if (own && isSameEvent(own, claim)) return claim;
  if (own && isSameEvent(own, former)) return former;
  if (cell.some((entry) => isSameEvent(entry, claim))) return claim;
  if (cell.some((entry) => isSameEvent(entry, former))) return former;
  if (cell.some(({ key }) => key === claim.key)) return claim;
  return cell.some(({ key }) => key === former.key) ? former : claim;
}
