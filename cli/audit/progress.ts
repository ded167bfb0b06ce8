import { watermarkOf, type Progress } from '../../shared/gaps/progress.ts';
import type { StreamBooks } from './books.ts';

/** By how much sweeps, of which there is one a minute, may be late: what waits for longer is no young stream any more. */
const lateMs = 10 * 60_000;

/**
 * What a stream's progress says that cannot be, a line each.
 *
 * @param missingFrom The lowest id that is missing in a gap which is not resolved.
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
  return cannotBe.filter(([is]) => is).map(([, what]) => what);
}

/**
 * Whether ids above `scanned` wait for a sweep for longer than a young stream's do.
 *
 * @param heldSinceMs When the lowest block was last written: all that is known of a stream that no sweep has seen.
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
 * How far the watermark may be lifted, where it is not there: a gap was resolved since the last sweep, or a sweep was cut short.
 * Below `from` a gap may lack ids that are not looked at here, and hold it back.
 */
export function behind(
  { watermark, scanned }: Progress,
  { from }: StreamBooks,
  missingFrom: number | undefined,
): readonly string[] {
  const due = watermarkOf(scanned, missingFrom);
  if (watermark < from - 1 || watermark >= due) return [];
  return [`its watermark, ${watermark}, is behind: the next sweep lifts it to ${due}`];
}
