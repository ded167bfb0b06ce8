import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { PendingSteps, turn } from '../../shared/embedded/steps.ts';
import type { BlockStore, Clock } from '../../shared/ports.ts';
import { GroupCommit } from '../../shared/tracking/group-commit.ts';

/** The most turns of the event loop that a promise may take to settle when no timer is left. */
const maxIdleTurns = 1_000;

/** A test harness for group commits: blocks in memory with counted calls, a virtual clock, and any number of instances. */
export class CommitHarness {
  readonly clock = new VirtualClock(0);
  readonly calls = { read: 0, write: 0, blocksWritten: 0 };
  readonly log = new EmbeddedLog();
  readonly turns = new PendingSteps();
  readonly blocks = new EmbeddedBlockStore(this.turns.step);
  /** The deduplication windows of streams, in milliseconds. The default is a thousand seconds. */
  readonly windowsMs = new Map<string, number>();

  /** Makes an instance that commits to the blocks. @param through Wraps the store that the instance sees. */
  instance(
    through: (store: BlockStore) => BlockStore = (store) => store,
    seed = 1,
    clock: Clock = this.clock,
  ): GroupCommit {
    const blocks = through(this.counting());
    const windowMs = (stream: string): number => this.windowsMs.get(stream) ?? 1_000_000;
    return new GroupCommit({ blocks, clock, random: makeRandom(seed), log: this.log, windowMs });
  }

  /** Awaits a promise. Advances the clock whenever no other step is left to run. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false };
    const done = (): void => {
      state.isSettled = true;
    };
    promise.then(done, done);
    for (let idleTurns = 0; idleTurns < maxIdleTurns; idleTurns++) {
      await turn();
      if (state.isSettled) return promise;
      if (this.turns.waiting() > 0 || this.clock.runNext()) idleTurns = 0;
    }
    throw new Error('the promise never settles: no call is under way, and no timer is set');
  }

  /** Makes calls of a store take time: one half before the effect, one half after. */
  withLatency(ms: { readonly read: number; readonly write: number }): (store: BlockStore) => BlockStore {
    const slow = async <T>(tookMs: number, call: () => Promise<T>): Promise<T> => {
      await this.pass(tookMs / 2);
      const answer = await call();
      await this.pass(tookMs / 2);
      return answer;
    };
    return (store) => ({
      ...store,
      read: (refs) => slow(ms.read, () => store.read(refs)),
      write: (writes) => slow(ms.write, () => store.write(writes)),
    });
  }

  /** Advances the clock, and runs all steps that are due in between. */
  async advance(ms: number): Promise<void> {
    await this.settle(this.pass(ms));
  }

  private pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.schedule(ms, resolve));
  }

  private counting(): BlockStore {
    const { blocks, calls } = this;
    return {
      read: async (refs) => {
        calls.read++;
        return await blocks.read(refs);
      },
      write: async (writes) => {
        calls.write++;
        calls.blocksWritten += writes.length;
        return await blocks.write(writes);
      },
      scan: (...range) => blocks.scan(...range),
      first: (stream) => blocks.first(stream),
      last: (stream) => blocks.last(stream),
      lastBucket: (stream) => blocks.lastBucket(stream),
      eventTotals: (...query) => blocks.eventTotals(...query),
      below: (...query) => blocks.below(...query),
      writtenSince: (...query) => blocks.writtenSince(...query),
      totals: (...range) => blocks.totals(...range),
      unpublished: (...query) => blocks.unpublished(...query),
      unsettled: (...query) => blocks.unsettled(...query),
      revisions: (stream) => blocks.revisions(stream),
      streams: (...page) => blocks.streams(...page),
    };
  }
}
