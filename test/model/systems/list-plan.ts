import { makeRandom } from '../../../shared/embedded/random.ts';
import type { Random } from '../../../shared/ports.ts';
import { minuteMs, noon } from '../../support/builders.ts';

/*
 * The plan of a run in a search of comparisons with a list. The seed decides it. Times are in milliseconds since 1970.
 * Half of them are whole minutes, so that events lie on the ends of spans.
 */

export const hourMs = 60 * minuteMs;
export const lagMs = 5 * minuteMs;
export const overlapMs = 10 * minuteMs;
/** How long the stream remembers events. A day of it is not compared. */
export const rememberedMs = 168 * hourMs;
/** How late a list may show an event, so that a daily comparison finds it. */
const latestMs = 100 * minuteMs;
/** The hours after which nothing happens any more. The longest pause ends before. */
const lastHour = 230;

/** A message of the producer. */
export interface PlannedMessage {
  readonly atMs: number;
  /** Whether its data does not fit the schema. */
  readonly isBroken: boolean;
}

/** An event of the producer. */
export interface PlannedEvent {
  readonly id: string;
  readonly createdMs: number;
  /** Whether the stream takes the type. */
  readonly isWanted: boolean;
  /** When the list shows it. */
  readonly shownFromMs: number;
  /** Whether the list shows data that does not fit the schema. */
  readonly isBrokenInList: boolean;
  readonly messages: readonly PlannedMessage[];
}

/** A comparison that sweep asks for. */
export interface PlannedRun {
  readonly atMs: number;
  /** How long its first page takes. */
  readonly slowMs: number;
  /** The call of a port at which it crashes, and whether the call takes effect before. */
  readonly crash: { readonly atCall: number; readonly isAfter: boolean } | undefined;
  /** When validate and track get what it recovers, after it. Two times: it comes twice. */
  readonly comesAfterMs: readonly number[];
}

export interface ListPlan {
  readonly events: readonly PlannedEvent[];
  readonly runs: readonly PlannedRun[];
  /** Whether the items of the list lack the id that messages have. */
  readonly isWithoutIds: boolean;
  /** Whether the list shows other content than the messages. */
  readonly isRenderedAnew: boolean;
}

export function listPlanOf(seed: number): ListPlan {
  const random = makeRandom(seed);
  const pick = <T>(...all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const isWithoutIds = random() < 0.15;
  const isRenderedAnew = random() < 0.5;
  const pause = pick(undefined, undefined, {
    fromMs: noon + pick(2, 23, 25) * hourMs,
    forMs: pick(1, 12, 60, 180, 180) * hourMs,
  });
  const events = Array.from({ length: 2 + Math.floor(random() * 3) }, (_, n) => eventOf(n, pick, random));
  const onMs = noon + pick(0, 0, 30) * minuteMs;
  const times = timesOfRuns(onMs, pick(5, 5, 20) * minuteMs, events).filter(
    (ms) => !pause || ms < pause.fromMs || ms >= pause.fromMs + pause.forMs,
  );
  let crashesBefore = 0;
  const runs = times.map((atMs) => {
    const hasCrash = crashesBefore < 2 && random() < 0.3;
    crashesBefore = hasCrash ? crashesBefore + 1 : 0;
    const slowMs = pick(0, 0, 0, 0, 1, 2, 7, 16) * minuteMs;
    const crash = hasCrash ? { atCall: 1 + Math.floor(random() * 6), isAfter: random() < 0.5 } : undefined;
    return { atMs, slowMs, crash, comesAfterMs: pick([0], [1], [7 * minuteMs], [0, 6 * minuteMs]) };
  });
  return { events, runs, isWithoutIds, isRenderedAnew };
}

type Pick = <T>(...all: readonly T[]) => T;

function eventOf(n: number, pick: Pick, random: Random): PlannedEvent {
  const seconds = random() < 0.5 ? 0 : Math.floor(random() * 60);
  const minutes = Math.floor(random() * 30) * 5 + pick(0, 0, 0, 2, 4);
  const createdMs = noon + pick(0, 0, 22, 47) * hourMs + minutes * minuteMs + seconds * 1_000;
  const isWanted = random() < 0.8;
  const barelyMs = lagMs + overlapMs + 1_000;
  const lateMs = pick(0, 0, minuteMs, lagMs, barelyMs, barelyMs, latestMs, latestMs, latestMs);
  const messages = Array.from({ length: isWanted ? pick(0, 0, 1, 1, 2) : 0 }, () => ({
    atMs: createdMs + pick(0, 1, 3, 15, 40) * minuteMs,
    isBroken: random() < 0.25,
  }));
  return {
    id: `evt_${n}`,
    createdMs,
    isWanted,
    shownFromMs: createdMs + lateMs,
    isBrokenInList: random() < 0.15,
    messages,
  };
}

/** Often around what happens, and else every six hours, so that the search is quick. */
function timesOfRuns(onMs: number, everyMs: number, events: readonly PlannedEvent[]): readonly number[] {
  const busy = events.flatMap(({ createdMs, shownFromMs, messages }) => [
    createdMs,
    shownFromMs,
    ...messages.map(({ atMs }) => atMs),
  ]);
  const isBusy = (ms: number): boolean => busy.some((at) => at > ms - 25 * minuteMs && at < ms + 10 * minuteMs);
  const times: number[] = [];
  for (let ms = onMs; ms < noon + lastHour * hourMs; ms += everyMs)
    if (isBusy(ms) || (ms - onMs) % (6 * hourMs) === 0) times.push(ms);
  return times;
}
