import type { Gap } from '../../../shared/gaps/gap.ts';
import { groupBy } from './group-by.ts';
import type { LetterSeen, Observations } from './observations.ts';
import type { Law } from './law.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The maximum number of letters about gaps that a stream may have in an hour. */
const maxAnHour = 6;
/**
 * The minimum time between two of these letters, in milliseconds: ten minutes, less the time from the start of a sweep
 * to a publish that takes effect late.
 */
const apartMs = 8 * 60_000;

/** The body of a letter about gaps. */
interface Body {
  readonly gaps: readonly (Pick<Gap, 'from' | 'to'> & { readonly why: string })[];
}

/**
 * Before a gap is given up, a letter lists it, or the gap of which it is the rest. Only for a doubtful gap a letter of
 * the same day about other doubtful gaps is enough, and the next letter about doubtful gaps lists it.
 */
export const givenUpIsTold: Law = function* (observations) {
  const { rows } = observations.journal;
  for (const { row, order, atMs } of rows.filter((one) => one.row.state === 'abandoned')) {
    const { stream, from, to, letterFrom } = row;
    const name = `the row ${stream}/${from}–${to}`;
    if (letterFrom === undefined) {
      const day = doubtLettersOf(observations, stream).filter((one) => one.order < order && one.atMs > atMs - dayMs);
      if (!isDoubtful(row.why) || day.length === 0) yield `${name} was given up without a letter`;
      if (!isToldLater(observations, row, order)) yield `${name} was given up, and the next letter does not list it`;
      continue;
    }
    const letters = observations.lettersOf(rootOf(row)).filter((one) => one.order < order);
    const isListed = letters.some((letter) => bodyOf(letter).gaps.some((gap) => gap.from <= from && to <= gap.to));
    if (!isListed) yield `${name} was given up, but the letter of ${letterFrom} does not list it`;
  }
};

/** Whether the next letters about doubtful gaps list a row, or there was none yet, or its events have come meanwhile. */
function isToldLater(observations: Observations, { stream, from, to }: Gap, order: number): boolean {
  const next = doubtLettersOf(observations, stream).filter((letter) => letter.order > order);
  const [first] = next;
  if (!first) return true;
  const { rows } = observations.journal;
  const known = rows.findLast(({ row, order: at }) => row.stream === stream && row.from === from && at < first.order);
  if (known?.row.state !== 'abandoned') return true;
  const inTime = next.filter(({ atMs }) => atMs <= first.atMs + hourMs);
  return inTime.some((letter) => bodyOf(letter).gaps.some((gap) => gap.from <= from && to <= gap.to));
}

/** All that sweeps give up in ten minutes is in one letter. A letter that is published again has the same root. */
export const lettersAreFew: Law = function* (observations) {
  for (const stream of observations.streams) {
    const letters = firstOfEachRoot(lettersAboutGaps(observations, stream));
    for (const [i, { atMs }] of letters.entries()) {
      if ((letters[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) < atMs + apartMs)
        yield `${stream} has two letters about gaps in ten minutes, at ${atMs}`;
      const inHour = letters.filter((one) => one.atMs >= atMs && one.atMs < atMs + hourMs);
      if (inHour.length > maxAnHour) {
        yield `${stream} has ${inHour.length} letters about gaps in an hour`;
        return;
      }
    }
  }
};

/**
 * A letter about doubtful gaps is the one of its day. If a sweep fails right after the letter, so that it gives up
 * nothing on account of it, the gaps are in the next letter too.
 */
export const doubtIsToldDaily: Law = function* (observations) {
  for (const stream of observations.streams) {
    const used = new Set(observations.journal.rows.map(({ row }) => rootOf(row)));
    const letters = firstOfEachRoot(doubtLettersOf(observations, stream)).filter(({ root }) => used.has(root));
    for (const [i, { atMs }] of letters.entries())
      if ((letters[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) < atMs + dayMs)
        yield `${stream} has two letters about doubtful gaps in a day`;
  }
};

function doubtLettersOf(observations: Observations, stream: string): readonly LetterSeen[] {
  return lettersAboutGaps(observations, stream).filter((letter) =>
    bodyOf(letter).gaps.some((gap) => isDoubtful(gap.why)),
  );
}

function lettersAboutGaps({ letters }: Observations, stream: string): readonly LetterSeen[] {
  return letters.filter((letter) => letter.stream === stream && letter.code === 'ERR_GAP_UNRECOVERABLE');
}

function firstOfEachRoot(letters: readonly LetterSeen[]): readonly LetterSeen[] {
  return [...groupBy(letters, ({ root }) => root).values()].flatMap(([first]) => first ?? []);
}

/** The root of the letter that lists a row. */
function rootOf({ stream, letterFrom, letterFoundAtMs }: Gap): string {
  return `gap/${stream}/${letterFrom ?? '-'}/${letterFoundAtMs ?? '-'}`;
}

function isDoubtful(why = ''): boolean {
  return why.startsWith('the numbers around have holes');
}

function bodyOf({ text }: LetterSeen): Body {
  return JSON.parse(text) as Body;
}
