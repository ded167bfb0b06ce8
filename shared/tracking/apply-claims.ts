import { cellIndex, cellOf, firstId, furtherIn, maxFurther, type Block, type Cell } from './block.ts';
import type { BlockVerdict, Claim } from './claim.ts';
import { decideOn } from './pages.ts';
import { placeWithKey } from '../place.ts';
import type { Digest } from '../digest.ts';

export interface Applied {
  /**
   * The block after all claims. It is the same object if no claim changed it, so that the caller can skip the write.
   */
  readonly block: Block;
  /** A verdict for each claim, in the order of the claims. */
  readonly verdicts: readonly BlockVerdict[];
}

/**
 * Applies claims to their block, one after the other. This pure function is the core of tracking.
 *
 *     block  · · 2 · ·      applyClaims(block, [3, 2', 4])
 *          → · · 2 3 4      verdicts: publish, duplicate, publish
 *
 * @param page The path of the page that `block` is; empty for the block itself.
 * @param room The number of further entries with which a block is full.
 */
export function applyClaims(block: Block, claims: readonly Claim[], page = '', room = maxFurther): Applied {
  const draft = draftOf(block);
  let further = furtherIn(block);
  const verdicts = claims.map((given) => {
    const claim = underFormerPlace(draft.cell, given);
    const cell = draft.cell(claim.eventId);
    const step = decideOn(cell, claim, { page, isFull: further >= room });
    if (cell.length > 0) further += step.cell.length - cell.length;
    draft.put(claim.eventId, step.cell);
    return step.verdict;
  });
  return { block: draft.block(), verdicts };
}

/**
 * Returns the claim at the place of its identity under other rules, if that has its entry. In an unnumbered stream the
 * key decides the cell, so while the key is being changed an event has two cells of one bucket.
 */
function underFormerPlace(cellAt: (eventId: number) => Cell, claim: Claim): Claim {
  const { place, formerly, root, key } = claim;
  if (place === undefined || !formerly) return claim;
  const former = placeWithKey(place, formerly.key);
  const isKnownAt = (at: number, ofKey: Digest): boolean =>
    cellAt(at).some((entry) => entry.root === root || entry.key === ofKey);
  if (former === place || isKnownAt(place, key) || !isKnownAt(former, formerly.key)) return claim;
  return { ...claim, eventId: former, place: former };
}

/** A note about an entry that was made after its verdict. Place and root identify the entry. */
export interface Mark extends Pick<Claim, 'eventId'> {
  /** In an unnumbered stream. */
  readonly place?: number | undefined;
  /** The path of the page with the entry. */
  readonly page?: string;
  readonly root: Digest;
  /** `published`: the publish succeeded. `withdrawn`: the event is not published, because another id has its uuid. */
  readonly as: 'published' | 'withdrawn';
}

/** Applies marks to a block. A mark changes nothing if its entry is gone or has another state by now. */
export function applyMarks(block: Block, marks: readonly Mark[]): Block {
  const draft = draftOf(block);
  for (const mark of marks) {
    const at = markedPlace(block, mark);
    draft.put(at, marked(draft.cell(at), mark));
  }
  return draft.block();
}

/** Returns the place of a marked entry. While the key is being changed, that can be another cell of the bucket. */
function markedPlace({ index, cells }: Block, { eventId, place, root }: Mark): number {
  const isOf = (cell: Cell | undefined): boolean => cell?.some((entry) => entry.root === root) ?? false;
  if (place === undefined || isOf(cells[cellIndex(eventId)])) return eventId;
  const at = cells.findIndex(isOf);
  return at < 0 ? eventId : firstId(index) + at;
}

function marked(cell: Cell, mark: Mark): Cell {
  const at = cell.findIndex((entry) => entry.root === mark.root && !entry.published);
  const entry = cell[at];
  if (entry === undefined) return cell;
  if (mark.as === 'withdrawn') return entry.state === 'clean' ? cell.with(at, { ...entry, state: 'closed' }) : cell;
  return entry.state === 'clean' || entry.state === 'reconstructed'
    ? cell.with(at, { ...entry, published: true })
    : cell;
}

/** Makes a draft of a block, which copies the cells at the first change. */
function draftOf(block: Block) {
  let cells: Cell[] | undefined;
  return {
    cell: (eventId: number): Cell => cellOf({ index: block.index, cells: cells ?? block.cells }, eventId),
    put: (eventId: number, cell: Cell): void => {
      const at = cellIndex(eventId);
      if ((cells ?? block.cells)[at] === cell) return;
      cells ??= [...block.cells];
      cells[at] = cell;
    },
    block: (): Block => (cells ? { ...block, cells } : block),
  };
}
