import { distanceOver, stepOf } from './expected-ids.ts';
import { maxReach, positionsOf, windowAround } from './id-window.ts';
import { firstAtOrAbove, sizeOf, type Range } from './range.ts';
import { clearestRegularity, hasRegularity } from './regular-holes.ts';
import { spellRegularity, type Regularity } from './regularity.ts';
import type { NumberedSettings } from './reset.ts';
import { mayHavePeriod } from './unused-ids.ts';

/**
 * A reason not to infer the events of a gap, from the events around it. `holes`: they do not look as if events were
 * lost, but as if numbers had holes. `little`: too few events are known. `much`: more events are missing than are known.
 */
export type Doubt = 'holes' | 'little' | 'much';

export type DoubtSettings = Pick<NumberedSettings, 'doubt' | 'maxGap' | 'numbering' | 'minConfidence' | 'reset'>;

/** The numbers of pairs that are looked at: the nearest ones, and those in a wider circle. */
const [nearPairs, farPairs] = [16, 256];
/** A share is judged only if at least this many pairs have a hole between them. */
const minHoles = 3;

/**
 * Judges a gap by the events around it. A pair is two neighbouring events with at most `maxGap` missing ids between
 * them. Pairs are counted, and not ids, so an outage of 60 ids is one hole.
 *
 *     events     1 · 3 · 5 · [7 is missing] · 9 · 11       nearly every pair has a hole between it: the ids grow by 2
 *     events     1 2 3 4 5 · · · · · · · · · · 15 16 17    one pair of seven: an outage
 *
 * @param missing The number of expected ids of the gap that have no entry.
 * @param events The ids of events near the gap, ascending. Neither voids nor inferred events count.
 */
export function doubtOf(
  gap: Range,
  missing: number,
  events: readonly number[],
  settings: DoubtSettings,
): Doubt | undefined {
  const { doubt } = settings;
  if (hasManyHoles(pairsAround(gap, events, nearPairs, settings), doubt.near)) return 'holes';
  const far = pairsAround(gap, events, farPairs, settings);
  if (hasManyHoles(far, doubt.far) || (doubt.near < 1 && isRegular(gap, events, settings))) return 'holes';
  if (doubt.pairs === 0) return undefined;
  if (settings.minConfidence > 0 && far.length < doubt.pairs) return 'little';
  return missing > far.length ? 'much' : undefined;
}

/** A pair of neighbouring events, by its distances. */
interface Pair {
  /** The lower event. */
  readonly below: number;
  readonly distance: number;
  readonly hasHole: boolean;
}

/** Returns the pairs among the nearest events below and above a gap, and the events in it. */
function pairsAround(gap: Range, events: readonly number[], count: number, settings: DoubtSettings): readonly Pair[] {
  const [from, to] = [firstAtOrAbove(events, gap.from), firstAtOrAbove(events, gap.to + 1)];
  const lowest = Math.max(from - count / 2, firstAtOrAbove(events, gap.from - maxReach));
  const highest = Math.min(to + count / 2, firstAtOrAbove(events, gap.to + maxReach + 1));
  return pairsOf(events.slice(lowest, highest), settings);
}

function pairsOf(events: readonly number[], settings: DoubtSettings): readonly Pair[] {
  const step = stepOf(settings);
  const reach = distanceOver(settings.maxGap, settings);
  return events.slice(1).flatMap((above, i) => {
    const below = events[i] ?? above;
    const distance = above - below;
    return distance > 0 && distance <= reach ? [{ below, distance, hasHole: distance > step }] : [];
  });
}

function hasManyHoles(pairs: readonly Pair[], share: number): boolean {
  const holes = pairs.filter(({ hasHole }) => hasHole).length;
  return holes >= minHoles && holes > share * pairs.length;
}

function isRegular(gap: Range, events: readonly number[], settings: DoubtSettings): boolean {
  const window = windowAround(gap, events, settings);
  return hasRegularity(window, positionsOf(gap, window));
}

/**
 * Whether a gap of a young stream should wait until more ids are known, because its ids may be missing at regular
 * distances.
 */
export function isUndecided(gap: Range, events: readonly number[], settings: DoubtSettings): boolean {
  if (settings.minConfidence === 0 || settings.doubt.near === 1) return false;
  const window = windowAround(gap, events, settings);
  return mayHavePeriod(window, positionsOf(gap, window));
}

/** Returns the commonest of some numbers, and how often it occurs. */
export function commonest(numbers: readonly number[]): readonly [number, number] | undefined {
  const times = new Map<number, number>();
  for (const one of numbers) times.set(one, (times.get(one) ?? 0) + 1);
  return [...times].reduce<[number, number] | undefined>(
    (best, one) => (best && best[1] >= one[1] ? best : one),
    undefined,
  );
}

const numbersHaveHoles = 'the numbers around have holes';

/** Returns what the numbers around a doubtful gap look like. @param why The reason, as {@link describeNumbers} has it. */
export function looksOf(why: string): string {
  return why.startsWith(`${numbersHaveHoles}: `) ? why.slice(numbersHaveHoles.length + 2) : why;
}

/** Whether a gap was given up because it was doubtful. @param why The reason, as its row has it. */
export function isDoubtReason(why: string): boolean {
  return why.startsWith(numbersHaveHoles);
}

/** The pattern that most pairs of neighbours, or the holes, around a gap have in common. `step`: most ids grow by this distance. */
export type Pattern = { readonly kind: 'step'; readonly distance: number } | Regularity;

/** Returns the pattern of the numbers around a doubtful gap. Undefined if they have none. */
export function patternAround(gap: Range, events: readonly number[], settings: DoubtSettings): Pattern | undefined {
  return patternOf(gap, events, pairsAround(gap, events, farPairs, settings), settings);
}

function patternOf(
  gap: Range,
  events: readonly number[],
  pairs: readonly Pair[],
  settings: DoubtSettings,
): Pattern | undefined {
  const [distance, times] = commonest(pairs.map((pair) => pair.distance)) ?? [0, 0];
  if (distance > stepOf(settings) && times * 2 > pairs.length) return { kind: 'step', distance };
  const window = windowAround(gap, events, settings);
  return clearestRegularity(window, positionsOf(gap, window));
}

/** Describes the numbers around a doubtful gap: what they look like, or a question. */
export function describeNumbers(gap: Range, events: readonly number[], settings: DoubtSettings): string {
  const pairs = pairsAround(gap, events, farPairs, settings);
  const holes = pairs.filter(({ hasHole }) => hasHole);
  const known = `${numbersHaveHoles}: ${holes.length} of ${pairs.length} neighbouring events have a hole between them`;
  return `${known}; ${askFor(patternOf(gap, events, pairs, settings))}`;
}

function askFor(pattern: Pattern | undefined): string {
  if (!pattern) return 'are some ids never used?';
  return pattern.kind === 'step' ? `do ids grow by ${pattern.distance}?` : spellRegularity(pattern);
}

/** The number of the nearest events that decide which ids a stream with a step expects. */
export const eventsForPhase = 16;

/**
 * Returns the expected ids of a hole, as the lowest and the highest one. Undefined if there is none. With a step, the id
 * from which the numbering was reset decides which ids are expected, or else most of the nearest events.
 *
 *     step 10, events 10 20 30 33 · 50      expected in 34–49: 40
 */
export function expectedIn(hole: Range, events: readonly number[], settings: DoubtSettings): Range | undefined {
  const step = stepOf(settings);
  if (step === 1 || sizeOf(hole) === 0) return hole;
  const phase = (settings.reset?.from ?? expectedNear(hole, events, step)) % step;
  const from = hole.from + ((((phase - hole.from) % step) + step) % step);
  const to = hole.to - ((((hole.to - phase) % step) + step) % step);
  return from > to ? undefined : { from, to };
}

/** Returns an id that has the distance of a number of steps from most of the events nearest to a hole. */
function expectedNear({ from }: Range, events: readonly number[], step: number): number {
  const at = firstAtOrAbove(events, from);
  const nearest = events.slice(Math.max(0, at - eventsForPhase / 2), at + eventsForPhase / 2);
  const [phase = from] = commonest(nearest.map((id) => id % step)) ?? [];
  return phase;
}
