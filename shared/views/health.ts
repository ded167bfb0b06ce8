import type { StreamAudit } from '../audit/stream-audit.ts';
import { probeStream } from '../probe.ts';
import { formatAmount, formatCount, formatDuration } from './format.ts';
import type { GapsView } from './gap-view.ts';
import { spellDifference } from './spell-difference.ts';
import type { ReconciliationView } from './reconciliation-view.ts';
import { isNewStream, type StreamView } from './stream-view.ts';

/** Something that needs someone, the fact first and then the next step. */
export interface Concern {
  /** The part of the pipeline that it is about. */
  readonly about: 'books' | 'letters' | 'gaps' | 'stream' | 'comparison';
  /** Undefined for dead letters of all streams. */
  readonly stream: string | undefined;
  readonly text: string;
}

/** The facts about dead letters that decide whether all is well. */
export interface LetterFacts {
  /** The number of open letters, and whether there are more. */
  readonly open: number;
  readonly isMore: boolean;
  readonly lastHour: number;
  /** The most frequent code of the last hour, or else of all. */
  readonly mostCode: string | undefined;
  /** When the oldest open letter was filed, in milliseconds since 1970. */
  readonly oldestOpenMs: number | undefined;
}

export interface HealthFacts {
  readonly nowMs: number;
  readonly streams: readonly StreamView[];
  readonly gaps: readonly GapsView[];
  readonly reconciliations: readonly ReconciliationView[];
  readonly letters: LetterFacts;
  /** The books of the streams, as they were counted last. Empty if they were not counted. */
  readonly books: readonly StreamBooks[];
}

/** Whether the books of a stream balance. */
export type StreamBooks = Pick<StreamAudit, 'stream' | 'difference' | 'findings'>;

/** How long after its deadline a gap is overdue. A sweep comes each minute. */
const overdueMs = 10 * 60_000;

/** Lists what needs someone, the most urgent first. Empty if all is well. The probe's stream does not count. */
export function concernsOf({ nowMs, streams, gaps, reconciliations, letters, books }: HealthFacts): readonly Concern[] {
  const real = streams.filter(({ stream }) => stream !== probeStream);
  return [
    ...books.filter(({ stream }) => stream !== probeStream).flatMap(bookConcerns),
    ...letterConcerns(letters, nowMs),
    ...reconciliations.flatMap(comparisonConcerns(nowMs)),
    ...neverSwept(real.filter((view) => view.sweptAt === undefined && !view.unnumbered && !isNewStream(view, nowMs))),
    ...gaps.filter(({ stream }) => stream !== probeStream).flatMap(gapConcerns(nowMs)),
  ];
}

function letterConcerns({ open, isMore, lastHour, mostCode, oldestOpenMs }: LetterFacts, nowMs: number): Concern[] {
  if (open === 0) return [];
  const most = mostCode === undefined ? '' : `, most often ${mostCode}`;
  const isOne = open === 1 && !isMore;
  const facts = [
    `${formatCount(open, 'dead letter', { isMore })} ${isOne ? 'is' : 'are'} open${lastHour > 0 ? '' : most}`,
    ...(lastHour === 0 ? [] : [`new in the last hour: ${formatAmount(lastHour)}${most}`]),
    ...(oldestOpenMs === undefined
      ? []
      : [`${isOne ? 'it is' : 'the oldest is'} ${formatDuration(nowMs - oldestOpenMs)} old`]),
  ];
  return [{ about: 'letters', stream: undefined, text: facts.join('; ') }];
}

function bookConcerns({ stream, difference, findings }: StreamBooks): Concern[] {
  const [first] = findings;
  if (difference === 0 && first === undefined) return [];
  const fact = difference === 0 ? (first ?? '') : `the ${spellDifference(difference)}`;
  return [{ about: 'books', stream, text: `stream ${stream}: ${fact}` }];
}

function neverSwept(streams: readonly StreamView[]): Concern[] {
  const [first] = streams;
  if (!first) return [];
  const others = streams.length > 1 ? ` and ${formatCount(streams.length - 1, 'other')}` : '';
  const text = `stream ${first.stream}${others}: no sweep has come yet. Is the scheduler job running?`;
  return [{ about: 'stream', stream: first.stream, text }];
}

function comparisonConcerns(nowMs: number): (view: ReconciliationView) => Concern[] {
  return ({ stream, list, trouble, lost }) => {
    const lasted = trouble && formatDuration(nowMs - Date.parse(trouble.since));
    const texts = [
      ...(trouble ? [`no comparison with ${list} for ${String(lasted)}: ${trouble.what}`] : []),
      ...(lost ? [`${lost.from} to ${lost.to} could not be compared with ${list} any more`] : []),
    ];
    return texts.map((text) => ({ about: 'comparison', stream, text: `stream ${stream}: ${text}` }));
  };
}

function gapConcerns(nowMs: number): (view: GapsView) => Concern[] {
  return ({ stream, gaps, unreadable }) => {
    const overdue = gaps.filter(({ state, deadline }) => state === 'requested' && isOverdue(deadline, nowMs));
    const doubtful = gaps.filter(
      ({ state, doubt }) => (state === 'open' || state === 'requested') && doubt !== undefined,
    );
    const texts = [
      ...(unreadable.length > 0 ? [`${formatCount(unreadable.length, 'row')} of the gap ledger cannot be read`] : []),
      ...(overdue.length > 0
        ? [
            `${formatCount(overdue.length, 'gap')} past the deadline by ${formatDuration(overdueMs)} or more: do sweep and reconstruct run?`,
          ]
        : []),
      ...(doubtful.length > 0 ? [`${formatCount(doubtful.length, 'doubtful gap')}: are holes normal in it?`] : []),
    ];
    return texts.map((text) => ({ about: 'gaps', stream, text: `stream ${stream}: ${text}` }));
  };
}

function isOverdue(deadline: string | undefined, nowMs: number): boolean {
  return deadline !== undefined && Date.parse(deadline) + overdueMs < nowMs;
}
