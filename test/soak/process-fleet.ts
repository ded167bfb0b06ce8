import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { functionNames } from '../../shared/topology.ts';
import type { Random } from '../../shared/ports.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { FunctionProcess, type FunctionProcessOptions } from '../../cli/local/function-process.ts';
import type { LocalProcess } from '../../cli/local/process-command.ts';
import { subscriptionNamesOf } from '../../cli/local/resources.ts';
import type { Journal } from '../simulation/journal.ts';
import { groupBy } from '../simulation/laws/group-by.ts';

/** The number of instances of each function. A function that is not listed has one. */
const sizes: Partial<Record<FunctionName, number>> = { validate: 2, track: 3 };
/** The share of kills that send SIGTERM, as a deployment does. The others send SIGKILL. */
const toldShare = 0.25;

/** Runs every instance of every function as a process. A process that ends is started again. */
export class ProcessFleet {
  private readonly instances: readonly FunctionProcess[];
  private readonly byName: ReadonlyMap<string, readonly FunctionProcess[]>;
  private readonly random: Random;

  private constructor(byName: ReadonlyMap<string, readonly FunctionProcess[]>, random: Random) {
    this.byName = byName;
    this.instances = [...byName.values()].flat();
    this.random = random;
  }

  /** Resolves when all processes serve. If one fails to start, all are stopped. */
  static async start(
    options: Omit<FunctionProcessOptions, 'process'>,
    mode: 'push' | 'pull',
    random: Random,
    signal: AbortSignal,
  ): Promise<ProcessFleet> {
    // Each process listens to the signal while it starts.
    setMaxListeners(0, signal);
    const starting = functionNames.flatMap((name) =>
      Array.from({ length: sizes[name] ?? 1 }, () =>
        FunctionProcess.start({ ...options, process: processOf(name, mode) }, signal),
      ),
    );
    const started = (await Promise.allSettled(starting)).flatMap((one) => ('value' in one ? one.value : []));
    const byName = groupBy(started, (one) => one.name);
    const fleet = new ProcessFleet(byName, random);
    try {
      await Promise.all(starting);
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** Picks a random instance of a function. @returns Its address. */
  urlOf(name: FunctionName): string {
    const url = this.pick(this.byName.get(name) ?? [])?.url;
    if (url === undefined) throw new Error(`${name} does not run`);
    return url;
  }

  /** Ends a random instance about every `everyMs` milliseconds, until the signal is aborted. */
  async killRandomly(everyMs: number, journal: Journal, signal: AbortSignal): Promise<void> {
    while (await passes(everyMs * 2 * this.random(), signal)) {
      const how = this.random() < toldShare ? 'SIGTERM' : 'SIGKILL';
      const instance = this.pick(this.instances);
      if (instance?.kill(how) !== true) continue;
      journal.count(how === 'SIGKILL' ? 'kills' : 'restarts');
      journal.count(`ends of ${instance.name}`);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
  }

  private pick(instances: readonly FunctionProcess[]): FunctionProcess | undefined {
    return instances[Math.floor(this.random() * instances.length)];
  }
}

/** Returns the process of a function. A worker pulls the subscriptions of one function, so that each is killed by itself. */
function processOf(name: FunctionName, mode: 'push' | 'pull'): LocalProcess {
  const pulls = subscriptionNamesOf([name], []);
  return mode === 'pull' && pulls.length > 0 ? { name, pulls } : { name };
}

/** Waits. @returns Whether the time passed before the signal was aborted. */
async function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  return setTimeout(ms, true, { signal }).catch(() => false);
}
