import { probeStream } from '../probe.ts';
import { formatCount, formatDistance, formatDuration } from './format.ts';
import type { GapsView } from './gap-view.ts';
import type { ReconciliationView } from './reconciliation-view.ts';
import type { StreamView } from './stream-view.ts';

/** Something that needs someone, the fact first and then the next step. */
export interface Concern {
  /** The part of the pipeline that it is about. */
  readonly about: 'letters' | 'gaps' | 'stream' | 'comparison';
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
}

/** How long after its deadline a gap is overdue. A sweep comes each minute. */
const overdueMs = 10 * 60_000;

/** Lists what needs someone, the most urgent first. Empty if all is well. The probe's stream does not count. */
export function concernsOf({ nowMs, streams, gaps, reconciliations, letters }: HealthFacts): readonly Concern[] {
  const real = streams.filter(({ stream }) => stream !== probeStream);
  return [
    ...letterConcerns(letters, nowMs),
    ...reconciliations.flatMap(comparisonConcerns(nowMs)),
    ...neverSwept(real.filter(({ sweptAt }) => sweptAt === undefined)),
    ...gaps.filter(({ stream }) => stream !== probeStream).flatMap(gapConcerns(nowMs)),
  ];
}

function letterConcerns({ open, isMore, lastHour, mostCode, oldestOpenMs }: LetterFacts, nowMs: number): Concern[] {
  if (open === 0) return [];
  const most = mostCode === undefined ? '' : `, most ${mostCode}`;
  const facts = [
    `${formatCount(open, 'dead letter').replace(' ', isMore ? '+ ' : ' ')} open`,
    `${lastHour} in the last hour${most}`,
    ...(oldestOpenMs === undefined ? [] : [`the oldest waits for ${formatDuration(nowMs - oldestOpenMs)}`]),
  ];
  return [{ about: 'letters', stream: undefined, text: facts.join(' · ') }];
}

function neverSwept(streams: readonly StreamView[]): Concern[] {
  const [first] = streams;
  if (!first) return [];
  const others = streams.length > 1 ? ` and ${formatCount(streams.length - 1, 'other')}` : '';
  const text = `stream ${first.stream}${others} never swept: is the scheduler job running?`;
  return [{ about: 'stream', stream: first.stream, text }];
}

function comparisonConcerns(nowMs: number): (view: ReconciliationView) => Concern[] {
  return ({ stream, list, trouble, lost }) => {
    const since = trouble && formatDistance(Date.parse(trouble.since), nowMs);
    const texts = [
      ...(trouble ? [`no comparison with ${list} since ${String(since)}: ${trouble.what}`] : []),
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
