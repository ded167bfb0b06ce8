import { InvariantError, RetryableError } from '../errors.ts';
import { blockSize, type Block } from './block.ts';
import { decodeFormat2 } from './block-format-2.ts';
import { entryLayout, readEntry, writeEntry, type Entry } from './entry.ts';
import { storedBytes, type TypeNumbers } from './stored-field.ts';
import { revisionsIn } from './revisions.ts';
import { eventTotalsOf, totalsOf, unpublishedIn, unsettledIn, type Totals } from './totals.ts';
import type { BlockRef } from '../ports.ts';

/**
 * The version of the layout below. An instance that reads a newer version nacks, so that old and new code can run side
 * by side. Since version 2 a block has totals. Version 3 has only the entries that exist, and keeps more of each.
 */
export const blockFormat = 3;

/**
 * A block as it is stored. Its totals serve sums over many blocks. Code that reads the block counts its entries
 * instead.
 *
 *   entries   for each entry a byte with its cell, then the entry as entry.ts declares it; cell by cell, the oldest first
 *   types     the names of the types; an entry has the number of its type, from 1
 *
 * The largest block, with 4,096 entries and 255 type names of 512 bytes, has some 360 kB. That is below Firestore's
 * limit of 1 MiB. So no producer can fill a block so that other ids cannot be written.
 */
export interface BlockDocument extends Totals {
  readonly index: number;
  readonly format: number;
  readonly entries: Uint8Array;
  /** Only in blocks of format 2 and older. */
  readonly further?: Uint8Array | undefined;
  readonly types: readonly string[];
  /**
   * The number of entries that are accepted and not known to be published; in a bucket or a page also those that are
   * with verify. Absent if it is 0, so that few blocks are in its index.
   */
  readonly unpublished: number | undefined;
  /**
   * The number of revisions. Absent if it is 0, so that few blocks are in its index. A release that does not know the
   * field does not change it: blocks of such a release get their number when they are written next.
   */
  readonly revisions: number | undefined;
}

/** The size of a stored entry with its cell, in bytes. */
export const storedEntryBytes = 1 + entryLayout.bytes;
const maxTypes = 255;
/** The maximum size of a stored block (a Firestore document holds at most 1,048,576 bytes). */
const maxDocumentBytes = 900 * 1024;

/** The kind of a document. A block of ids counts its revisions, and a bucket or a page does not. */
export type StoredAs = Pick<BlockRef, 'isBucket' | 'page'>;

/** @throws InvariantError if the block is too large to store. */
export function encodeBlock(block: Block, { isBucket = false, page = '' }: StoredAs = {}): BlockDocument {
  const types = new BlockTypes([]);
  const count = block.cells.reduce((sum, cell) => sum + cell.length, 0);
  const entries = Buffer.alloc(count * storedEntryBytes);
  let at = 0;
  block.cells.forEach((cell, place) => {
    for (const entry of cell) {
      entries[at] = place;
      writeEntry(entries, at + 1, entry, types);
      at += storedEntryBytes;
    }
  });
  const { names } = types;
  const bytes = entries.length + names.reduce((sum, type) => sum + Buffer.byteLength(type), 0);
  if (bytes > maxDocumentBytes) throw new InvariantError(`block ${block.index} would have ${bytes} bytes`);
  const isApart = isBucket || page !== '';
  const unpublished = isApart ? unsettledIn(block) : unpublishedIn(block);
  const sparse = {
    unpublished: unpublished || undefined,
    revisions: (isApart ? 0 : revisionsIn(block)) || undefined,
  };
  return {
    index: block.index,
    format: blockFormat,
    entries,
    further: undefined,
    types: names,
    ...(isBucket ? eventTotalsOf(block.cells) : totalsOf(block.cells)),
    ...sparse,
  };
}

/** A block that newer code has written. Deliveries retry until this instance is replaced by newer code. */
export class NewerBlock extends RetryableError {
  readonly index: number;

  constructor({ index, format }: BlockDocument) {
    super(`block ${index} cannot be read: it has format ${format}, newer than ${blockFormat}`);
    this.index = index;
  }
}

/** A stored block that is malformed. */
export class DamagedBlock extends InvariantError {
  readonly index: number;

  constructor(index: number, options?: ErrorOptions) {
    super(`block ${index} cannot be read: it is damaged`, options);
    this.index = index;
  }
}

/** @throws NewerBlock, DamagedBlock */
export function decodeBlock(document: BlockDocument): Block {
  const { index, format } = document;
  if (format > blockFormat) throw new NewerBlock(document);
  try {
    return blockOf(document);
  } catch (error) {
    throw new DamagedBlock(index, { cause: error });
  }
}

function blockOf(document: BlockDocument): Block {
  if (!(document.format <= blockFormat)) throw new InvariantError('a stored block has no format');
  const types = new BlockTypes(document.types);
  if (document.format < 3) return { index: document.index, cells: decodeFormat2(document, types) };
  const entries = storedBytes(document.entries);
  const empty: Entry[] = [];
  const cells = new Array<Entry[]>(blockSize).fill(empty);
  for (let at = 0; at < entries.bytes.length; at += storedEntryBytes) {
    const place = entries.bytes.readUInt8(at);
    const entry = readEntry(entries, at + 1, types);
    if (cells[place] === empty) cells[place] = [entry];
    else cells[place]?.push(entry);
  }
  return { index: document.index, cells };
}

/**
 * Numbers the types of a block. Types beyond the 255th are stored without a name, because the size of a block must be
 * bounded and types only serve inference.
 */
class BlockTypes implements TypeNumbers {
  readonly names: string[];
  private readonly numbers: Map<string, number>;

  constructor(names: readonly string[]) {
    this.names = [...names];
    this.numbers = new Map();
  }

  nameOf(number: number): string {
    return this.names[number - 1] ?? '';
  }

  numberOf(type: string): number {
    if (type === '') return 0;
    const known = this.numbers.get(type);
    if (known !== undefined) return known;
    if (this.names.length >= maxTypes) return 0;
    this.numbers.set(type, this.names.push(type));
    return this.names.length;
  }
}
