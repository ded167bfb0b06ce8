import type { BlockStore } from '../ports.ts';
import { firstId, type Block, type Cell } from '../tracking/block.ts';
import { isVoided, type Entry } from '../tracking/entry.ts';

/** The state of each id of a block, in order. It has a hundredth of the size of the entries. */
export interface BlockOutline {
  readonly index: number;
  readonly marks: Uint8Array;
}

/** The marks of an id. A void and an inferred event are entries, but no events of a producer. */
const [noEntry, noEvent, hasEvent] = [0, 1, 2];

/** Reads the outlines of the stored blocks of a range of indexes, both included, ascending. */
export interface Outlines {
  outlines(stream: string, from: number, to: number): AsyncIterable<BlockOutline>;
}

export function outlineOf({ index, cells }: Block): BlockOutline {
  const marks = new Uint8Array(cells.length);
  // One pass, because `from` with a function takes ten times longer.
  for (const [place, cell] of cells.entries()) marks[place] = markOf(cell);
  return { index, marks };
}

function markOf(cell: Cell): number {
  if (cell.length === 0) return noEntry;
  return cell.some(isEvent) ? hasEvent : noEvent;
}

/** Reads outlines from a store of blocks. */
export function outlinesIn(blocks: Pick<BlockStore, 'scan'>): Outlines {
  return {
    async *outlines(...range) {
      for await (const block of blocks.scan(...range)) yield outlineOf(block);
    },
  };
}

/** Returns the ids that have an entry, ascending. */
export function idsWithEntryIn(outline: BlockOutline): readonly number[] {
  return idsWhere(outline, (mark) => mark !== noEntry);
}

/** Returns the ids of the events in a block, ascending. */
export function eventIdsIn(outline: BlockOutline): readonly number[] {
  return idsWhere(outline, (mark) => mark === hasEvent);
}

function idsWhere({ index, marks }: BlockOutline, isIt: (mark: number) => boolean): readonly number[] {
  const ids: number[] = [];
  for (const [place, mark] of marks.entries()) if (isIt(mark)) ids.push(firstId(index) + place);
  return ids;
}

function isEvent(entry: Entry): boolean {
  return entry.state !== 'reconstructed' && !isVoided(entry);
}
