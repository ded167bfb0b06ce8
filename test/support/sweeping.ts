import { makeSweep } from '../../functions/sweep/handler.ts';
import { makeCatalog, type Catalog } from '../../shared/catalog-definition.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import type { Step } from '../../shared/embedded/steps.ts';
import { unreliable } from '../../shared/embedded/faults.ts';
import { frontsOf, latestFront } from '../../shared/gaps/front.ts';
import { startProgress, type Progress } from '../../shared/gaps/progress.ts';
import type { Attributes, Handler } from '../../shared/messages/message.ts';
import {
  aDelivery,
  atOnce,
  cellsOf,
  hold,
  idsFrom,
  minuteMs,
  noDoubt,
  noon,
  RecordingPublisher,
  textOf,
  type Cells,
} from './builders.ts';
import { CountedBlockStore } from './counted-block-store.ts';
import { portsInMemory } from './ports.ts';
import { withUnreadable } from './unreadable-gaps.ts';

/**
 * A test harness for sweep: the stream `orders` in stores in memory, with the clock at noon. By default every hole is
 * taken for a loss.
 */
export class Sweeping {
  readonly clock = new VirtualClock(noon);
  readonly publisher = new RecordingPublisher();
  readonly ledger: EmbeddedGapLedger;
  readonly errors: string[] = [];
  readonly log = new EmbeddedLog((message, error) => this.errors.push(`${message}: ${String(error)}`));
  blocks: CountedBlockStore;
  /** The first ids of the rows that instances made from now on cannot read. */
  unreadable: readonly number[] = [];
  /** The deadline of the deliveries from now on. */
  deadlineMs = Number.POSITIVE_INFINITY;
  private readonly catalog: Catalog;
  private readonly ledgerCalls: string[] = [];
  private handler: Handler;

  constructor(settings: Partial<StreamSettings> = {}, step: Step = atOnce) {
    this.catalog = makeCatalog({ streams: { default: { ...noDoubt, ...settings } } });
    this.ledger = new EmbeddedGapLedger(step);
    this.blocks = new CountedBlockStore(new EmbeddedBlockStore(step));
    this.handler = this.anotherInstance();
  }

  /** Makes another instance of sweep on the same stores. */
  anotherInstance(): Handler {
    const { publisher, blocks, clock, log, catalog } = this;
    const ledger = unreliable('ledger', withUnreadable(this.ledger, this.unreadable), (method) => {
      this.ledgerCalls.push(method);
      return 'none';
    });
    return makeSweep(portsInMemory({ publisher, blocks, ledger, catalog, clock, log })).handler;
  }

  /** Goes on with another instance, which knows nothing of the stream. */
  restart(): void {
    this.handler = this.anotherInstance();
  }

  /** Adds cells to the blocks. @param writtenAtMs When they are written, by the writer's clock. By default now. */
  hold(cells: Cells, writtenAtMs = this.clock.now()): Promise<void> {
    return hold(this.blocks, 'orders', cells, writtenAtMs);
  }

  /** Deletes all blocks, as if they had expired. */
  forget(): void {
    this.blocks = new CountedBlockStore(new EmbeddedBlockStore(atOnce));
    this.restart();
  }

  /** Lets each block of a scan take some time from now on. */
  slowDown(blockMs: number): void {
    const { blocks, clock } = this;
    const scan = blocks.scan.bind(blocks);
    blocks.scan = async function* (...query) {
      for await (const block of scan(...query)) {
        clock.advance(blockMs);
        yield block;
      }
    };
  }

  tick(attributes: Attributes = { stream: 'orders' }, handler = this.handler): Promise<void> {
    return handler({ ...aDelivery({ topic: 'sweeps', content: '', attributes }), deadlineMs: this.deadlineMs });
  }

  async tickAfter(ms: number, handler = this.handler): Promise<void> {
    this.clock.advance(ms);
    await this.tick({ stream: 'orders' }, handler);
  }

  /** Counts the blocks that a tick reads, and lists its calls of the ledger. */
  async costOfTickAfter(
    ms: number,
    handler = this.handler,
  ): Promise<{ readonly blockReads: number; readonly ledgerCalls: readonly string[] }> {
    const [reads, calls] = [this.blocks.reads, this.ledgerCalls.length];
    await this.tickAfter(ms, handler);
    return { blockReads: this.blocks.reads - reads, ledgerCalls: this.ledgerCalls.slice(calls) };
  }

  async rows(): Promise<string[]> {
    const { gaps } = await this.ledger.list('orders', Number.POSITIVE_INFINITY);
    return gaps.toReversed().map(({ from, to, state }) => `${from}–${to} ${state}`);
  }

  /** Describes the front that grew last, with the watermark that the last sweep reported. */
  async progress() {
    const { first, scanned } = latestFront(frontsOf(await this.stored())) ?? {};
    return { first, watermark: this.log.health.get('orders')?.watermark, scanned };
  }

  async stored(): Promise<Progress> {
    return (await this.ledger.progress('orders'))?.value ?? startProgress('orders');
  }

  /** Lists the fronts, such as `1–9`. */
  async fronts(): Promise<string[]> {
    return frontsOf(await this.stored()).map(({ first, last }) => `${first}–${last}`);
  }

  /** The details of the letters, each with the first id of the gap that names it. */
  get letters(): string[] {
    return this.publisher.on('dead-letter-queue').map(({ attributes }) => {
      const [gap, stream, from] = (attributes['eventmend-root'] ?? '').split('/');
      return `${gap}/${stream}/${from}: ${attributes['eventmend-detail'] ?? ''}`;
    });
  }

  get letterRoots(): string[] {
    return this.publisher.on('dead-letter-queue').map(({ attributes }) => attributes['eventmend-root'] ?? '');
  }

  get requests(): string[] {
    return this.publisher.on('reprocess-requests').map((message) => {
      const { from, to } = JSON.parse(textOf(message)) as { from: number; to: number };
      return `${message.attributes.phase} ${from}–${to}`;
    });
  }
}

/** Makes a stream that lacks every second id, and lets its first grace run out. @param count The number of gaps. */
export async function sweepingWithManyGaps(count: number, settings: Partial<StreamSettings> = {}): Promise<Sweeping> {
  const sweeping = new Sweeping(settings);
  await sweeping.hold(cellsOf(idsFrom(0, count).map((i) => 2 * i)));
  await sweeping.tick();
  sweeping.clock.advance(minuteMs);
  return sweeping;
}

/** Makes a stream with the ids 1 to 9 that lacks 3, 6 and 7, and lets its first grace run out. */
export async function sweepingWithGaps(settings: Partial<StreamSettings> = {}, step?: Step): Promise<Sweeping> {
  const sweeping = new Sweeping(settings, step);
  await sweeping.hold(cellsOf([1, 2, 4, 5, 8, 9]));
  await sweeping.tick();
  sweeping.clock.advance(minuteMs);
  return sweeping;
}
