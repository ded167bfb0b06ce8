import { recordStates, type RecordState } from '../dead-letter/dead-letter.ts';
import type { LetterIndex } from '../letter-ports.ts';
import { probeStream } from '../probe.ts';
import { rfc3339 } from './format.ts';
import { concernsOf, type Concern, type LetterFacts, type StreamBooks } from './health.ts';
import { countLetters, type LetterGroup } from './letter-counts.ts';
import { loadGaps, loadStreams, type ConsoleDeps } from './load.ts';
import { loadReconciliations } from './reconciliation-view.ts';

/** Whether all is well, and the figures that say so. */
export interface StatusView {
  readonly isWell: boolean;
  readonly asOf: string;
  /** The matters that need someone, the most urgent first. */
  readonly concerns: readonly Concern[];
  readonly letters: {
    readonly byState: Readonly<Record<RecordState, CountedLetters>>;
    readonly lastHour: CountedLetters;
    /** The code of most letters of the last hour, or else of the open ones. */
    readonly mostCode: string | undefined;
    readonly oldestOpenAt: string | undefined;
  };
  readonly streams: {
    readonly count: number;
    /** Whether there are more streams than were looked at. */
    readonly isMore: boolean;
    /** The number of ids that may not be accounted for. */
    readonly lag: number;
    readonly unresolvedGaps: number;
    readonly neverSwept: number;
    readonly sweptAt: string | undefined;
  };
}

export type CountedLetters = Pick<LetterGroup, 'count' | 'isMore'>;

type StatusDeps = ConsoleDeps & { readonly letterIndex: LetterIndex };

const maxStreams = 50;
const gapsOfStream = 25;
const hourMs = 3_600_000;

/** Loads the figures of the first streams and of all letters. @param books As they were counted last. */
export async function loadStatus(deps: StatusDeps, books: readonly StreamBooks[]): Promise<StatusView> {
  const nowMs = deps.clock.now();
  const [found, reconciliations, letters] = await Promise.all([
    loadStreams(deps, maxStreams),
    loadReconciliations(deps),
    loadLetterFigures(deps, nowMs),
  ]);
  const real = found?.streams.filter(({ stream }) => stream !== probeStream) ?? [];
  const gaps = await Promise.all(
    real.filter(({ unresolvedGaps }) => unresolvedGaps > 0).map(({ stream }) => loadGaps(deps, stream, gapsOfStream)),
  );
  const concerns = concernsOf({ nowMs, streams: real, gaps, reconciliations, letters: letters.facts, books });
  const sweeps = real.flatMap(({ sweptAt }) => sweptAt ?? []);
  return {
    isWell: concerns.length === 0,
    asOf: rfc3339(nowMs),
    concerns,
    letters: letters.figures,
    streams: {
      count: real.length,
      isMore: found?.next !== undefined,
      lag: real.reduce((sum, { lag = 0 }) => sum + lag, 0),
      unresolvedGaps: real.reduce((sum, { unresolvedGaps }) => sum + unresolvedGaps, 0),
      neverSwept: real.length - sweeps.length,
      sweptAt: sweeps.toSorted().at(-1),
    },
  };
}

/** Counts the letters: by state, and by code those that are open, and those of them of the last hour. */
export async function loadLetterFigures(
  deps: StatusDeps,
  nowMs: number,
): Promise<{ readonly figures: StatusView['letters']; readonly facts: LetterFacts }> {
  const count = (filter: object, by: 'state' | 'code') => countLetters(deps, { by, filter, isExact: false });
  const [states, open, lastHour, oldest] = await Promise.all([
    count({}, 'state'),
    count({ state: 'open' }, 'code'),
    count({ state: 'open', fromMs: nowMs - hourMs }, 'code'),
    deps.letterIndex.oldest('open'),
  ]);
  const counted = (state: RecordState): CountedLetters => {
    const group = states.find(({ value }) => value === state);
    return { count: group?.count ?? 0, isMore: group?.isMore ?? false };
  };
  const mostCode = (lastHour[0] ?? open[0])?.value;
  const recent = sumOf(lastHour);
  const byState = Object.fromEntries(recordStates.map((state) => [state, counted(state)]));
  return {
    figures: {
      byState: byState as StatusView['letters']['byState'],
      lastHour: recent,
      mostCode,
      oldestOpenAt: oldest && rfc3339(oldest.filedAtMs),
    },
    facts: {
      open: counted('open').count,
      isMore: counted('open').isMore,
      lastHour: recent.count,
      mostCode,
      oldestOpenMs: oldest?.filedAtMs,
    },
  };
}

function sumOf(groups: readonly LetterGroup[]): CountedLetters {
  return {
    count: groups.reduce((sum, { count }) => sum + count, 0),
    isMore: groups.some(({ isMore }) => isMore),
  };
}
