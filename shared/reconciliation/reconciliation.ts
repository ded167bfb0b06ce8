import { forgettingMs } from './list-problems.ts';
import type { StreamList } from './list-settings.ts';

/*
 * The comparison of a stream with a list goes on in spans. A run takes the lease and reads the pages of a span. When all
 * of them are done, the checkpoint rises to the end of the span.
 *
 *     since          checkpoint        now − lag     now
 *       |                |                 |          |
 *       ······compared····                 ·           ·
 *                     [←overlap── span ────]
 *
 * A crash leaves the checkpoint and the cursor where they were, and the lease runs out.
 */

/** A span of a list and how far it was read. */
export interface SpanReading {
  /** Both ends are included, in milliseconds since 1970 and whole seconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether it also looks for what the list showed very late. */
  readonly isDeep: boolean;
  /** The position of the next page. Undefined before the first page. */
  readonly cursor?: string | undefined;
  /** The number of items that were read, of those that no message had brought, and of those that cannot be compared. */
  readonly items: number;
  readonly missing: number;
  readonly unreadable: number;
}

/** The state of the comparison of a stream with a list. */
export interface Reconciliation {
  /** Nothing before this time is compared, in milliseconds since 1970, as all times here. */
  readonly sinceMs: number;
  /** Everything up to here was compared, or cannot be compared any more. */
  readonly checkpointMs: number;
  /** Up to when the last deep comparison went, or when it was switched on. */
  readonly deepAtMs: number;
  /** When the last run began. */
  readonly startedAtMs: number;
  /** Until when a run works alone. Undefined if none does. */
  readonly leaseUntilMs?: number | undefined;
  /** The span that is not finished. */
  readonly reading?: SpanReading | undefined;
  /** The last span that was finished, and when. */
  readonly last?: (Omit<SpanReading, 'cursor'> & { readonly atMs: number }) | undefined;
  /** The number of events that no message had brought, and of items that could not be compared, in all finished spans. */
  readonly missing: number;
  readonly unreadable: number;
  /** The last range of time that could not be compared any more. */
  readonly lost?: TimeRange | undefined;
  /** Why the last run could not go on, without values, and since when that is so. */
  readonly trouble?: { readonly what: string; readonly sinceMs: number } | undefined;
}

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The circumstances of a run. */
export interface RunTime {
  readonly nowMs: number;
  /** When the run ends at the latest. */
  readonly untilMs: number;
  /** How long the stream remembers events. */
  readonly windowMs: number;
}

/** The time between two runs, in milliseconds: five minutes, less half of the time between two ticks. */
export const runIntervalMs = 270_000;
const dayMs = 24 * 3_600_000;
/** How late the list may show an item, so that a deep comparison finds it. */
const shownLateMs = 2 * 3_600_000;

/** Whether a run should begin. */
export function isRunDue(state: Reconciliation | undefined, nowMs: number): boolean {
  if (!state) return true;
  return !isLeased(state, nowMs) && nowMs - state.startedAtMs >= runIntervalMs;
}

function isLeased({ leaseUntilMs }: Reconciliation, nowMs: number): boolean {
  return leaseUntilMs !== undefined && nowMs < leaseUntilMs;
}

/**
 * Returns the time before which nothing can be compared: the list goes back no further, or the stream has forgotten
 * what came, so that everything would look missing.
 */
export function floorOf({ reachMs }: StreamList, { nowMs, windowMs }: Pick<RunTime, 'nowMs' | 'windowMs'>): number {
  return nowMs - Math.min(reachMs, windowMs - forgettingMs);
}

/** Returns by how much a comparison is behind the latest time that its list shows for certain, in milliseconds. */
export function latenessMs({ checkpointMs }: Reconciliation, { lagMs }: StreamList, nowMs: number): number {
  return Math.max(0, nowMs - lagMs - checkpointMs);
}

/** A run that may begin. */
export interface BegunRun {
  /** The state with the lease. The run begins once it is stored under the version of the state before. */
  readonly state: Reconciliation;
  /** The time that can no longer be compared. A letter must name it before {@link afterLoss}. */
  readonly lost: TimeRange | undefined;
}

/** Takes the lease for a run. @returns Undefined if another run has it. */
export function beginRun(before: Reconciliation | undefined, list: StreamList, time: RunTime): BegunRun | undefined {
  const { nowMs, untilMs } = time;
  if (before && isLeased(before, nowMs)) return undefined;
  const state = { ...widened(before ?? switchedOn(list, nowMs), list), startedAtMs: nowMs, leaseUntilMs: untilMs };
  const floorMs = floorOf(list, time);
  const lost = state.checkpointMs < floorMs ? { fromMs: state.checkpointMs, toMs: floorMs } : undefined;
  return { state, lost };
}

function switchedOn({ sinceMs: given }: StreamList, nowMs: number): Reconciliation {
  const sinceMs = given ?? nowMs;
  return { sinceMs, checkpointMs: sinceMs, deepAtMs: nowMs, startedAtMs: nowMs, missing: 0, unreadable: 0 };
}

/** Goes back to an earlier beginning if the catalog names one now. */
function widened(state: Reconciliation, { sinceMs }: StreamList): Reconciliation {
  if (sinceMs === undefined || sinceMs >= state.sinceMs) return state;
  return { ...state, sinceMs, checkpointMs: sinceMs, reading: undefined };
}

/** Notes a loss that a letter has told. */
export function afterLoss(state: Reconciliation, lost: TimeRange): Reconciliation {
  return { ...state, lost, checkpointMs: Math.max(state.checkpointMs, lost.toMs) };
}

/**
 * Returns the state with the span to read: the one that is not finished, or the next one.
 *
 * @returns Without `reading` if there is nothing to read yet.
 */
export function withSpan(state: Reconciliation, list: StreamList, time: RunTime): Reconciliation {
  if (state.reading && state.reading.toMs >= state.checkpointMs) return state;
  const { nowMs } = time;
  const isDeep = nowMs - state.deepAtMs >= dayMs;
  const overlappingMs = state.checkpointMs - list.overlapMs;
  // If runs stood still, the last deep comparison is more than a day ago.
  const deepMs = Math.min(state.deepAtMs, nowMs - dayMs) - shownLateMs;
  const backMs = isDeep ? Math.min(overlappingMs, deepMs) : overlappingMs;
  const fromMs = Math.ceil(Math.max(backMs, state.sinceMs, floorOf(list, time)) / 1_000) * 1_000;
  const toMs = Math.floor((nowMs - list.lagMs) / 1_000) * 1_000;
  const reading = toMs < fromMs ? undefined : { fromMs, toMs, isDeep, items: 0, missing: 0, unreadable: 0 };
  return { ...state, reading };
}

/** The numbers of items on a page. */
export type PageCounts = Pick<SpanReading, 'items' | 'missing' | 'unreadable'>;

/** Notes a page whose missing events are published. @param next The position of the next page. */
export function afterPage(reading: SpanReading, page: PageCounts, next: string): SpanReading {
  return { ...added(reading, page), cursor: next };
}

/** Begins a span anew, because its cursor is not known any more. */
export function anew({ fromMs, toMs, isDeep }: SpanReading): SpanReading {
  return { fromMs, toMs, isDeep, items: 0, missing: 0, unreadable: 0 };
}

/** Notes that the last page of a span is done, and gives the lease back. */
export function finishSpan(
  state: Reconciliation,
  reading: SpanReading,
  page: PageCounts,
  nowMs: number,
): Reconciliation {
  const { fromMs, toMs, isDeep, items, missing, unreadable } = added(reading, page);
  return {
    ...released(state),
    checkpointMs: Math.max(state.checkpointMs, toMs),
    // Not the time now: the span may have taken hours to read.
    deepAtMs: isDeep ? toMs : state.deepAtMs,
    reading: undefined,
    last: { fromMs, toMs, isDeep, items, missing, unreadable, atMs: nowMs },
    missing: state.missing + missing,
    unreadable: state.unreadable + unreadable,
  };
}

/** Gives the lease back, so that the next run goes on at the cursor. */
export function pauseRun(state: Reconciliation, reading: SpanReading | undefined): Reconciliation {
  return { ...released(state), reading };
}

/** Gives the lease back after an error. @param what The error, without values. */
export function failRun(
  state: Reconciliation,
  reading: SpanReading | undefined,
  what: string,
  nowMs: number,
): Reconciliation {
  return { ...released(state), reading, trouble: { what, sinceMs: state.trouble?.sinceMs ?? nowMs } };
}

function released(state: Reconciliation): Reconciliation {
  return { ...state, leaseUntilMs: undefined, trouble: undefined };
}

function added<Counts extends PageCounts>(counts: Counts, page: PageCounts): Counts {
  return {
    ...counts,
    items: counts.items + page.items,
    missing: counts.missing + page.missing,
    unreadable: counts.unreadable + page.unreadable,
  };
}
