import { digestBytes } from '../digest.ts';
import { InvariantError, RetryableError } from '../errors.ts';
import { blockSize, emptyBlock, type Block, type Cell } from './block.ts';
import type { Entry, EntryState } from './entry.ts';
import { totalsOf, unpublishedIn, type Totals } from './totals.ts';

/**
 * Version of the layout below. An instance that meets a newer one nacks, so that old and new code can run side by side. Since 2 a
 * block carries its totals: code that does not know of them would leave them as they were beside the entries that it writes.
 */
export const blockFormat = 2;

/**
 * A block as it is stored. Its totals are for sums over many blocks: whoever reads the block counts its entries.
 *
 *   entries   256 × 51 bytes, the first entry of each id; all zero where there is none
 *   further   52 bytes each: the place in the block, then an entry; in the order in which they came
 *
 *   an entry: 0 state and flags · 1 revision · 2 type (its place in `types`, from 1; 0: not listed) · 3 instant (double, NaN: none)
 *             11 entity (uint32) · 15 root · 27 key · 39 hash
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

/** Bytes of one entry. */
export const entryBytes = 15 + 3 * digestBytes;
const furtherBytes = 1 + entryBytes;
const maxTypes = 255;
/** Bytes that a stored block may never reach (a Firestore document holds at most 1,048,576). */
const maxDocumentBytes = 900 * 1024;

const states: readonly EntryState[] = ['clean', 'suspect', 'reconstructed', 'closed'];
const stateMask = 0b111;
const supersedesFlag = 0b1000;
const publishedFlag = 0b1_0000;
const possibleDuplicateFlag = 0b10_0000;

/** @throws InvariantError if the block were too large to store. */
export function encodeBlock(block: Block): BlockDocument {
  const types = new Map<string, number>();
  const entries = Buffer.alloc(blockSize * entryBytes);
  const furtherCount = block.cells.reduce((sum, cell) => sum + Math.max(0, cell.length - 1), 0);
  const further = Buffer.alloc(furtherCount * furtherBytes);
  let at = 0;
  block.cells.forEach((cell, place) => {
    cell.forEach((entry, i) => {
      if (i === 0) {
        writeEntry(entries, place * entryBytes, entry, types);
        return;
      }
      further[at] = place;
      writeEntry(further, at + 1, entry, types);
      at += furtherBytes;
    });
  });
  const names = [...types.keys()];
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
  const entries = asBuffer(document.entries);
  const further = asBuffer(document.further);
  const cells: Cell[] = [...emptyBlock(document.index).cells];
  for (let place = 0; place < blockSize; place++) {
    if (entries[place * entryBytes] !== 0) cells[place] = [readEntry(entries, place * entryBytes, document.types)];
  }
  for (let at = 0; at < further.length; at += furtherBytes) {
    const place = further.readUInt8(at);
    cells[place] = [...(cells[place] ?? []), readEntry(further, at + 1, document.types)];
  }
  return { index: document.index, cells };
}

function writeEntry(to: Buffer, at: number, entry: Entry, types: Map<string, number>): void {
  to[at] =
    (states.indexOf(entry.state) + 1) |
    (entry.supersedes ? supersedesFlag : 0) |
    (entry.published ? publishedFlag : 0) |
    (entry.possibleDuplicate ? possibleDuplicateFlag : 0);
  to[at + 1] = entry.revision;
  to[at + 2] = typeNumber(entry.type, types);
  to.writeDoubleLE(entry.instantMs ?? Number.NaN, at + 3);
  to.writeUInt32LE(entry.entity, at + 11);
  to.write(entry.root, at + 15, 'latin1');
  to.write(entry.key, at + 15 + digestBytes, 'latin1');
  to.write(entry.hash, at + 15 + 2 * digestBytes, 'latin1');
}

/** A type beyond the 255th of a block is stored as "not listed": types only serve inference, and a block must stay small. */
function typeNumber(type: string, types: Map<string, number>): number {
  if (type === '') return 0;
  const known = types.get(type);
  if (known !== undefined) return known;
  if (types.size >= maxTypes) return 0;
  types.set(type, types.size + 1);
  return types.size;
}

function readEntry(from: Buffer, at: number, types: readonly string[]): Entry {
  const flags = from.readUInt8(at);
  const state = states[(flags & stateMask) - 1];
  if (state === undefined) throw new InvariantError(`a stored entry has the unknown state ${flags & stateMask}`);
  const instantMs = from.readDoubleLE(at + 3);
  const digestAt = (i: number): string =>
    from.toString('latin1', at + 15 + i * digestBytes, at + 15 + (i + 1) * digestBytes);
  return {
    state,
    supersedes: (flags & supersedesFlag) !== 0,
    published: (flags & publishedFlag) !== 0,
    possibleDuplicate: (flags & possibleDuplicateFlag) !== 0,
    revision: from.readUInt8(at + 1),
    type: types[from.readUInt8(at + 2) - 1] ?? '',
    instantMs: Number.isNaN(instantMs) ? undefined : instantMs,
    entity: from.readUInt32LE(at + 11),
    root: digestAt(0),
    key: digestAt(1),
    hash: digestAt(2),
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
