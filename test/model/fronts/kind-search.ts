import { Draw } from './draw.ts';
import { frontKind, frontKinds } from './front-kinds.ts';
import { runFrontStream, type FrontOutcome } from './front-run.ts';
import type { FrontKind, FrontStream } from './front-stream.ts';
import type { BrokenLaw } from './front-world.ts';
import { shortenStream } from './shortening.ts';

export { frontKinds };
/** A stream that breaks a law. */
export interface FrontFinding {
  readonly kind: string;
  readonly seed: number;
  readonly stream: FrontStream;
  readonly broken: readonly BrokenLaw[];
}

/** Makes the stream of a seed, and runs it. */
export async function runKind(
  kind: FrontKind,
  seed: number,
  isLong = false,
): Promise<{ readonly stream: FrontStream; readonly outcome: FrontOutcome }> {
  const stream = kind.make(new Draw(seed, isLong));
  return { stream, outcome: await runFrontStream(stream, seed) };
}

/** Runs a kind with several seeds. @returns The violation with the fewest arrivals. */
export async function searchKind(
  kind: FrontKind,
  seeds: readonly number[],
  isLong = false,
): Promise<FrontFinding | undefined> {
  let shortest: FrontFinding | undefined;
  for (const seed of seeds) {
    const { stream, outcome } = await runKind(kind, seed, isLong);
    const isShorter = !shortest || stream.arrivals.length < shortest.stream.arrivals.length;
    if (outcome.broken.length > 0 && isShorter) shortest = { kind: kind.name, seed, stream, broken: outcome.broken };
  }
  return shortest && { ...shortest, ...(await shortenStream(shortest)) };
}

/** Runs kinds until one of them breaks a law. @returns The first violation, as it was found. */
export async function firstFinding(
  names: readonly string[],
  seeds: readonly number[],
): Promise<FrontFinding | undefined> {
  for (const seed of seeds) {
    for (const kind of names.length > 0 ? names.map(frontKind) : frontKinds) {
      const { stream, outcome } = await runKind(kind, seed);
      if (outcome.broken.length > 0) return { kind: kind.name, seed, stream, broken: outcome.broken };
    }
  }
  return undefined;
}

/** The most arrivals and losses to spell. */
const maxSpelt = 60;

/** Spells a violation with its kind, its seed and the shortest stream that was found. */
export function spellFinding({ kind, seed, stream, broken }: FrontFinding): string {
  const arrivals = stream.arrivals
    .toSorted((a, b) => a.at - b.at)
    .map(
      ({ at, id, voidTo }) => `${Math.round(at * 100) / 100}s: ${id}${voidTo === undefined ? '' : `–${voidTo} void`}`,
    );
  const lost = [...stream.lost].sort((a, b) => a - b);
  const { settings, faults } = stream;
  return [
    `kind "${kind}", seed ${seed}`,
    ...broken.slice(0, 3).map(({ law, detail }) => `  ${law} ${detail}`),
    `  settings ${JSON.stringify(settings)}, faults ${JSON.stringify(faults ?? {})}`,
    `  ${arrivals.length} arrivals: ${arrivals.slice(0, maxSpelt).join(', ')}${arrivals.length > maxSpelt ? ' …' : ''}`,
    `  ${lost.length} lost: ${lost.slice(0, maxSpelt).join(', ')}${lost.length > maxSpelt ? ' …' : ''}`,
  ].join('\n');
}
