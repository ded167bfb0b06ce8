import { firstId, type Block } from '../tracking/block.ts';
import { countRevisions } from '../tracking/revisions.ts';
import type { Range } from './range.ts';

/**
 * The least number of ids of a run. A producer that corrects single events makes shorter runs. A sequence that begins
 * again makes longer ones.
 */
const minRunIds = 3;
/** The least number of ids with revisions among others. */
const minScatteredIds = 4;

/**
 * A range in which every id with an entry holds a revision, or, if it is a {@link scatteredRun}, most of them. It begins
 * and ends with such an id.
 */
export interface RevisionRun extends Range {
  /** The number of ids with revisions. It is less than the size of the range if ids without an entry lie between them. */
  readonly ids: number;
}

/**
 * Finds runs of ids that all hold revisions. Such a run means that numbering restarted, or that two producers share the
 * stream. Ids without an entry do not end a run, because numbers may be missing in both sequences, or grow by ten.
 *
 *     id       1  2  3  4  5  6  7  8  9
 *     events   2  2  1  2  ·  3  2  1  1
 *     runs              4 ─────  7            1–2 is too short
 */
export class RevisionRunFinder {
  private readonly minIds: number;
  private readonly ended: RevisionRun[] = [];
  private current: RevisionRun | undefined;

  constructor(minIds = minRunIds) {
    this.minIds = minIds;
  }

  /** Looks at a block. Blocks must come in ascending order. */
  see({ index, cells }: Block): void {
    cells.forEach((cell, i) => {
      if (cell.length > 0) this.seeId(firstId(index) + i, countRevisions(cell) > 0);
    });
  }

  /** Returns the runs that were found so far, ascending. */
  runs(): readonly RevisionRun[] {
    return [...this.ended, ...(this.current ? [this.current] : [])].filter(({ ids }) => ids >= this.minIds);
  }

  private seeId(id: number, isRevised: boolean): void {
    if (isRevised) {
      this.current = { from: this.current?.from ?? id, to: id, ids: (this.current?.ids ?? 0) + 1 };
      return;
    }
    if (this.current && this.current.ids >= this.minIds) this.ended.push(this.current);
    this.current = undefined;
  }
}

/** Returns the runs of ids in some blocks, ascending, that all hold revisions. */
export function revisionRuns(blocks: Iterable<Block>, minIds?: number): readonly RevisionRun[] {
  const finder = new RevisionRunFinder(minIds);
  for (const block of blocks) finder.see(block);
  return finder.runs();
}

/**
 * Returns the runs of a block, or else the range in which most ids hold revisions: at least four of them. So a sequence
 * that began again is also seen if it lost events, and no three of its ids follow one another.
 *
 *     events   2 2 1 1 2 2 1      1–6: four of six ids hold revisions
 */
export function runsInBlock(block: Block): readonly RevisionRun[] {
  const runs = revisionRuns([block]);
  return runs.length > 0 ? runs : scatteredRun(block);
}

/** Returns the range from the first to the last id of a block that holds a revision, if most ids of it do. */
function scatteredRun({ index, cells }: Block): readonly RevisionRun[] {
  const revised: number[] = [];
  for (const [i, cell] of cells.entries()) if (countRevisions(cell) > 0) revised.push(i);
  if (revised.length < minScatteredIds) return [];
  const [first = 0, last = first] = [revised[0], revised.at(-1)];
  const held = cells.slice(first, last + 1).filter((cell) => cell.length > 0).length;
  const isMost = 2 * revised.length > held;
  return isMost ? [{ from: firstId(index) + first, to: firstId(index) + last, ids: revised.length }] : [];
}
