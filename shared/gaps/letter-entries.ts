import { maxShortGap } from './gap.ts';
import type { Range } from './range.ts';

/** A gap that is given up, as a letter lists it. */
export interface GivenUpGap extends Range {
  readonly foundAtMs: number;
  readonly why: string;
  /** Whether the numbers around do not look as if events were lost. */
  readonly isDoubtful: boolean;
  /** The number of missing ids. */
  readonly missing: number;
  /** The missing ids, ascending. If there are too many, only the lowest, or the whole range. */
  readonly holes: readonly Range[];
}

/** An entry of the list in a letter: a gap, or doubtful gaps that are near each other. */
export interface LetterEntry extends Range {
  readonly missing: number;
  /** The different reasons, at most three: those of the lowest gaps. The ledger has the reason of each gap. */
  readonly whys: readonly string[];
  /** The number of gaps. */
  readonly rows: number;
  readonly isDoubtful: boolean;
}

/** The maximum number of entries of a letter, and of those with doubtful gaps. */
const maxEntries = 1_000;
const maxDoubtfulEntries = 500;
/** The maximum number of reasons of an entry. Thousands of gaps can have as many reasons, which differ in numbers. */
const maxWhys = 3;

/**
 * Lists gaps as the entries of a letter, ascending, at most 1,000. Doubtful gaps that are near each other share an entry,
 * because a stream whose numbers have holes has thousands of them a day.
 *
 *     doubtful gaps    3–99   101–199   205–301       9000–9100
 *     entries          3–301, 3 gaps                  9000–9100, 1 gap
 *
 * @param gaps Ascending.
 */
export function letterEntries(gaps: readonly GivenUpGap[]): readonly LetterEntry[] {
  const doubtful = joinedEntries(gaps.filter(({ isDoubtful }) => isDoubtful));
  const others = gaps.filter(({ isDoubtful }) => !isDoubtful).map(entryOf);
  // Other gaps than doubtful ones may be left out, because each of them was asked for and is in the ledger.
  return [...doubtful, ...others].slice(0, maxEntries).sort((a, b) => a.from - b.from);
}

/** Returns the first of some doubtful gaps: those for which a letter has room. @param gaps Ascending. */
export function withRoomInLetter<Row extends Range>(gaps: readonly Row[]): readonly Row[] {
  let entries = 0;
  const end = gaps.findIndex((gap, i) => {
    const before = gaps[i - 1];
    if (!before || !isNear(before, gap)) entries++;
    return entries > maxDoubtfulEntries;
  });
  return end < 0 ? gaps : gaps.slice(0, end);
}

function joinedEntries(gaps: readonly GivenUpGap[]): readonly LetterEntry[] {
  const entries: LetterEntry[] = [];
  for (const gap of gaps) {
    const last = entries.at(-1);
    if (last && isNear(last, gap)) entries[entries.length - 1] = joinedEntry(last, gap);
    else entries.push(entryOf(gap));
  }
  return entries;
}

function isNear(below: Range, above: Range): boolean {
  return above.from - below.to <= maxShortGap;
}

function joinedEntry(entry: LetterEntry, { to, missing, why }: GivenUpGap): LetterEntry {
  const whys = [...new Set([...entry.whys, why])].slice(0, maxWhys);
  return { ...entry, to: Math.max(entry.to, to), missing: entry.missing + missing, whys, rows: entry.rows + 1 };
}

function entryOf({ from, to, missing, why, isDoubtful }: GivenUpGap): LetterEntry {
  return { from, to, missing, whys: [why], rows: 1, isDoubtful };
}
