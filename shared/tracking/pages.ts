import type { Digest } from '../digest.ts';
import { InvariantError } from '../errors.ts';
import type { Cell } from './block.ts';
import type { BlockVerdict, Claim } from './claim.ts';
import { asConflict, asDeadLetter, drop, put, take, type Decision } from './decision.ts';
import { hasInferenceBefore, type Entry } from './entry.ts';
import { underKnownIdentity } from './event-identity.ts';
import { decide, decideAmongOwn } from './rules.ts';

/*
 * A full block leads on to pages. The claim of an event that would need a further entry is made on the page of its key.
 * A page fills in the same way, and leads on to further pages.
 *
 *     block (full) ─► page 3 (full) ─► page 3a
 *                  └► page 7
 *
 * A claim goes on only if it would add an entry. Entries are never removed, so a block that leads a key on once leads it
 * on for ever, and whether to go on needs no fresh read.
 */

/** The outcome of a claim on one block or page. */
export interface PagedDecision {
  readonly cell: Cell;
  readonly verdict: BlockVerdict;
}

/** Where a claim is decided. */
export interface PagePosition {
  /** The path of the page; empty for the block itself. */
  readonly page: string;
  readonly isFull: boolean;
}

/** Decides a claim on a block or a page. */
export function decideOn(cell: Cell, claim: Claim, { page, isFull }: PagePosition): PagedDecision {
  if (claim.isLeaving) return leave(cell, claim, { page, isFull });
  const known = underKnownIdentity(cell, claim);
  if (isFull && leadsOn(cell, known, page)) return goOn(cell, known, page);
  return page === '' ? decide(cell, claim) : decideOnPage(cell, claim, known);
}

/** A page has no first entry of an id, so only entries with the claim's key or root count. */
function decideOnPage(cell: Cell, claim: Claim, known: Claim): PagedDecision {
  const { inferenceBefore = false, kind } = claim;
  const step =
    claim.isRecheck === true || cell.some((entry) => isOwn(entry, known))
      ? decideAmongOwn(cell, known)
      : kind === 'failure' || kind === 'refusal'
        ? asDeadLetter(cell, inferenceBefore)
        : take(cell, claim, { supersedes: inferenceBefore });
  if (step.verdict.act !== 'publish') return step;
  const isRevision = claim.place === undefined && step.verdict.replacement === 0;
  return { ...step, verdict: { ...step.verdict, isRevision, isFormer: known !== claim } };
}

function isOwn({ key, root }: Entry, claim: Claim): boolean {
  return key === claim.key || root === claim.root;
}

/**
 * Whether a full block or page has nothing to say about a claim, so that a page below decides it. An operator's edit to
 * another key goes on too: its key may have an entry on a page.
 */
function leadsOn(cell: Cell, claim: Claim, page: string): boolean {
  const { kind, key, root, origin, replay } = claim;
  if (kind === 'void' || kind === 'reconstruction' || (page === '' && cell.length === 0)) return false;
  if (cell.some((entry) => entry.key === key || entry.state === 'reconstructed')) return false;
  const own = cell.find((entry) => entry.root === root);
  if (!own) return true;
  if (kind === 'failure') return false;
  return origin === 'replayed' || (own.state === 'closed' && replay > 0 && replay >= own.replay);
}

/**
 * Sends a claim on to the page of its key. If it is an edit, its entry is closed first, under the number of the replay:
 * otherwise an answer could still publish it under the key before the edit.
 */
function goOn(cell: Cell, claim: Claim, page: string): PagedDecision {
  const inferenceBefore =
    claim.inferenceBefore === true || (claim.place === undefined && cell.some(hasInferenceBefore));
  const verdict = { act: 'go-on', digit: digitOf(claim.key, page.length), inferenceBefore } as const;
  const own = cell.find(({ root }) => root === claim.root);
  if (!own || claim.origin !== 'replayed') return { cell, verdict };
  const left = closeOwn(cell, own, claim);
  return left.verdict.act === 'close' ? { cell: left.cell, verdict } : left;
}

/**
 * Decides the claim of an edit that leaves its place. A full block may have led its entry on to a page. If the root has
 * no entry yet, it gets a closed one: the message before the edit may still come.
 */
function leave(cell: Cell, claim: Claim, { page, isFull }: PagePosition): PagedDecision {
  const own = cell.find(({ root }) => root === claim.root);
  if (own) return closeOwn(cell, own, claim);
  // An id without any entry stays as it is, because its event may be missing.
  const mayClose = cell.length > 0 || claim.place !== undefined;
  if (!isFull)
    return { cell: mayClose ? take(cell, { ...claim, kind: 'failure' }).cell : cell, verdict: { act: 'close' } };
  return { cell, verdict: { act: 'go-on', digit: digitOf(claim.key, page.length), inferenceBefore: false } };
}

/** Closes the entry of an edit under the number of the replay. What was accepted or published stays: a conflict. */
function closeOwn(cell: Cell, own: Entry, { replay }: Claim): Decision {
  if (replay < own.replay) return drop(cell, 'earlier-replay');
  if (own.state === 'clean' || own.state === 'reconstructed') return asConflict(cell, 'other-content');
  const verdict = { act: 'close' } as const;
  if (own.state === 'closed' && own.replay === replay) return { cell, verdict };
  return { cell: put(cell, own, { ...own, state: 'closed', replay }), verdict };
}

/**
 * Returns a hexadecimal digit of a key's digest. The first byte is left out: it is the cell in an unnumbered stream.
 *
 * @throws InvariantError if the digest has no further digit. No page is that deep: each is full before it leads on.
 */
export function digitOf(key: Digest, level: number): string {
  const byte = key.charCodeAt(1 + (level >> 1));
  if (Number.isNaN(byte)) throw new InvariantError(`the pages of a block go on after ${level} levels`);
  return (level % 2 === 0 ? byte >> 4 : byte & 15).toString(16);
}
