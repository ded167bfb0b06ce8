import { InvariantError } from '../errors.ts';
import { blockSize, emptyCell, type Cell } from './block.ts';
import type { Entry } from './entry.ts';
import { layOut, storedBytes, type StoredBytes, type TypeNumbers } from './stored-field.ts';

/** The entry of format 2, in the order of storage. It never changes. */
const layout = layOut({
  state: 'state',
  supersedes: 'flag',
  published: 'flag',
  possibleDuplicate: 'flag',
  replacement: 'uint8',
  type: 'type',
  instantMs: 'optionalDouble',
  entity: 'uint32',
  root: 'digest',
  key: 'digest',
  hash: 'digest',
});

function readFormat2(from: StoredBytes, start: number, types: TypeNumbers): Entry {
  const { read } = layout;
  return {
    state: read.state(from, start, types),
    supersedes: read.supersedes(from, start, types),
    published: read.published(from, start, types),
    possibleDuplicate: read.possibleDuplicate(from, start, types),
    recovered: false,
    replacement: read.replacement(from, start, types),
    replay: 0,
    type: read.type(from, start, types),
    instantMs: read.instantMs(from, start, types),
    entity: read.entity(from, start, types),
    answer: 0,
    root: read.root(from, start, types),
    key: read.key(from, start, types),
    hash: read.hash(from, start, types),
  };
}

/**
 * Reads the cells of a block of format 1 or 2. The first entry of each id is at its place in `entries`, all zero if
 * there is none. In `further`, a byte with the cell stands before each further entry.
 */
export function decodeFormat2(
  stored: { readonly entries: Uint8Array; readonly further?: Uint8Array | undefined },
  types: TypeNumbers,
): readonly Cell[] {
  if (!stored.further) throw new InvariantError('a stored block of format 2 has no further entries');
  const entries = storedBytes(stored.entries);
  const further = storedBytes(stored.further);
  const cells = Array.from({ length: blockSize }, (_, place): Cell => {
    const at = place * layout.bytes;
    return entries.bytes.readUInt8(at) === 0 ? emptyCell : [readFormat2(entries, at, types)];
  });
  for (let at = 0; at < further.bytes.length; at += 1 + layout.bytes) {
    const place = further.bytes.readUInt8(at);
    cells[place] = [...(cells[place] ?? emptyCell), readFormat2(further, at + 1, types)];
  }
  return cells;
}
