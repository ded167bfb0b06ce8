import { InvariantError } from '../errors.ts';
import type { Entry } from './entry.ts';

/** The number of consecutive ids in a block. */
export const blockSize = 256;

/**
 * The number of further entries with which a block is full: of entries that are not the first of their id. Such a block
 * stays full, because no entry is ever removed. First entries and an operator's replacements still have room.
 */
export const maxFurther = 3_840;

/** The entries of 256 consecutive ids of a stream. Immutable. */
export interface Block {
  readonly index: number;
  /** 256 cells, one for each id. A cell has the entries of its id, the oldest first. */
  readonly cells: readonly Cell[];
}

export type Cell = readonly Entry[];

export const emptyCell: Cell = [];

export function emptyBlock(index: number): Block {
  return { index, cells: new Array<Cell>(blockSize).fill(emptyCell) };
}

/** Returns the index of the block of an id. */
export function blockIndex(eventId: number): number {
  return Math.floor(eventId / blockSize);
}

/** Returns the position of an id in its block. */
export function cellIndex(eventId: number): number {
  return eventId % blockSize;
}

/** Returns the lowest id of a block. */
export function firstId(index: number): number {
  return index * blockSize;
}

/** Returns the range of ids of a block. */
export function idsOf(index: number): { readonly from: number; readonly to: number } {
  return { from: firstId(index), to: firstId(index + 1) - 1 };
}

export function cellOf(block: Block, eventId: number): Cell {
  if (blockIndex(eventId) !== block.index) throw new InvariantError(`id ${eventId} is not in block ${block.index}`);
  return block.cells[cellIndex(eventId)] ?? emptyCell;
}

/** Returns the number of entries that are not the first of their id. */
export function furtherIn({ cells }: Block): number {
  return cells.reduce((sum, cell) => sum + Math.max(0, cell.length - 1), 0);
}

/** Whether a block has no room for further entries, and leads on to pages. */
export function isFullBlock(block: Block): boolean {
  return furtherIn(block) >= maxFurther;
}

/** Returns the lowest id with an entry. */
export function lowestId(block: Block): number | undefined {
  const at = block.cells.findIndex((cell) => cell.length > 0);
  return at < 0 ? undefined : firstId(block.index) + at;
}

/** Returns the highest id with an entry. */
export function highestId(block: Block): number | undefined {
  const at = block.cells.findLastIndex((cell) => cell.length > 0);
  return at < 0 ? undefined : firstId(block.index) + at;
}

/** Returns the latest timestamp of the entries, in milliseconds since 1970. -Infinity if there is none. */
export function latestInstant({ cells }: Block): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const cell of cells) for (const { instantMs = latest } of cell) latest = Math.max(latest, instantMs);
  return latest;
}
