import { makeSweep } from '../functions/sweep/handler.ts';
import { makeCatalog } from '../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../shared/embedded/block-store.ts';
import { VirtualClock } from '../shared/embedded/clock.ts';
import { EmbeddedGapLedger } from '../shared/embedded/gap-ledger.ts';
import { makeRandom } from '../shared/embedded/random.ts';
import { amendGap } from '../shared/gaps/amend.ts';
import { readRequest } from '../shared/gaps/request.ts';
import type { Handler, Message } from '../shared/messages/message.ts';
import type { GapLedger } from '../shared/ports.ts';
import { aDelivery, atOnce, cellsOf, hold, minuteMs, noDoubt, noon } from '../test/support/builders.ts';
import { CountedBlockStore } from '../test/support/counted-block-store.ts';
import { portsInMemory } from '../test/support/ports.ts';

const stream = 'orders';

/** The documents that the sweeps of a stream read, as Firestore bills them. */
export interface SweptStreamCounts {
  /** From the first sweep until nobody waits for a missing id any more. */
  readonly readsAMissingId: number;
  /** By a tick while all gaps wait for their producer's answer, and nothing happens. */
  readonly readsBetweenDeadlines: number;
}

/** Sweeps a stream of which some events never come, once a minute, in memory and in virtual time. */
export async function countSweptStream(ids: number, missingShare: number): Promise<SweptStreamCounts> {
  const swept = new SweptStream();
  const random = makeRandom(4);
  const held: number[] = [];
  for (let id = 1; id <= ids; id++) if (id === 1 || id === ids || random() >= missingShare) held.push(id);
  await hold(swept.blocks, stream, cellsOf(held), noon);
  swept.blocks.reads = 0;
  const ticks: number[] = [];
  let unresolved = -1;
  // The gaps are found in the first minutes. Their producer never answers.
  for (let minute = 0; unresolved !== 0 && minute < 60; minute++) {
    ticks.push(await swept.tickAfterAMinute());
    const count = await swept.unresolved();
    if (count > 0 || unresolved > 0) unresolved = count;
  }
  if (unresolved !== 0) throw new Error(`${unresolved} gaps are still waited for after an hour`);
  const reads = ticks.reduce((sum, one) => sum + one, 0);
  return { readsAMissingId: reads / (ids - held.length), readsBetweenDeadlines: Math.min(...ticks.slice(3, -2)) };
}

class SweptStream {
  readonly blocks = new CountedBlockStore(new EmbeddedBlockStore(atOnce));
  private readonly clock = new VirtualClock(noon);
  private readonly ledger = new EmbeddedGapLedger(atOnce);
  private readonly handler: Handler;
  private toInfer: Message[] = [];
  private rows = 0;

  constructor() {
    const catalog = makeCatalog({ streams: { default: { ...noDoubt } } });
    const { blocks, clock } = this;
    const publisher = {
      publish: (topic: string, message: Message) => {
        if (topic === 'reprocess-requests') this.toInfer.push(message);
        return Promise.resolve();
      },
    };
    this.handler = makeSweep(portsInMemory({ blocks, ledger: this.counted(), catalog, clock, publisher })).handler;
  }

  /** Lets reconstruct answer the requests of a tick after it. @returns The documents that the tick has read. */
  async tickAfterAMinute(): Promise<number> {
    const before = this.blocks.reads + this.rows;
    this.clock.advance(minuteMs);
    await this.handler(aDelivery({ topic: 'sweeps', content: '', attributes: { stream } }));
    const reads = this.blocks.reads + this.rows - before;
    for (const message of this.toInfer.splice(0)) await this.refuseToInfer(message);
    return reads;
  }

  unresolved(): Promise<number> {
    return this.ledger.countUnresolved(stream);
  }

  /** Does what reconstruct does if nothing may be inferred: it records why. */
  private async refuseToInfer(message: Message): Promise<void> {
    const { phase, from } = readRequest(message);
    if (phase === 'infer') await amendGap(this.ledger, stream, from, (gap) => ({ ...gap, why: 'too-uncertain' }));
  }

  /** Counts the documents that the ledger reads: a query without a result is one. */
  private counted(): GapLedger {
    const { ledger } = this;
    const add = (count: number): void => {
      this.rows += Math.max(1, count);
    };
    return Object.assign(Object.create(ledger) as GapLedger, {
      progress: (...args: Parameters<GapLedger['progress']>) => (add(1), ledger.progress(...args)),
      find: (...args: Parameters<GapLedger['find']>) => (add(1), ledger.find(...args)),
      countUnresolved: (...args: Parameters<GapLedger['countUnresolved']>) => (add(1), ledger.countUnresolved(...args)),
      unresolved: async (...args: Parameters<GapLedger['unresolved']>) => {
        const page = await ledger.unresolved(...args);
        add(page.gaps.length);
        return page;
      },
      untold: async (...args: Parameters<GapLedger['untold']>) => {
        const page = await ledger.untold(...args);
        add(page.gaps.length);
        return page;
      },
      within: async function* (...args: Parameters<GapLedger['within']>) {
        for await (const page of ledger.within(...args)) {
          add(page.gaps.length);
          yield page;
        }
      },
    });
  }
}
