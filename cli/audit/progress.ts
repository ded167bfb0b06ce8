import { watermarkOf, type Progress } from '../../shared/gaps/progress.ts';
import type { StreamBooks } from './books.ts';

/** How late a sweep may be, in milliseconds. Sweeps run once a minute. */
const lateMs = 10 * 60_000;

/**
 * Lists the contradictions in the progress of a stream, one line each.
 *
 * @param missingFrom The lowest missing id of the unresolved gaps.
 */
export function contradictions(progress: Progress, missingFrom: number | undefined): readonly string[] {
  const { first, highWater, watermark, scanned } = progress;
  const before = (first ?? 0) - 1;
  const cannotBe: readonly (readonly [boolean, string])[] = [
    [first === undefined && scanned >= 0, `first: not known, though holes were looked for up to ${scanned}`],
    [scanned < before, `scanned: ${scanned}, though the stream begins with ${before + 1}`],
    [scanned > Math.max(highWater, before), `scanned: ${scanned}, though ${highWater} is the highest id that was seen`],
    [watermark < before, `watermark: ${watermark}, though the stream begins with ${before + 1}`],
    [watermark > scanned, `watermark: ${watermark}, though holes were looked for up to ${scanned}`],
    [
      missingFrom !== undefined && watermark >= missingFrom,
      `watermark: ${watermark}, though ${missingFrom} is missing, in a gap that is not resolved`,
    ],
  ];
  return cannotBe.filter(([isSo]) => isSo).map(([, contradiction]) => contradiction);
}

/**
 * Whether ids above `scanned` have waited for a sweep too long.
 *
 * @param heldSinceMs When the lowest block was last written. It stands for the age of a stream that no sweep has seen.
 */
export function isOverdue(
  { first, scanned, samples }: Progress,
  heldSinceMs: number,
  nowMs: number,
  graceMs: number,
): boolean {
  const sampled = samples.find(({ highWater }) => highWater > scanned)?.atMs;
  const sinceMs = sampled ?? (first === undefined ? heldSinceMs : nowMs);
  return nowMs - sinceMs >= graceMs + lateMs;
}

/**
 * Notes a watermark that the next sweep will raise. It is too low if a gap was resolved since the last sweep, or if a
 * sweep was cut short. A watermark below `from` is not judged: a gap that is not read here may hold it back.
 */
export function behind(
  { watermark, scanned }: Progress,
  { from }: StreamBooks,
  missingFrom: number | undefined,
): readonly string[] {
  const due = watermarkOf(scanned, missingFrom);
  if (watermark < from - 1 || watermark >= due) return [];
  return [`its watermark, ${watermark}, is behind: the next sweep raises it to ${due}`];
}
