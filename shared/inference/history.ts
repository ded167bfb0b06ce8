import type { BlockStore, Clock } from '../ports.ts';
import type { Block } from '../tracking/block.ts';
import { knownEvents } from './neighbours.ts';
import { TypeStatistics } from './type-statistics.ts';

/** Blocks that share their statistics: these, and as many on either side, are what the statistics are drawn from. */
const blocksAtOnce = 4;
/** How long statistics are used for, in milliseconds: the gaps of one sweep find the same. */
const lifeMs = 60_000;
/** Statistics that are kept at a time. */
const mostKept = 16;

interface Kept {
  readonly statistics: Promise<TypeStatistics>;
  readonly untilMs: number;
}

/** Knows what usually stands where around a block, and reads each part of a stream once for the many gaps in it. */
export class History {
  private readonly deps: { readonly blocks: BlockStore; readonly clock: Clock };
  private readonly kept = new Map<string, Kept>();

  constructor(deps: { readonly blocks: BlockStore; readonly clock: Clock }) {
    this.deps = deps;
  }

  statistics(stream: string, index: number): Promise<TypeStatistics> {
    const from = index - (index % blocksAtOnce);
    const name = `${stream}/${from}`;
    const known = this.kept.get(name);
    if (known && known.untilMs > this.deps.clock.now()) return known.statistics;
    const statistics = this.read(stream, from);
    this.kept.delete(name);
    this.kept.set(name, { statistics, untilMs: this.deps.clock.now() + lifeMs });
    // What could not be read is read again by the next gap.
    statistics.catch(() => this.kept.delete(name));
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept && oldest !== undefined) this.kept.delete(oldest);
    return statistics;
  }

  private async read(stream: string, from: number): Promise<TypeStatistics> {
    const blocks: Block[] = [];
    const first = Math.max(0, from - blocksAtOnce);
    for await (const block of this.deps.blocks.scan(stream, first, from + 2 * blocksAtOnce - 1)) blocks.push(block);
    return new TypeStatistics(knownEvents(blocks));
  }
}
