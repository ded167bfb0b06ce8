import { InvariantError, RetryableError } from '../errors.ts';
import { blockSize, emptyBlock, type Block, type Cell } from './block.ts';
import { entryLayout } from './entry.ts';
import type { StoredBytes, TypeNumbers } from './stored-field.ts';
import { totalsOf, unpublishedIn, type Totals } from './totals.ts';

/**
 * Version of the layout below. An instance that meets a newer one nacks, so that old and new code can run side by side. Since 2 a
 * block carries its totals: code that does not know of them would leave them as they were beside the entries that it writes.
 */
export const blockFormat = 2;

/**
 * A block as it is stored. Its totals are for sums over many blocks: whoever reads the block counts its entries.
 *
 *   entries   the first entry of each id at its place, as entry.ts declares it; all zero where there is none
 *   further   for each, a byte with the place in the block, then the entry; in the order in which they came
 *   types     the names of the types; an entry has the number of its type, from 1
 *
 * At its largest, 3,840 further entries and 255 type names of 512 bytes, it has some 340 kB: below Firestore's 1 MiB by
 * construction, so that no producer can make a block that its neighbours cannot be written to.
 */
export interface BlockDocument extends Totals {
  readonly index: number;
  readonly format: number;
  readonly entries: Uint8Array;
  readonly further: Uint8Array;
  readonly types: readonly string[];
  /** How many entries were accepted and are not known to be published; left out where none, so that few blocks are in its index. */
  readonly unpublished: number | undefined;
}

const entryBytes = entryLayout.bytes;
const furtherBytes = 1 + entryBytes;
const maxTypes = 255;
/** Bytes that a stored block may never reach (a Firestore document holds at most 1,048,576). */
const maxDocumentBytes = 900 * 1024;

/** @throws InvariantError if the block were too large to store. */
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
  const counts = { ...totalsOf(block.cells), unpublished: unpublishedIn(block) || undefined };
  return { index: block.index, format: blockFormat, entries, further, types: names, ...counts };
}

/** A stored block that newer code has written. It is read again until this code is replaced, too. */
export class NewerBlock extends RetryableError {
  readonly index: number;

  constructor({ index, format }: BlockDocument) {
    super(`block ${index} cannot be read: it has format ${format}, newer than ${blockFormat}`);
    this.index = index;
  }
}

/** A stored block that is not whole. */
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

/** Numbers the types of a block. A type beyond the 255th is stored without a name: types only serve inference, and a block must stay small. */
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
