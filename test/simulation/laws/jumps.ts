import { mostSkewMs } from '../fleet.ts';
import { naiveStep } from './naive-fronts.ts';
import { noId } from '../sent-message.ts';
import { isClaimed, type Observations } from './observations.ts';
import type { Law } from './law.ts';

/** For how long an instance of track may believe that nothing is held below an id, in milliseconds. */
export const believedMs = 60_000 + 2 * mostSkewMs;

/**
 * An event is refused if its id is too far above the highest id held below it. If nothing is held below, it is accepted.
 */
export const jumpsAreRefused: Law = function* (observations) {
  const { journal } = observations;
  for (const { n, stream, id, origin, order } of observations.cleans) {
    const isFree = origin === 'reconstructed' || observations.replaysOf(stream, id).length > 0;
    if (isFree || id === noId || (journal.slept && journal.slept.order < order)) continue;
    const own = new Set<number | undefined>(observations.sentAbout(stream, id).map((sent) => sent.n));
    const [first] = journal.deliveries.filter((one) => own.has(one.n));
    if (!first || first.order > order) continue;
    const isAnyBelow = heldBelow(observations, stream, id, first.atMs - believedMs).length > 0;
    const isAnyNear = journal.deliveries.some(
      (one) =>
        !own.has(one.n) && one.stream === stream && one.order < order && isNear(observations, stream, one.to, id),
    );
    const isInVoid = journal.deliveries.some(
      (one) => !own.has(one.n) && one.stream === stream && one.order < order && one.from <= id && id <= one.to,
    );
    if (isAnyBelow && !isAnyNear && !isInVoid)
      yield `message ${n ?? '-'} was cleaned, though ${stream}/${id} is a jump`;
  }
};

/** Whether it is right to refuse a message because its id is far above every id that is held below it. */
export function isKnownJump(observations: Observations, n: number, stream: string, id: number): boolean {
  const [first] = observations.deliveriesOf(n);
  if (!first) return false;
  const { slept } = observations.journal;
  // Blocks of lower ids may have been deleted since the scheduler stopped.
  const isKept = !slept || first.order < slept.order;
  const below = heldBelow(observations, stream, id, first.atMs);
  const isAnyNear = isKept && below.some((one) => isNear(observations, stream, one, id));
  const isAnyBelow = observations.journal.deliveries.some(
    (one) => one.stream === stream && one.n !== n && one.from < id,
  );
  return !isAnyNear && isAnyBelow;
}

/** Returns the ids of a stream up to one whose events were visible before a time. */
export function heldBelow(
  { cleans, letters }: Observations,
  stream: string,
  id: number,
  beforeMs: number,
): readonly number[] {
  return [...cleans, ...letters].flatMap((seen) => {
    const isVisible = seen.stream === stream && seen.n !== undefined && isClaimed(seen) && seen.atMs < beforeMs;
    return isVisible && seen.id !== undefined && seen.id <= id ? [seen.id] : [];
  });
}

function isNear({ settings }: Observations, stream: string, below: number, id: number): boolean {
  const { maxJump } = settings(stream);
  return below <= id && id - below <= maxJump * naiveStep(settings(stream));
}
