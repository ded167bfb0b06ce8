import { makeSweep } from '../../functions/sweep/handler.ts';
import { makeCatalog, type StreamSettings } from '../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import type { Step } from '../../shared/embedded/steps.ts';
import type { Attributes } from '../../shared/message.ts';
import {
  aDelivery,
  atOnce,
  cellsOf,
  hold,
  minuteMs,
  noon,
  RecordingPublisher,
  textOf,
  type Cells,
} from './builders.ts';

/** A sweep of the stream `orders` on stores in memory, at noon. */
export class Sweeping {
  readonly clock = new VirtualClock(noon);
  readonly publisher = new RecordingPublisher();
  readonly ledger: EmbeddedGapLedger;
  blocks: EmbeddedBlockStore;
  private readonly settings: Partial<StreamSettings>;

  constructor(settings: Partial<StreamSettings> = {}, step: Step = atOnce) {
    this.settings = settings;
    this.ledger = new EmbeddedGapLedger(step);
    this.blocks = new EmbeddedBlockStore(step);
  }

  hold(cells: Cells): Promise<void> {
    return hold(this.blocks, 'orders', cells);
  }

  /** All blocks are past their time, and gone. */
  forget(): void {
    this.blocks = new EmbeddedBlockStore(atOnce);
  }

  tick(attributes: Attributes = { stream: 'orders' }): Promise<void> {
    const { publisher, blocks, ledger, clock, settings } = this;
    const catalog = makeCatalog({ streams: { default: settings } });
    return makeSweep({ publisher, blocks, ledger, catalog, clock })(
      aDelivery({ topic: 'sweeps', content: '', attributes: attributes }),
    );
  }

  async tickAfter(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.tick();
  }

  async rows(): Promise<string[]> {
    const gaps = await this.ledger.list('orders', Number.POSITIVE_INFINITY);
    return gaps.map(({ from, to, state }) => `${from}–${to} ${state}`);
  }

  async progress() {
    const { first, watermark, scanned } = (await this.ledger.progress('orders'))?.value ?? {};
    return { first, watermark, scanned };
  }

  get requests(): string[] {
    return this.publisher.on('reprocess-requests').map((message) => {
      const { from, to } = JSON.parse(textOf(message)) as { from: number; to: number };
      return `${message.attributes.phase} ${from}–${to}`;
    });
  }
}

/** A sweep of a stream that lacks 3 and 6–7 of 1 to 9, whose first grace has run out. */
export async function sweepingWithGaps(settings: Partial<StreamSettings> = {}, step?: Step): Promise<Sweeping> {
  const sweeping = new Sweeping(settings, step);
  await sweeping.hold(cellsOf([1, 2, 4, 5, 8, 9]));
  await sweeping.tick();
  sweeping.clock.advance(minuteMs);
  return sweeping;
}
