import type { Cell } from '../tracking/block.ts';
import { countIds, idsIn, rangesOf, sizeOf, type Range } from './range.ts';

/** The answers of a producer about missing ids. */
export interface AnswerCounts {
  /** The number of ids with an event. An event with `verify` counts until it is refused. */
  readonly originals: number;
  /** The number of ids without a sound event: void, refused or failed. */
  readonly voids: number;
}

/**
 * The answers about a gap, as its row records them. They are counted for gaps that can be inferred: up to `maxGap` ids.
 */
export interface AnswerRecord extends Range {
  /** The numbers of ids that were answered by the deadline. */
  readonly inTimeOriginals?: number;
  readonly inTimeVoids?: number;
  /** The numbers of ids that were answered later. */
  readonly lateOriginals?: number;
  readonly lateVoids?: number;
  /** The inferred ids that the producer declared void afterwards, ascending. They count as late voids. */
  readonly denied?: readonly Range[];
}

export const noAnswers: AnswerCounts = { originals: 0, voids: 0 };

/** Returns the kind of answer in a cell. Undefined if nobody answered: the cell is empty, or holds an inference only. */
export function answerKind(cell: Cell): keyof AnswerCounts | undefined {
  if (cell.some(({ state }) => state === 'clean' || state === 'suspect')) return 'originals';
  return cell.length === 0 || cell.some(({ state }) => state === 'reconstructed') ? undefined : 'voids';
}

/**
 * Records how many ids of a gap were answered by its deadline. These were late, and not lost. Only later answers tell
 * how many lost events existed. The first record stays.
 */
export function withInTime<Row extends AnswerRecord>(gap: Row, { originals, voids }: AnswerCounts): Row {
  return gap.inTimeOriginals === undefined ? { ...gap, inTimeOriginals: originals, inTimeVoids: voids } : gap;
}

/**
 * Counts the answers that came after the deadline, from all answers that the blocks hold now. So a repeated count is
 * the same count. Returns the same gap if nothing changed.
 *
 *     ids               5  6  7  8  9
 *     at the deadline   e  ·  ·  ·  ·      in time: 1 original
 *     now               e  e  v  i  ·      late: 1 original, 1 void
 *
 * An id that was answered by the deadline never counts as late, also if its event is refused later. Most ids of a gap
 * that doubtful holes share are such ids. The number of late answers is exact. If events of ids answered in time are
 * refused later, some of the late answers may be taken for voids, at most as many as there are such refusals.
 *
 * @param now The answers of all ids of the gap. If there are fewer than before, blocks were forgotten, and the earlier
 * count stays.
 */
export function withLateAnswers<Row extends AnswerRecord>(gap: Row, now: AnswerCounts): Row {
  const { inTimeOriginals, inTimeVoids = 0, lateOriginals = 0, lateVoids = 0 } = gap;
  if (inTimeOriginals === undefined) return gap;
  const denied = countIds(gap.denied ?? []);
  const late = now.originals + now.voids - inTimeOriginals - inTimeVoids;
  if (late < lateOriginals + lateVoids - denied) return gap;
  const originals = Math.min(Math.max(0, now.originals - inTimeOriginals), late);
  return withLate(gap, { originals, voids: late - originals + denied });
}

/**
 * Records that the producer declared inferred ids of a gap void. The blocks do not say so, because the inference stands
 * until an operator decides. Returns the same gap if it was recorded before.
 */
export function withDenied<Row extends AnswerRecord>(gap: Row, ids: readonly number[]): Row {
  const before = gap.denied ?? [];
  const within = ids.filter((id) => id >= gap.from && id <= gap.to);
  const denied = rangesOf([...new Set([...idsIn(before), ...within])].sort((a, b) => a - b));
  const more = countIds(denied) - countIds(before);
  if (more === 0) return gap;
  const { lateOriginals = 0, lateVoids = 0 } = gap;
  return withLate({ ...gap, denied }, { originals: lateOriginals, voids: lateVoids + more });
}

/** Both counts are stored, or neither, since Firestore adds up only rows that have both. */
function withLate<Row extends AnswerRecord>(gap: Row, { originals, voids }: AnswerCounts): Row {
  const { lateOriginals = 0, lateVoids = 0 } = gap;
  const most = sizeOf(gap);
  const late = { lateOriginals: Math.min(originals, most), lateVoids: Math.min(voids, most) };
  const isSame = late.lateOriginals === lateOriginals && late.lateVoids === lateVoids;
  return isSame ? gap : { ...gap, ...late };
}
