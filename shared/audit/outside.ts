import { uncovered } from '../gaps/cover.ts';
import { outliersOf } from '../gaps/front.ts';
import { highestCovered, type Progress } from '../gaps/progress.ts';
import { heldRanges } from '../gaps/held-ranges.ts';
import { joinRanges } from '../gaps/range-set.ts';
import { spellRanges, type Range } from '../gaps/range.ts';
import { afterReset } from '../gaps/reset.ts';
import type { BlockStore } from '../ports.ts';
import { blockIndex } from '../tracking/block.ts';
import { heldIn } from '../tracking/totals.ts';
import { formatAmount, formatCount } from '../views/format.ts';
import type { AuditStores } from './audit-stores.ts';
import { totalsIn } from './held-totals.ts';
import { isOverdue } from './progress.ts';

/** The maximum number of ranges to list. */
const maxListed = 8;

/** Ids that are held, but are in no front, are no outliers, and are not forgotten. */
export interface OutsideIds {
  readonly count: number;
  /** The lowest of them, ascending. */
  readonly ranges: readonly Range[];
  /** The lowest of them that is above all ids that sweeps have covered. */
  readonly unswept: number | undefined;
}

export const noneOutside: OutsideIds = { count: 0, ranges: [], unswept: undefined };

/** Finds the ids that are held in no front. @param stored The lowest and the highest id that is stored. */
export async function loadOutside(blocks: BlockStore, progress: Progress, stored: Range): Promise<OutsideIds> {
  const { stream, pieces, forgotten } = progress;
  const covered = highestCovered(progress) ?? -1;
  const ranges: Range[] = [];
  let [count, unswept] = [0, undefined as number | undefined];
  for (const range of uncovered([stored], joinRanges([...pieces, ...forgotten]))) {
    const held = heldIn(await totalsIn(blocks, stream, range));
    count += held;
    if (held === 0) continue;
    const found = await firstHeld(blocks, stream, range);
    ranges.push(...found.slice(0, maxListed - ranges.length));
    if (range.from > covered) unswept ??= found[0]?.from;
  }
  return { count, ranges, unswept };
}

async function firstHeld(blocks: BlockStore, stream: string, { from, to }: Range): Promise<readonly Range[]> {
  const found: Range[] = [];
  for await (const block of blocks.scan(stream, blockIndex(from), blockIndex(to))) {
    found.push(...cut(heldRanges(block), { from, to }));
    if (found.length > maxListed) break;
  }
  return joinRanges(found).slice(0, maxListed);
}

function cut(ranges: readonly Range[], { from, to }: Range): readonly Range[] {
  return ranges
    .map((range) => ({ from: Math.max(range.from, from), to: Math.min(range.to, to) }))
    .filter((range) => range.from <= range.to);
}

/** Notes the ids that the proof leaves out: outliers, ids that are held in no front, and ids that may be forgotten. */
export function noteOmissions(progress: Progress, { count, ranges }: OutsideIds, start: number | undefined): string[] {
  const { forgotten } = progress;
  const outliers = outliersOf(progress);
  const notes: string[] = [];
  if (outliers.length > 0)
    notes.push(`${formatCount(outliers.length, 'outlier')}, from which nothing is concluded: ${spellIds(outliers)}`);
  if (count > 0) {
    const below = start !== undefined && (ranges[0]?.from ?? start) < start ? `; the stream begins with ${start}` : '';
    notes.push(`${formatCount(count, 'id')} held in no front: ${spellRanges(ranges)}${more(count, ranges)}${below}`);
  }
  if (forgotten.length > 0)
    notes.push(`nothing is proved of ids that may be forgotten: ${spellRanges(forgotten.slice(-maxListed))}`);
  return notes;
}

function spellIds(ids: readonly number[]): string {
  const shown = ids.slice(0, maxListed).join(', ');
  return ids.length > maxListed ? `${shown} and ${formatAmount(ids.length - maxListed)} more` : shown;
}

function more(count: number, ranges: readonly Range[]): string {
  const left = count - ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return left > 0 ? ` and ${formatAmount(left)} more` : '';
}

/** Reports ids above all that sweeps have seen, if their block was written so long ago that a sweep should have come. */
export async function unsweptTooLong(
  { blocks, catalog, clock }: AuditStores,
  progress: Progress,
  { unswept }: OutsideIds,
): Promise<readonly string[]> {
  const { stream, hasDropped } = progress;
  const { windowMs, graceMs, start = 0, reset } = afterReset(catalog.stream(stream), progress);
  // An id that was dropped is in no front although a sweep has seen it.
  if (unswept === undefined || unswept < start || hasDropped) return [];
  const [stored] = await blocks.read([{ stream, index: blockIndex(unswept) }]);
  const expireAtMs = stored?.expireAtMs ?? Number.POSITIVE_INFINITY;
  // Sweeps pass over ids of a numbering that was reset.
  if (reset && (reset.atMs === undefined || expireAtMs - windowMs < reset.atMs)) return [];
  const isLate = expireAtMs > clock.now() && isOverdue(expireAtMs - windowMs, clock.now(), graceMs);
  return isLate ? [`no sweep has seen the id ${unswept}, though it is old enough for one`] : [];
}
