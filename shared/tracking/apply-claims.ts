import { cellIndex, cellOf, type Block, type Cell } from './block.ts';
import type { Claim, Verdict } from './claim.ts';
import { decide } from './rules.ts';
import type { Digest } from '../digest.ts';

export interface Applied {
  /** The block after all claims; the same object if none changed it, so that the caller can skip the write. */
  readonly block: Block;
  /** A verdict a claim, in the order of the claims. */
  readonly verdicts: readonly Verdict[];
}

/**
 * Applies claims to their block, one after the other: the step function that all tracking comes down to.
 *
 *     block  · · 2 · ·      applyClaims(block, [3, 2', 4])
 *          → · · 2 3 4      verdicts: publish, duplicate, publish
 */
export function applyClaims(block: Block, claims: readonly Claim[]): Applied {
  const draft = draftOf(block);
  const verdicts = claims.map((claim) => {
    const step = decide(draft.cell(claim.eventId), claim);
    draft.put(claim.eventId, step.cell);
    return step.verdict;
  });
  return { block: draft.block(), verdicts };
}

/** Something learned about an entry after its verdict, identified by id and root. */
export interface Mark {
  readonly eventId: number;
  readonly root: Digest;
  /** `published`: the publish succeeded. `withdrawn`: it was accepted, but its uuid belongs to another id, so nothing will be published. */
  readonly as: 'published' | 'withdrawn';
}

/** Notes marks in a block. Marks of entries that are gone, or have moved on, change nothing. */
export function applyMarks(block: Block, marks: readonly Mark[]): Block {
  const draft = draftOf(block);
  for (const mark of marks) draft.put(mark.eventId, marked(draft.cell(mark.eventId), mark));
  return draft.block();
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

/** A block in the making: copied at its first change. */
function draftOf(block: Block) {
  let cells: Cell[] | undefined;
  return {
    cell: (eventId: number): Cell => cellOf(cells ? { ...block, cells } : block, eventId),
    put: (eventId: number, cell: Cell): void => {
      const at = cellIndex(eventId);
      if ((cells ?? block.cells)[at] === cell) return;
      cells ??= [...block.cells];
      cells[at] = cell;
    },
    block: (): Block => (cells ? { ...block, cells } : block),
  };
}
