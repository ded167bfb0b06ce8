import type { Range } from '../gaps/range.ts';
import type { BlockStore, Clock } from '../ports.ts';
import type { Model } from './model.ts';
import { knownEvents, type Known } from './neighbours.ts';
import { HistoryWindow } from './history-window.ts';
import { LruCache } from '../lru-cache.ts';

/** Blocks that share what is learned, and as many on either side: what it is learned from. */
const blocksAtOnce = 64;
/** How long it is used for, in milliseconds: the gaps of one sweep find the same. */
const lifeMs = 60_000;
/** Parts that are kept at a time, each of 2 MB at the most. */
const maxWindows = 16;
/** Models that are kept at a time, each of 5 MB at the most. */
const mostModels = 24;

interface Kept {
  readonly window: Promise<HistoryWindow>;
  readonly untilMs: number;
}

/** Reads each window of a stream once for the many gaps in it: 192 blocks, 49,152 ids. */
export class History {
  private readonly deps: { readonly blocks: BlockStore; readonly clock: Clock };
  private readonly windows = new LruCache<Kept>({ maxEntries: maxWindows });
  private readonly models = new LruCache<Model>({ maxEntries: mostModels });
  private readings = 0;

  constructor(deps: { readonly blocks: BlockStore; readonly clock: Clock }) {
    this.deps = deps;
  }

  /**
   * The window of a stream around some blocks.
   *
   * @param indexes Of the blocks that something is missing in.
   * @param near What is known there by now: a window that was read before is read again.
   */
  async window(stream: string, indexes: Range, near: readonly Known[]): Promise<HistoryWindow> {
    const from = indexes.from - (indexes.from % blocksAtOnce) - blocksAtOnce;
    const to = indexes.to - (indexes.to % blocksAtOnce) + 2 * blocksAtOnce - 1;
    const name = `${stream} ${from}–${to}`;
    const kept = this.windows.get(name);
    if (kept && kept.untilMs > this.deps.clock.now()) {
      const window = await kept.window;
      if (near.every(({ eventId }) => window.knows(eventId))) return window;
    }
    const window = this.read(stream, { from: Math.max(0, from), to }, name);
    this.windows.set(name, { window, untilMs: this.deps.clock.now() + lifeMs });
    // What could not be read is read again by the next gap.
    window.catch(() => {
      this.windows.take(name);
    });
    return window;
  }

  private async read(stream: string, { from, to }: Range, name: string): Promise<HistoryWindow> {
    const known: Known[] = [];
    for await (const block of this.deps.blocks.scan(stream, from, to)) known.push(...knownEvents(block));
    return new HistoryWindow(known, this.models, `${name} ${++this.readings}`);
  }
}
