import { InvariantError, RetryableError } from '../errors.ts';
import { blockSize, emptyBlock, type Block, type Cell } from './block.ts';
import { entryLayout } from './entry.ts';
import type { StoredBytes, TypeNumbers } from './stored-field.ts';
import { revisionsIn } from './revisions.ts';
import { totalsOf, unpublishedIn, type Totals } from './totals.ts';

/**
 * The version of the layout below. An instance that reads a newer version nacks, so that old and new code can run side
 * by side. Since version 2 a block has totals. Older code would write entries without updating them.
 */
export const blockFormat = 2;

/**
 * A block as it is stored. Its totals serve sums over many blocks. Code that reads the block counts its entries
 * instead.
 *
 *   entries   the first entry of each id at its place, as entry.ts declares it; all zero where there is none
 *   further   for each, a byte with the place in the block, then the entry; in the order in which they came
 *   types     the names of the types; an entry has the number of its type, from 1
 *
 * The largest block, with 3,840 further entries and 255 type names of 512 bytes, has some 340 kB. That is below
 * Firestore's limit of 1 MiB. So no producer can fill a block so that other ids cannot be written.
 */
export interface BlockDocument extends Totals {
  readonly index: number;
  readonly format: number;
  readonly entries: Uint8Array;
  readonly further: Uint8Array;
  readonly types: readonly string[];
  /**
   * The number of entries that are accepted and not known to be published. Absent if it is 0, so that few blocks are in
   * its index.
   */
  readonly unpublished: number | undefined;
  /**
   * The number of revisions. Absent if it is 0, so that few blocks are in its index. A release that does not know the
   * field does not change it: blocks of such a release get their number when they are written next.
   */
  readonly revisions: number | undefined;
}

const entryBytes = entryLayout.bytes;
const furtherBytes = 1 + entryBytes;
const maxTypes = 255;
/** The maximum size of a stored block (a Firestore document holds at most 1,048,576 bytes). */
const maxDocumentBytes = 900 * 1024;

/** @throws InvariantError if the block is too large to store. */
export function encodeBlock(block: Block): BlockDocument {
  const types = new BlockTypes([]);
  const entries = Buffer.alloc(blockSize * entryBytes);
  const furtherCount = block.cells.reduce((sum, cell) => sum + Math.max(0, cell.length - 1), 0);
  const further = Buffer.alloc(furtherCount * furtherBytes);
  let at = 0;
  block.cells.forEach((cell, place) => {
    cell.forEach((entry, i) => {
      if (i === 0) {
        entryLayout.write(entries, place * entryBytes, entry, types);
        return;
      }
      further[at] = place;
      entryLayout.write(further, at + 1, entry, types);
      at += furtherBytes;
    });
  });
  const { names } = types;
  const bytes = entries.length + further.length + names.reduce((sum, type) => sum + Buffer.byteLength(type), 0);
  if (bytes > maxDocumentBytes) throw new InvariantError(`block ${block.index} would have ${bytes} bytes`);
  const sparse = { unpublished: unpublishedIn(block) || undefined, revisions: revisionsIn(block) || undefined };
  return {
    index: block.index,
    format: blockFormat,
    entries,
    further,
    types: names,
    ...totalsOf(block.cells),
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
  const entries = storedBytes(document.entries);
  const further = storedBytes(document.further);
  const types = new BlockTypes(document.types);
  const cells: Cell[] = [...emptyBlock(document.index).cells];
  for (let place = 0; place < blockSize; place++) {
    if (entries.bytes[place * entryBytes] !== 0) cells[place] = [entryLayout.read(entries, place * entryBytes, types)];
  }
  for (let at = 0; at < further.bytes.length; at += furtherBytes) {
    const place = further.bytes.readUInt8(at);
    cells[place] = [...(cells[place] ?? []), entryLayout.read(further, at + 1, types)];
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

function storedBytes({ buffer, byteOffset, byteLength }: Uint8Array): StoredBytes {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return { bytes, text: bytes.toString('latin1') };
}
