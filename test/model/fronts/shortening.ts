import type { Arrival } from './arrivals.ts';
import { runFrontStream } from './front-run.ts';
import type { FrontStream } from './front-stream.ts';
import type { BrokenLaw } from './front-world.ts';

/** The most runs to shorten one stream. */
const maxRuns = 80;

interface BrokenStream {
  readonly seed: number;
  readonly stream: FrontStream;
  readonly broken: readonly BrokenLaw[];
}

/**
 * Removes arrivals as long as the same law is broken. A removed event counts as lost, so that a hole never seems to be
 * one that was never emitted.
 */
export async function shortenStream(found: BrokenStream): Promise<Pick<BrokenStream, 'stream' | 'broken'>> {
  const { seed } = found;
  const law = found.broken[0]?.law;
  let { stream, broken } = found;
  let size = Math.ceil(stream.arrivals.length / 2);
  for (let runs = 0; runs < maxRuns && size >= 1;) {
    let isShorter = false;
    for (let from = 0; from < stream.arrivals.length && runs < maxRuns; runs++) {
      const shorter = without(stream, from, size);
      const outcome = await runFrontStream(shorter, seed);
      if (shorter.arrivals.length > 0 && outcome.broken[0]?.law === law) {
        [stream, broken, isShorter] = [shorter, outcome.broken, true];
      } else from += size;
    }
    size = isShorter && size > 1 ? size : Math.floor(size / 2);
  }
  return { stream, broken };
}

function without(stream: FrontStream, from: number, count: number): FrontStream {
  const removed = stream.arrivals.slice(from, from + count);
  const arrivals = stream.arrivals.toSpliced(from, count);
  const left = new Set(arrivals.map(({ id }) => id));
  const lost = removed.filter((one) => isEvent(one) && !left.has(one.id)).map(({ id }) => id);
  return { ...stream, arrivals, lost: new Set([...stream.lost, ...lost]) };
}

function isEvent({ voidTo }: Arrival): boolean {
  return voidTo === undefined;
}
