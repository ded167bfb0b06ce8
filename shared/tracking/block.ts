import { InvariantError } from '../errors.ts';
import type { Entry } from './entry.ts';

/** How many consecutive ids one block holds. */
export const blockSize = 256;

/** The most entries of one id; each after the first is the same id seen under another key. */
export const maxEntries = 16;

/** What is known of 256 consecutive ids of a stream. Immutable. */
export interface Block {
  readonly index: number;
  /** 256 cells, an id each: its entries, the first one first. */
  readonly cells: readonly Cell[];
}

export type Cell = readonly Entry[];

export const emptyCell: Cell = [];

export function emptyBlock(index: number): Block {
  return { index, cells: new Array<Cell>(blockSize).fill(emptyCell) };
}

/** The block that an id is in. */
export function blockIndex(eventId: number): number {
  return Math.floor(eventId / blockSize);
}

/** The place of an id in its block. */
export function cellIndex(eventId: number): number {
  return eventId % blockSize;
}

/** The lowest id of a block. */
export function firstId(index: number): number {
  return index * blockSize;
}

/** The ids of a block, from its lowest to its highest. */
export function idsOf(index: number): { readonly from: number; readonly to: number } {
  return { from: firstId(index), to: firstId(index + 1) - 1 };
}

export function cellOf(block: Block, eventId: number): Cell {
  if (blockIndex(eventId) !== block.index) throw new InvariantError(`id ${eventId} is not in block ${block.index}`);
  return block.cells[cellIndex(eventId)] ?? emptyCell;
}

/** The lowest id with an entry. */
export function lowestId(block: Block): number | undefined {
  const at = block.cells.findIndex((cell) => cell.length > 0);
  return at < 0 ? undefined : firstId(block.index) + at;
}

/** The highest id with an entry. */
export function highestId(block: Block): number | undefined {
  const at = block.cells.findLastIndex((cell) => cell.length > 0);
  return at < 0 ? undefined : firstId(block.index) + at;
}
