import type { Range } from '../gaps/range.ts';
import type { BlockStore, Clock } from '../ports.ts';
import type { Model } from './model.ts';
import { knownEvents, type Known } from './neighbours.ts';
import { HistoryWindow } from './history-window.ts';
import { LruCache } from '../lru-cache.ts';

/** The number of blocks that share a window. The window also has as many blocks on either side. */
const blocksAtOnce = 64;
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

/** Loads each window of a stream (192 blocks, 49,152 ids) once for all gaps in it. */
export class History {
  private readonly deps: { readonly blocks: BlockStore; readonly clock: Clock };
  private readonly windows = new LruCache<Kept>({ maxEntries: maxWindows });
  private readonly models = new LruCache<Model>({ maxEntries: maxModels });
  private readings = 0;

  constructor(deps: { readonly blocks: BlockStore; readonly clock: Clock }) {
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
    const from = indexes.from - (indexes.from % blocksAtOnce) - blocksAtOnce;
    const to = indexes.to - (indexes.to % blocksAtOnce) + 2 * blocksAtOnce - 1;
    const name = `${stream} ${from}–${to}`;
    const kept = this.windows.get(name);
    if (kept && kept.untilMs > this.deps.clock.now()) {
      const window = await kept.window;
      if (near.every(({ eventId }) => window.knows(eventId))) return window;
    }
    const window = this.read(stream, { from: Math.max(0, from), to }, name, step);
    this.windows.set(name, { window, untilMs: this.deps.clock.now() + lifeMs });
    // After an error, the next gap loads the window again.
    window.catch(() => {
      this.windows.take(name);
    });
    return window;
  }

  private async read(stream: string, { from, to }: Range, name: string, step: number): Promise<HistoryWindow> {
    const known: Known[] = [];
    for await (const block of this.deps.blocks.scan(stream, from, to)) known.push(...knownEvents(block));
    return new HistoryWindow(known, this.models, `${name} ${++this.readings}`, step);
  }
}
