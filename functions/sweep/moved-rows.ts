import { InvariantError } from '../../shared/errors.ts';
import { isTooLong } from '../../shared/gaps/expected-ids.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { sizeOf } from '../../shared/gaps/range.ts';
import type { GapLedger } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';

/** The number of rows that are read at a time. */
const readsAtOnce = 50;

type Finds = Pick<GapLedger, 'find'>;

/**
 * Finds the rows that new gaps replace, because they begin with the same id, and returns what reaches above these gaps.
 * Such a row is longer than `maxGap`, or two windows old. A row's name is its first id, so its rest gets a new one. A
 * rest of at most `maxGap` ids is dropped: it would seem to tell of single ids, whose holes would not be filed then. It
 * lies in a front, or below one that is near, so its holes are found one by one.
 *
 *     row        401 ───────────── 4999     between two fronts
 *     new gap    401–402
 *     returned        403 ──────── 4999
 *
 * @param gaps The new gaps of one write.
 * @param known The rows that begin at ids of the new gaps. Undefined if they were not read yet.
 */
export async function loadMovedRows(
  ledger: Finds,
  gaps: readonly Gap[],
  settings: Pick<StreamSettings, 'maxGap' | 'numbering'>,
  known?: readonly Gap[],
): Promise<readonly Gap[]> {
  const byFirstId = known && new Map(known.map((row) => [row.from, row]));
  const endOf = new Map(gaps.map(({ from, to }) => [from, to]));
  const moved: Gap[] = [];
  await runLimited(gaps, readsAtOnce, async (gap) => {
    const row = byFirstId ? byFirstId.get(gap.from) : await findReadable(ledger, gap.stream, gap.from);
    const from = row && (await freeIdAbove(ledger, row, endOf));
    if (row && from !== undefined && isTooLong({ from, to: row.to }, settings)) moved.push(restOf(row, from));
  });
  return moved;
}

/** Returns the lowest id of a row, above the gaps that replace it, with which no other row begins. */
async function freeIdAbove(ledger: Finds, row: Gap, endOf: ReadonlyMap<number, number>): Promise<number | undefined> {
  let from = (endOf.get(row.from) ?? row.to) + 1;
  while (from <= row.to) {
    const to = endOf.get(from) ?? (await findReadable(ledger, row.stream, from))?.to;
    if (to === undefined) return from;
    from = to + 1;
  }
  return undefined;
}

function restOf(row: Gap, from: number): Gap {
  if (row.missing === undefined) return { ...row, from };
  const replaced = sizeOf({ from: row.from, to: from - 1 });
  return { ...row, from, missing: Math.max(0, row.missing - replaced) };
}

/** A row that cannot be read cannot be moved. Each sweep raises an alert about it. */
async function findReadable(ledger: Finds, stream: string, from: number): Promise<Gap | undefined> {
  try {
    return (await ledger.find(stream, from))?.value;
  } catch (error) {
    if (error instanceof InvariantError) return undefined;
    throw error;
  }
}
