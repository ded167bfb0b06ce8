import { planReset, resetStream } from '../../../cli/streams/reset.ts';
import { makeEmbeddedStores } from '../../../shared/embedded/ports.ts';
import { runsOf } from '../../../shared/gaps/front.ts';
import { maxWaitMs } from '../../../shared/gaps/obstacle.ts';
import type { Range } from '../../../shared/gaps/range.ts';
import { checkEnding } from './ending-laws.ts';
import { FrontLaws } from './front-laws.ts';
import { noAllowances, type FrontStream } from './front-stream.ts';
import { FrontWorld, tickSeconds, type BrokenLaw } from './front-world.ts';
import { SimulatedSweeps } from './simulated-sweeps.ts';
import { SimulatedTrack } from './simulated-track.ts';

/** The outcome of one run. */
export interface FrontOutcome {
  readonly broken: readonly BrokenLaw[];
  /** The fronts and outliers at the end, ascending. */
  readonly runs: readonly Range[];
  /** The missing ids of the rows at the end, ascending, each once. */
  readonly rows: readonly (Range & { readonly state: string })[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Runs a stream to its end, or until a law is broken. The same seed gives the same run. */
export async function runFrontStream(traffic: FrontStream, seed: number): Promise<FrontOutcome> {
  const world = new FrontWorld(traffic, seed);
  const track = new SimulatedTrack(world);
  const sweeps = new SimulatedSweeps(world, track);
  const laws = new FrontLaws(world, sweeps);
  const allows = { ...noAllowances, ...traffic.allows };
  const until = traffic.until ?? endOf(world, track.lastAt, allows.lateTicks);
  let sweptTicks = 0;
  for (let t = tickSeconds * (1 + Math.floor(track.firstAt / tickSeconds)); t <= until; t += tickSeconds) {
    await track.deliverUntil(t);
    world.advanceTo(t);
    world.deleteExpired();
    if (traffic.faults?.asleep?.some(({ from, to }) => from <= t && t < to)) continue;
    sweptTicks++;
    if (traffic.lostAgain && traffic.lostAgain.at <= t && traffic.lostAgain.at > t - tickSeconds)
      world.losses.loseAgain(traffic.lostAgain.ids);
    if (traffic.reset && traffic.reset.at <= t && traffic.reset.at > t - tickSeconds)
      await resetNumbering(world, traffic.reset.from);
    world.losses.look(world.clock.now());
    await laws.before();
    await sweeps.tick();
    await laws.after();
    if (world.broken.length > 0) break;
  }
  if (world.broken.length === 0)
    await checkEnding(world, { completedMs: sweeps.completedMs, refused: track.refused }, allows);
  return outcomeOf(world, {
    arrivals: traffic.arrivals.length,
    ticks: sweptTicks,
    inside: world.losses.insideSince.size,
    lost: world.losses.lost.size,
    asked: world.topics.asked.length,
    inferred: world.inferred.size,
    letters: world.topics.letters.length,
    refused: track.refused.length,
    revisions: track.revisions,
  });
}

/** Resets the numbering as the command does. From then on nothing below the first id may be inferred. */
async function resetNumbering(world: FrontWorld, from: number): Promise<void> {
  const { blocks, ledger, catalog, clock, stream } = world;
  const stores = { blocks, ledger, catalog, clock, letters: makeEmbeddedStores(() => Promise.resolve()).letters };
  const plan = await planReset(stores, stream, from);
  if (plan) await resetStream(stores, plan);
  world.losses.reset(from);
  world.resetFrom = from;
  world.resetAtMs = clock.now();
}

function endOf({ settings }: FrontWorld, lastAt: number, lateTicks: number): number {
  return (
    lastAt +
    (settings.graceMs + 2 * settings.resendTimeoutMs + maxWaitMs(settings)) / 1_000 +
    (6 + lateTicks) * tickSeconds
  );
}

async function outcomeOf(world: FrontWorld, counts: Readonly<Record<string, number>>): Promise<FrontOutcome> {
  const progress = (await world.ledger.progress(world.stream))?.value;
  const { gaps } = await world.ledger.list(world.stream, Number.POSITIVE_INFINITY);
  return {
    broken: world.broken,
    runs: runsOf(progress?.pieces ?? []).map(({ from, to }) => ({ from, to })),
    rows: gaps.toReversed(),
    counts: { ...counts, rows: gaps.length },
  };
}
