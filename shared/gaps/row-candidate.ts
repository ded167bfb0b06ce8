import type { StreamSettings } from '../stream-settings.ts';
import type { Progress } from './progress.ts';
import { contains } from './range-set.ts';

/**
 * Whether the ledger may have a gap with an id, by a progress that may be somewhat old:
 *
 * - the id is in a piece whose holes are filed, or may have been filed since;
 * - it is in a forgotten range, or in a front that was dropped, of which parts may have been given up;
 * - it is below a front for which the range below was given up.
 */
export function isRowCandidate(
  { pieces, forgotten, dropped = [], told }: Progress,
  id: number,
  nowMs: number,
  { graceMs }: Pick<StreamSettings, 'graceMs'>,
): boolean {
  const filed = pieces.filter(({ isScanned, atMs }) => isScanned || atMs + graceMs <= nowMs);
  return contains([...filed, ...forgotten, ...dropped], id) || told.some((upper) => id < upper);
}
