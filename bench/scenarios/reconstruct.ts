import { systemClock } from '../../shared/gcp/clock.ts';
import { HistoryWindow } from '../../shared/inference/history-window.ts';
import type { Known } from '../../shared/inference/neighbours.ts';
import { LruCache } from '../../shared/lru-cache.ts';
import { Turns } from '../../shared/turns.ts';
import { shopEvents } from '../../test/support/streams.ts';
import type { Measure, MeasuredScenario } from '../scenario.ts';

const gaps = [1, 3, 10, 100];
const eventCount = 49_000;

/** Learning from the history of a stream, while other deliveries wait. */
export const reconstruct: MeasuredScenario = {
  name: 'reconstruct',
  about: `guesses for gaps of 1 to 100 events in a history of ${eventCount.toLocaleString('en')} events, by CPU time`,
  isCounted: false,
  run: async (size, context) => {
    const events = shopEvents({ events: Math.ceil(eventCount * size), seed: 1 });
    // Warms up: the first computation is also compiled.
    await costOf(events, 1);
    const costs = [];
    for (const count of gaps) {
      context.io.say(`reconstruct: a gap of ${count}`);
      costs.push({ count, ...(await costOf(events, count)) });
    }
    const ofOne = costs[0]?.cpuMs ?? Number.NaN;
    return costs.flatMap(({ count, cpuMs, longestTurnMs }): Measure[] => [
      {
        metric: `longest turn of the event loop in ms, a gap of ${count}`,
        ours: longestTurnMs,
        target: { atMost: 50 },
      },
      {
        metric: `CPU in ms, a gap of ${count}`,
        ours: cpuMs,
        baseline: { value: ofOne, what: 'a gap of 1' },
        ...(count === 100 ? { target: { of: 'ratio', atMost: 2 } } : {}),
      },
    ]);
  },
};

async function costOf(
  events: readonly Known[],
  count: number,
): Promise<{ readonly cpuMs: number; readonly longestTurnMs: number }> {
  const middle = Math.floor(events.length / 2);
  const known = events.filter((_, i) => i < middle || i >= middle + count);
  const turns = new LongestTurn();
  const before = process.cpuUsage();
  // A turn of its own, as after the read of the history.
  await new Promise(setImmediate);
  const window = new HistoryWindow(known, new LruCache({ maxEntries: 100 }), 'bench');
  await new Turns(systemClock).run(window.guesses({ below: middle, count }));
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000, longestTurnMs: turns.stop() };
}

/** Measures the turns of the event loop, by the CPU time of the process. */
class LongestTurn {
  private longestMicros = 0;
  private last = process.cpuUsage();
  private isStopped = false;

  constructor() {
    this.watch();
  }

  /** @returns The CPU time of the longest turn, in milliseconds. */
  stop(): number {
    this.isStopped = true;
    return this.longestMicros / 1_000;
  }

  private watch(): void {
    setImmediate(() => {
      const { user, system } = process.cpuUsage(this.last);
      this.last = process.cpuUsage();
      this.longestMicros = Math.max(this.longestMicros, user + system);
      if (!this.isStopped) this.watch();
    });
  }
}
