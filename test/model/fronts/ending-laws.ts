import { frontsOf } from '../../../shared/gaps/front.ts';
import { isUnresolved } from '../../../shared/gaps/gap.ts';
import { maxWaitMs } from '../../../shared/gaps/obstacle.ts';
import type { Allowances } from './front-stream.ts';
import { tickSeconds, type FrontWorld } from './front-world.ts';
import { isAboveMaxGap } from './plain-numbering.ts';
import type { GivenUpLetter } from './recording-topics.ts';

/** The counts of a run. */
export interface EndingCounts {
  readonly completedMs: readonly number[];
  readonly refused: readonly string[];
}

const hourMs = 3_600_000;
/** The minimum time between two letters of a stream. */
const letterMs = 600_000;
/** The maximum size of the stream's document, in characters of JSON. Firestore's limit is 1 MiB. */
const maxDocumentLength = 100_000;

/** Checks the laws that hold at the end of a run. */
export async function checkEnding(
  world: FrontWorld,
  { completedMs, refused }: EndingCounts,
  allows: Allowances,
): Promise<void> {
  if (!world.traffic.hidesLosses) checkFiling(world, completedMs, allows.lateTicks);
  checkFiledOnce(world);
  await checkRanges(world);
  checkInferences(world, allows);
  checkLetters(world, allows);
  await checkDoubtIsTold(world);
  await checkResolved(world, completedMs, allows.lateTicks);
  const { mustRefuse = 0 } = world.traffic;
  if (refused.length < mustRefuse) world.fail('a wrong id is accepted', refused.length);
  if (refused.length > mustRefuse + allows.refused) world.fail('an id is refused', refused.length, refused.slice(0, 2));
  const requests = world.topics.asked.length;
  if (requests > allows.requests) world.fail('too many requests', requests);
  const { lost, insideSince } = world.losses;
  const unrecovered = [...lost].filter((id) => insideSince.has(id));
  if (world.traffic.recovers && unrecovered.length > 0)
    world.fail('a lost event is not recovered', unrecovered.length, unrecovered[0]);
  const size = JSON.stringify((await world.ledger.progress(world.stream)) ?? {}).length;
  if (size > maxDocumentLength) world.fail('the document is bounded', size);
  if (world.errors.length > 0) world.fail('an error is logged', world.errors[0]);
}

/** Checks that every loss inside a front was filed a grace and a tick after the first sweep that could see it there. */
function checkFiling(world: FrontWorld, completedMs: readonly number[], lateTicks: number): void {
  const { settings, losses, ledger, traffic } = world;
  // If track writes while sweeps run, a sweep may see a loss inside a front a tick before the truth does.
  const earlyMs = traffic.faults?.crashes || traffic.faults?.overlaps ? tickSeconds * 1_000 : 0;
  const filed = ledger.filed.filter((row) => !isAboveMaxGap(row, settings)).sort((a, b) => a.foundAtMs - b.foundAtMs);
  for (const [id, sinceMs] of losses.insideSince) {
    const limitMs = completedMs.find((atMs) => atMs >= sinceMs + settings.graceMs);
    if (limitMs === undefined || (losses.cameAt.get(id) ?? Number.POSITIVE_INFINITY) < limitMs) continue;
    const row = filed.find(({ from, to }) => from <= id && id <= to);
    const mayBeOlder = traffic.lostAgain?.ids.has(id) ?? false;
    if (row && !mayBeOlder && row.foundAtMs < sinceMs + settings.graceMs - earlyMs)
      world.fail('a loss is filed too early', { id, sinceMs, row });
    if (row && row.foundAtMs <= limitMs + lateTicks * tickSeconds * 1_000) continue;
    world.fail('a loss is not filed in time', { id, sinceMs, limitMs, foundAtMs: row?.foundAtMs });
    return;
  }
}

/** Checks that no id is filed again within two windows. Rows longer than `maxGap` say nothing of single ids. */
function checkFiledOnce(world: FrontWorld): void {
  const { settings, ledger } = world;
  const rows = ledger.filed.filter((row) => !isAboveMaxGap(row, settings)).sort((a, b) => a.from - b.from);
  for (const [i, row] of rows.entries()) {
    for (let k = i + 1; k < rows.length && rows[k]!.from <= row.to; k++) {
      const [earlier = 0, later = 0] = [row.foundAtMs, rows[k]!.foundAtMs].sort((a, b) => a - b);
      // After a reset the same id stands for another event.
      const isOfOtherNumbering = earlier < world.resetAtMs && world.resetAtMs <= later;
      if (later - earlier >= 2 * settings.windowMs || isOfOtherNumbering) continue;
      world.fail('an id is filed twice', row, rows[k]);
      return;
    }
  }
}

/**
 * Checks that the range between two neighbouring fronts is in a row, if the upper one grew a grace and a resend timeout
 * after the lower one last did.
 */
async function checkRanges(world: FrontWorld): Promise<void> {
  const progress = (await world.ledger.progress(world.stream))?.value;
  if (!progress || progress.hasDropped) return;
  const { graceMs, resendTimeoutMs } = world.settings;
  const fronts = frontsOf(progress);
  for (const [i, upper] of fronts.entries()) {
    const lower = fronts[i - 1];
    if (!lower || upper.grewAtMs < lower.grewAtMs + graceMs + resendTimeoutMs) continue;
    const between = { from: lower.last + 1, to: upper.first - 1 };
    if (progress.forgotten.some(({ from, to }) => from <= between.to && between.from <= to)) continue;
    if (world.ledger.filed.some(({ from, to }) => from <= between.from && between.to <= to)) continue;
    world.fail('a range between two fronts is not filed', between);
    return;
  }
}

function checkInferences(world: FrontWorld, allows: Allowances): void {
  const { inferred, traffic, losses } = world;
  const emitted = new Set([...traffic.lost, ...traffic.arrivals.map(({ id }) => id)]);
  const invented = [...inferred].filter((id) => !emitted.has(id));
  if (invented.length > allows.invented) world.fail('an event is invented', invented.length, invented.slice(0, 5));
  const early = [...inferred].filter((id) => losses.cameAt.has(id));
  if (early.length > allows.early) world.fail('an event is inferred before it comes', early.length, early.slice(0, 5));
}

function checkLetters(world: FrontWorld, allows: Allowances): void {
  const { topics, traffic } = world;
  // After a crash, or if two sweeps overlap, the same letter is published again. The archive files it once.
  const maySendTwice = Boolean(traffic.faults?.crashes ?? traffic.faults?.overlaps);
  const times = (maySendTwice ? firstOfEachRoot(topics.letters) : topics.letters).map(({ atMs }) => atMs);
  const busiest = mostInAnHour(times);
  if (busiest > allows.lettersAnHour) world.fail('too many letters in an hour', busiest);
  if (times.length > allows.letters) world.fail('too many letters', times.length);
}

/** Checks that every doubtful gap that was given up more than a day ago is in a letter. */
async function checkDoubtIsTold(world: FrontWorld): Promise<void> {
  const { gaps } = await world.ledger.list(world.stream, Number.POSITIVE_INFINITY);
  const dueMs = world.clock.now() - 24 * hourMs - 20 * tickSeconds * 1_000;
  for (const { from, to, state, why, resolvedAtMs = Number.POSITIVE_INFINITY } of gaps) {
    if (state !== 'abandoned' || !why?.startsWith('the numbers around have holes') || resolvedAtMs > dueMs) continue;
    const isTold = world.topics.letters.some(
      ({ atMs, ranges }) => atMs >= resolvedAtMs && ranges.some((range) => range.from <= from && to <= range.to),
    );
    if (isTold) continue;
    world.fail('a doubtful gap is not told within a day', { from, to, resolvedAtMs });
    return;
  }
}

/**
 * Checks that no gap waits for ever. It may wait for its producer, then for more ids, and then for a letter, once more if a
 * sweep crashes.
 */
async function checkResolved(world: FrontWorld, completedMs: readonly number[], lateTicks: number): Promise<void> {
  const { settings, ledger, stream } = world;
  if (!settings.recover) return;
  const waitMs = settings.resendTimeoutMs + maxWaitMs(settings) + 2 * letterMs + (5 + lateTicks) * tickSeconds * 1_000;
  const dueMs = (completedMs.at(-1) ?? 0) - waitMs;
  const { gaps } = await ledger.list(stream, Number.POSITIVE_INFINITY);
  const open = gaps.find((gap) => isUnresolved(gap) && gap.foundAtMs < dueMs);
  if (open) world.fail('a gap waits for ever', open);
}

function firstOfEachRoot(letters: readonly GivenUpLetter[]): readonly GivenUpLetter[] {
  return letters.filter(({ root }, i) => letters.findIndex((other) => other.root === root) === i);
}

/** @param times Ascending, in milliseconds. */
function mostInAnHour(times: readonly number[]): number {
  let [first, most] = [0, 0];
  for (const [i, at] of times.entries()) {
    while ((times[first] ?? at) <= at - hourMs) first++;
    most = Math.max(most, i - first + 1);
  }
  return most;
}
