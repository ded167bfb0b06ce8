import { nextStepAtMs } from './advance-gap.ts';
import { isAskedAgain } from './ask-again.ts';
import type { Gap } from './gap.ts';
import type { RangeCoverage } from './holes.ts';
import { countIds, type Range } from './range.ts';
import type { NumberedSettings } from './reset.ts';

/** An unresolved gap as a sweep has left it, and when the next sweep has something to do for it. */
export interface WaitingGap extends Range {
  readonly foundAtMs: number;
  /** When its next step is due if nothing of it comes before, in milliseconds since 1970. */
  readonly dueAtMs: number;
  /**
   * Whether its next step is also due when a letter may be sent: it must be given up, or reconstruct may have recorded why it
   * must.
   */
  readonly isForLetter: boolean;
  /** The ids that may be missing, ascending. */
  readonly holes: readonly Range[];
  /** The coverage of its ids. Undefined if it is not known, or if their blocks were written since. */
  readonly coverage: RangeCoverage | undefined;
}

/** A time that has always passed. */
const atOnce = Number.NEGATIVE_INFINITY;

/** Describes a gap after a step. @param coverage The coverage of its ids, if it is known. */
export function waitingGap(gap: Gap, nowMs: number, settings: NumberedSettings, coverage?: RangeCoverage): WaitingGap {
  const { from, to, foundAtMs, inferRequestedAtMs } = gap;
  // If reconstruct was asked, only a letter is to follow. Otherwise its events come, and the gap is due at once.
  const isForLetter = inferRequestedAtMs !== undefined && !isAskedAgain(gap, nowMs);
  const dueAtMs = isForLetter ? Number.POSITIVE_INFINITY : nextStepAtMs(gap, nowMs, settings);
  return { from, to, foundAtMs, dueAtMs, isForLetter, ...knownOf({ from, to }, coverage) };
}

/** Describes a gap whose step failed. The next sweep tries again. @param coverage The coverage of its ids, if it is known. */
export function failedGap({ from, to, foundAtMs }: Gap, coverage?: RangeCoverage): WaitingGap {
  return { from, to, foundAtMs, dueAtMs: atOnce, isForLetter: false, ...knownOf({ from, to }, coverage) };
}

/** Describes a gap that must be given up when the next letter may be sent. At its deadline its answers are counted. */
export function gapForLetter(
  { deadlineMs = 0 }: Pick<Gap, 'deadlineMs'>,
  waiting: WaitingGap,
  nowMs: number,
): WaitingGap {
  return { ...waiting, dueAtMs: deadlineMs > nowMs ? deadlineMs : Number.POSITIVE_INFINITY, isForLetter: true };
}

/**
 * Returns the gaps after blocks were written. A gap is due at once if one of its missing ids has come. Its coverage is not known
 * any more if any of its ids is in these blocks, because the state of an entry may have changed.
 *
 * @param held The ids that these blocks hold, ascending, apart.
 */
export function afterWrites(gaps: readonly WaitingGap[], held: readonly Range[]): readonly WaitingGap[] {
  return gaps.map((gap) => {
    if (!overlapsAny(held, gap)) return gap;
    const hasCome = gap.holes.some((hole) => overlapsAny(held, hole));
    return { ...gap, dueAtMs: hasCome ? atOnce : gap.dueAtMs, coverage: undefined };
  });
}

function knownOf(range: Range, coverage: RangeCoverage | undefined): Pick<WaitingGap, 'holes' | 'coverage'> {
  return { holes: coverage ? allHoles(coverage) : [range], coverage };
}

/** Returns the missing ids. If only the lowest are listed, all ids above them may be missing. */
function allHoles({ range, missing, holes }: RangeCoverage): readonly Range[] {
  const last = holes.at(-1);
  const isWhole = !last || last.to === range.to || missing <= countIds(holes);
  return isWhole ? holes : [...holes, { from: last.to + 1, to: range.to }];
}

/** @param ranges Ascending, apart. */
function overlapsAny(ranges: readonly Range[], { from, to }: Range): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.to ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  const nearest = ranges[low];
  return nearest !== undefined && nearest.from <= to;
}

/** The maximum number of gaps between two due ones that are read with them, because another query takes longer. */
const maxBetween = 8;

/**
 * Divides the due gaps into pages that are read by one query each.
 *
 *     gaps     due  due  ·  due  · · · · · · · · ·  due
 *     pages    [─────────────]                      [─]
 *
 * @param gaps Ascending.
 */
export function* duePages(
  gaps: readonly WaitingGap[],
  isDue: (gap: WaitingGap) => boolean,
  maxGaps: number,
): Generator<readonly WaitingGap[], void, undefined> {
  let page: WaitingGap[] = [];
  let between: WaitingGap[] = [];
  for (const gap of gaps) {
    if (!isDue(gap)) {
      between.push(gap);
      continue;
    }
    const isFull = page.length + between.length >= maxGaps || between.length > maxBetween;
    if (isFull && page.length > 0) {
      yield page;
      page = [];
    }
    page = page.length > 0 ? [...page, ...between, gap] : [gap];
    between = [];
  }
  if (page.length > 0) yield page;
}
