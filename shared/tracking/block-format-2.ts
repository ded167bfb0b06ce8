import { InvariantError } from '../errors.ts';
import { blockSize, emptyCell, type Cell } from './block.ts';
import type { Entry } from './entry.ts';
import { layOut, storedBytes, type TypeNumbers } from './stored-field.ts';

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

/** The values of the fields that entries of format 2 do not have. */
const unsaid = { recovered: false, replay: 0, answer: 0 } as const;

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
  const read = (...from: Parameters<typeof layout.read>): Entry => ({ ...layout.read(...from), ...unsaid });
  const cells = Array.from({ length: blockSize }, (_, place): Cell => {
    const at = place * layout.bytes;
    return entries.bytes.readUInt8(at) === 0 ? emptyCell : [read(entries, at, types)];
  });
  for (let at = 0; at < further.bytes.length; at += 1 + layout.bytes) {
    const place = further.bytes.readUInt8(at);
    cells[place] = [...(cells[place] ?? emptyCell), read(further, at + 1, types)];
  }
  return cells;
}
