import type { Range } from '../gaps/range.ts';
import type { BlockStore, Clock } from '../ports.ts';
import type { GapShape } from './gap-position.ts';
import type { LearnedModel, Model } from './model.ts';
import { knownEvents, type Known } from './neighbours.ts';
import { HistoryWindow } from './history-window.ts';
import type { Sequence } from './sequence.ts';
import { LruCache } from '../lru-cache.ts';

/** The number of blocks that share a window. The window also has as many blocks on either side. */
export const blocksAtOnce = 64;
/** How long a window is cached, in milliseconds, so that the gaps of one sweep share it. */
const lifeMs = 60_000;
/** The maximum number of cached windows, each of at most 2 MB. */
const maxWindows = 16;
/** The maximum number of cached models, each of at most 5 MB. */
const maxModels = 24;

interface Kept {
  readonly window: Promise<HistoryWindow>;
  readonly untilMs: number;
}

/** A window of a stream: a range of block indexes, and a name. */
export interface WindowRange extends Range {
  readonly name: string;
}

/** Returns the window around some blocks. */
export function historyRange(stream: string, indexes: Range): WindowRange {
  const from = Math.max(0, indexes.from - (indexes.from % blocksAtOnce) - blocksAtOnce);
  const to = indexes.to - (indexes.to % blocksAtOnce) + 2 * blocksAtOnce - 1;
  return { from, to, name: `${stream} ${from}–${to}` };
}

/** Models that somebody learns before they are needed. */
export interface LearnedAhead {
  /**
   * @param window The name of a window.
   * @returns What was learned from an equal sequence for the same shape. Undefined if nothing was.
   */
  take(window: string, sequence: Sequence, shape: GapShape): LearnedModel | undefined;
}

interface HistoryDeps {
  readonly blocks: Pick<BlockStore, 'scan'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly learnedAhead?: LearnedAhead;
}

/** Loads each window of a stream (192 blocks, 49,152 ids) once for all gaps in it. */
export class History {
  private readonly deps: HistoryDeps;
  private readonly windows = new LruCache<Kept>({ maxEntries: maxWindows });
  private readonly models = new LruCache<Model>({ maxEntries: maxModels });
  private readings = 0;

  constructor(deps: HistoryDeps) {
    this.deps = deps;
  }

  /**
   * Returns the window of a stream around some blocks.
   *
   * @param indexes The indexes of the blocks with missing ids.
   * @param near The events known there now. A cached window that lacks one of them is loaded again.
   * @param step The distance of two consecutive ids, as the catalog has it.
   */
  async window(stream: string, indexes: Range, near: readonly Known[], step = 1): Promise<HistoryWindow> {
    const range = historyRange(stream, indexes);
    const { name } = range;
    const kept = this.windows.get(name);
    if (kept && kept.untilMs > this.deps.clock.now()) {
      const window = await kept.window;
      if (near.every(({ eventId }) => window.knows(eventId))) return window;
    }
    const window = this.read(stream, range, step);
    this.windows.set(name, { window, untilMs: this.deps.clock.now() + lifeMs });
    // After an error, the next gap loads the window again.
    window.catch(() => {
      this.windows.take(name);
    });
    return window;
  }

  private async read(stream: string, { from, to, name }: WindowRange, step: number): Promise<HistoryWindow> {
    const known: Known[] = [];
    for await (const block of this.deps.blocks.scan(stream, from, to)) known.push(...knownEvents(block));
    const { learnedAhead } = this.deps;
    return new HistoryWindow(known, this.models, `${name} ${++this.readings}`, step, (sequence, shape) =>
      learnedAhead?.take(name, sequence, shape),
    );
  }
}
