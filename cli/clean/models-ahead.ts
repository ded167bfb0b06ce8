import { receiveMessageOnPort } from 'node:worker_threads';
import type { Catalog } from '../../shared/catalog-definition.ts';
import type { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { stepOf } from '../../shared/gaps/expected-ids.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { shapeOf, type GapShape } from '../../shared/inference/gap-position.ts';
import { blocksAtOnce, historyRange, type LearnedAhead, type WindowRange } from '../../shared/inference/history.ts';
import type { LearnedModel } from '../../shared/inference/model.ts';
import type { Sequence } from '../../shared/inference/sequence.ts';
import { blockSize } from '../../shared/tracking/block.ts';
import { heldIn } from '../../shared/tracking/totals.ts';
import type { Learner } from './learn-thread.ts';
import { answered, wanted, type LearnChannel, type LearnedWindow, type SentWindow } from './learn-windows.ts';

/** The number of windows that are learned ahead, each of some 2 MB. */
const windowsAtOnce = 8;
/** How long this thread waits for a model, in milliseconds. Then the other thread has ended, or hangs. */
const defaultMaxWaitMs = 5_000;
/** The shape of most gaps: one event is missing. */
const usualShape = shapeOf(1, 1, Number.POSITIVE_INFINITY);

type UnnumberedWindow = Omit<SentWindow, 'number'> & WindowRange;

interface Streams {
  readonly blocks: Pick<EmbeddedBlockStore, 'indexes' | 'document'>;
  readonly catalog: Catalog;
  readonly streams: Iterable<string>;
}

/**
 * Has the models that a sweep will need learned by another thread. Learning is pure, so each model is the one that this
 * thread would learn from the same events. This thread waits without a turn of the event loop: so all happens in the
 * same order as if it learned itself.
 */
export class ModelsAhead implements LearnedAhead {
  private learner: Learner | undefined;
  private channel: LearnChannel | undefined;
  private windows: Iterator<UnnumberedWindow> | undefined;
  /** The numbers of the windows that were sent and not asked for, by name. */
  private readonly sent = new Map<string, number>();
  private lastNumber = 0;
  private readonly maxWaitMs: number;

  constructor(maxWaitMs = defaultMaxWaitMs) {
    this.maxWaitMs = maxWaitMs;
  }

  /** Begins with the first windows. @param learner Undefined if no other thread learns. */
  begin(learner: Learner | undefined, of: Streams): void {
    this.learner = learner;
    this.channel = learner?.channel;
    this.windows = windowsOf(of);
    this.send();
  }

  async close(): Promise<void> {
    await this.learner?.close();
  }

  take(window: string, sequence: Sequence, shape: GapShape): LearnedModel | undefined {
    const number = this.sent.get(window);
    if (number === undefined || !this.channel || !isUsual(shape)) return undefined;
    const learned = this.receive(this.channel, number);
    this.send();
    return learned?.digest === sequence.digest() ? learned.model : undefined;
  }

  /**
   * Waits for a window. Those before it are not waited for any more, because gaps are inferred in the order of their ids.
   * If one is asked for all the same, this thread learns itself.
   */
  private receive({ port, state }: LearnChannel, number: number): LearnedWindow['learned'] {
    for (const [name, passed] of this.sent) if (passed <= number) this.sent.delete(name);
    Atomics.store(state, wanted, number);
    for (;;) {
      const count = Atomics.load(state, answered);
      const received = receiveMessageOnPort(port) as { readonly message: LearnedWindow } | undefined;
      if (received?.message.number === number) return received.message.learned;
      if (received || Atomics.wait(state, answered, count, this.maxWaitMs) !== 'timed-out') continue;
      this.channel = undefined;
      return undefined;
    }
  }

  private send(): void {
    while (this.sent.size < windowsAtOnce) {
      const next = this.channel && this.windows?.next();
      if (!next || next.done === true) return;
      const number = ++this.lastNumber;
      this.sent.set(next.value.name, number);
      this.channel?.port.postMessage({ ...next.value, number } satisfies SentWindow);
    }
  }
}

function isUsual({ before, after, horizon }: GapShape): boolean {
  return before === usualShape.before && after === usualShape.after && horizon === usualShape.horizon;
}

/** Yields the windows of streams in whose middle an id is missing. */
function* windowsOf({ blocks, catalog, streams }: Streams): Generator<UnnumberedWindow> {
  for (const stream of streams) {
    const settings = catalog.stream(stream);
    if (settings.numbering === 'none' || !settings.recover) continue;
    const indexes = blocks.indexes(stream);
    const within = ({ from, to }: Range): number[] => indexes.filter((index) => index >= from && index <= to);
    let sentTo = -1;
    for (const first of new Set(indexes.map((index) => index - (index % blocksAtOnce)))) {
      const middle = within({ from: first, to: first + blocksAtOnce - 1 });
      if (!middle.some((index) => isMissingIn(blocks, stream, index))) continue;
      const range = historyRange(stream, { from: first, to: first });
      const documents = within(range).flatMap((index) =>
        index > sentTo ? (blocks.document(stream, index) ?? []) : [],
      );
      sentTo = range.to;
      yield { ...range, stream, step: stepOf(settings), shape: usualShape, documents };
    }
  }
}

function isMissingIn(blocks: Streams['blocks'], stream: string, index: number): boolean {
  const document = blocks.document(stream, index);
  return document !== undefined && heldIn(document) < blockSize;
}
