import type { TickDeps } from '../../../functions/sweep/deps.ts';
import { makeSweepMemory, sweepStream, type SweepMemory } from '../../../functions/sweep/sweep-stream.ts';
import { isForgettable, isUnresolved } from '../../../shared/gaps/gap.ts';
import { BlockReads } from './block-reads.ts';
import { tickSeconds, type FrontWorld } from './front-world.ts';
import type { Process } from './interleaver.ts';
import type { SimulatedTrack } from './simulated-track.ts';

/** How long a sweep may take, as in functions/sweep/handler.ts. */
const maxSweepMs = 45_000;

/** A sweep that is under way, and the number of calls after which it crashes or pauses. */
interface Underway {
  readonly process: Process;
  readonly crashesAfter: number;
  pausesAfter: number;
  calls: number;
}

/** Runs the real sweeps of two instances, alone or interleaved, and answers what they publish. */
export class SimulatedSweeps {
  readonly reads = new BlockReads();
  /** When a sweep that began at a tick was completed: the times of the ticks, in milliseconds since 1970. */
  readonly completedMs: number[] = [];
  /** For each instance, the time of the progress that it saw last. It may keep that progress while the stream rests. */
  readonly seenSweptAtMs = [0, 0];
  private readonly world: FrontWorld;
  private readonly track: SimulatedTrack;
  private readonly deps: TickDeps;
  private readonly instances: SweepMemory[] = [makeSweepMemory(), makeSweepMemory()];
  private underway: Underway[] = [];
  /** The number of calls of the last sweep that ran to its end. */
  private callsOfLast = 10;
  private answered = 0;

  constructor(world: FrontWorld, track: SimulatedTrack) {
    this.world = world;
    this.track = track;
    this.deps = this.depsOf(world);
  }

  /** Sweeps the stream, and then lets reconstruct and the producer answer. */
  async tick(): Promise<void> {
    const { faults } = this.world.traffic;
    const startMs = this.world.clock.now();
    this.reads.reset();
    this.world.callTime = faults?.callTime ?? 0;
    if (faults?.crashes || faults?.overlaps) await this.sweepInTurns(startMs);
    else await this.sweepAlone(startMs);
    this.world.callTime = 0;
    await this.reconstruct();
    if (this.world.traffic.answers) this.resend();
  }

  private depsOf({ clock, catalog, random, log, ledger, topics, blocks }: FrontWorld): TickDeps {
    return { clock, catalog, random, log, ledger, publisher: topics, blocks: this.reads.countOf(blocks) };
  }

  private sweep(instance: number, startMs: number): Promise<void> {
    return sweepStream(this.deps, this.instances[instance]!, this.world.stream, startMs + maxSweepMs);
  }

  private async sweepAlone(startMs: number): Promise<void> {
    const { random } = this.world;
    const instance = random() < 0.5 ? 0 : 1;
    try {
      await this.sweep(instance, startMs);
      await this.see(instance);
      this.completedMs.push(startMs);
    } catch (error) {
      this.world.fail('a sweep fails', spellError(error));
    }
  }

  private async see(instance: number): Promise<void> {
    this.seenSweptAtMs[instance] = (await this.world.ledger.progress(this.world.stream))?.value.sweptAtMs ?? 0;
  }

  /** Lets sweeps take turns at their calls. Between two calls track may write. */
  private async sweepInTurns(startMs: number): Promise<void> {
    const { random, interleaver, seconds, ledger, traffic } = this.world;
    const begun = await this.begin(startMs);
    for (const one of this.underway) one.pausesAfter += one.calls;
    this.underway.push(...begun);
    const isPaused = ({ calls, pausesAfter }: Underway): boolean => calls >= pausesAfter;
    for (;;) {
      const able = this.underway.filter((one) => !isPaused(one));
      const one = able[Math.floor(random() * able.length)];
      if (!one) break;
      const saves = ledger.saves;
      await interleaver.resume(one.process);
      one.calls++;
      const crashesNow = ledger.saves > saves && random() < (traffic.faults?.crashes ?? 0);
      if (one.process.isDone) this.end(one, begun.includes(one) ? startMs : undefined);
      else if (crashesNow || one.calls >= one.crashesAfter) this.crash(one);
      if (random() < 0.05) await this.track.deliverUntil(Math.min(this.world.seconds + 2, seconds + tickSeconds / 2));
    }
  }

  private async begin(startMs: number): Promise<Underway[]> {
    const { random, traffic, interleaver } = this.world;
    const { crashes = 0, overlaps = 0 } = traffic.faults ?? {};
    const begun: Underway[] = [];
    for (const instance of random() < overlaps ? [0, 1] : [random() < 0.5 ? 0 : 1]) {
      const within = (chance: number): number =>
        random() < chance ? Math.ceil(random() * this.callsOfLast) : Number.POSITIVE_INFINITY;
      const process = await interleaver.start(`instance ${instance}`, () => this.sweep(instance, startMs));
      begun.push({ process, calls: 0, crashesAfter: within(crashes), pausesAfter: within(overlaps / 4) });
    }
    return begun;
  }

  private end(one: Underway, startMs: number | undefined): void {
    this.remove(one);
    this.callsOfLast = one.calls;
    const { error } = one.process;
    if (error !== undefined) this.world.fail('a sweep fails', spellError(error));
    else if (startMs !== undefined) this.completedMs.push(startMs);
    // Without knowing what it kept, every block counts as new for it.
    this.seenSweptAtMs.fill(0);
  }

  /** Ends a sweep for ever, with its instance. */
  private crash(one: Underway): void {
    this.remove(one);
    this.instances[one.process.label === 'instance 0' ? 0 : 1] = makeSweepMemory();
  }

  private remove(one: Underway): void {
    this.underway = this.underway.filter((other) => other !== one);
  }

  /** Infers what gaps still miss, or records why it cannot, as reconstruct does. */
  private async reconstruct(): Promise<void> {
    const { ledger, topics, stream, clock, settings, traffic } = this.world;
    const requests = topics.toInfer;
    topics.toInfer = [];
    for (const { from, to } of requests) {
      const row = await ledger.find(stream, from);
      if (!row || !isUnresolved(row.value) || isForgettable(row.value, clock.now(), settings)) continue;
      if (traffic.obstacle === undefined) await this.track.infer(from, to);
      else await ledger.save({ ...row.value, why: traffic.obstacle }, row.version);
    }
  }

  /** Sends the lost events of the ranges that were asked for. */
  private resend(): void {
    const { topics, losses, random, seconds } = this.world;
    const asked = topics.asked.slice(this.answered);
    this.answered = topics.asked.length;
    for (const { from, to } of asked) {
      const lost = [...losses.lost].filter((id) => id >= from && id <= to);
      this.track.send(lost.map((id) => ({ at: seconds + random() * 200, id, stampedAt: seconds })));
    }
  }
}

function spellError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
