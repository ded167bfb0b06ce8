import { makeCatalog } from '../../shared/catalog-definition.ts';
import { digest } from '../../shared/digest.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { startProgress, type Piece, type Progress } from '../../shared/gaps/progress.ts';
import type { RoutingAttributes } from '../../shared/messages/routing.ts';
import type { GapLedger } from '../../shared/ports.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { maxFurther } from '../../shared/tracking/block.ts';
import { SequenceBounds } from '../../shared/tracking/sequence-bounds.ts';
import { anEntry, aRouting, atOnce, cellsOf, dayMs, hold, noon } from './builders.ts';
import { CountedBlockStore } from './counted-block-store.ts';

/** The sequence bounds of one instance over stores in memory, with counted reads. The clock begins at noon. */
export class BoundsHarness {
  readonly clock = new VirtualClock(noon);
  readonly bounds: SequenceBounds;
  /** The number of next reads that fail. */
  failures = 0;
  /** The number of reads of documents with the progress of a stream. */
  documentReads = 0;
  private readonly stored = new EmbeddedBlockStore(atOnce);
  private readonly counted = new CountedBlockStore(this.stored);
  private readonly ledger = new EmbeddedGapLedger(atOnce);
  private answer: Promise<void> = Promise.resolve();

  constructor(settings: Partial<StreamSettings> = {}) {
    const { counted } = this;
    const blocks = {
      read: counted.read.bind(counted),
      below: this.gated(counted.below.bind(counted)),
    };
    const progress = this.gated((stream: string) => {
      this.documentReads++;
      return this.ledger.progress(stream);
    });
    this.bounds = new SequenceBounds({
      blocks: Object.assign(Object.create(counted), blocks) as CountedBlockStore,
      ledger: { progress } as GapLedger,
      catalog: makeCatalog({ streams: { default: { maxStreams: 100_000 }, orders: { maxJump: 1_000, ...settings } } }),
      clock: this.clock,
    });
  }

  /** The number of reads of blocks. */
  get blockReads(): number {
    return this.counted.reads;
  }

  /** Stores ids, as another instance does, in blocks that are older than a window. */
  async store(...ids: readonly number[]): Promise<void> {
    await hold(this.stored, 'orders', cellsOf(ids), noon - 15 * dayMs);
    await this.storeInNewBlocks(...ids);
  }

  /** Stores ids, as another instance does, in blocks that are made now if they are not there. */
  async storeInNewBlocks(...ids: readonly number[]): Promise<void> {
    await hold(this.stored, 'orders', cellsOf(ids));
  }

  /** Stores a closed entry, as of an event that was refused, in a block that is made now. */
  async storeClosed(eventId: number, key: string): Promise<void> {
    await hold(this.stored, 'orders', { [eventId]: [anEntry({ state: 'closed', key: digest(key) })] });
  }

  /** Stores the block of an id with so many entries of the id that it leads on to pages. */
  async storeFull(eventId: number): Promise<void> {
    const entries = Array.from({ length: maxFurther + 1 }, (_, i) =>
      anEntry({ key: digest(`${i}`), root: digest(`events/${i}`) }),
    );
    await hold(this.stored, 'orders', { [eventId]: entries });
  }

  /** Saves the progress of the stream, as a sweep does. */
  async sweep(progress: Partial<Progress>): Promise<void> {
    const before = await this.ledger.progress('orders');
    const value = { ...(before?.value ?? startProgress('orders')), sweptAtMs: this.clock.now(), ...progress };
    await this.ledger.saveProgress('orders', value, before?.version);
  }

  /** Lets reads take effect, and holds their answers back. @returns A function that lets the answers go. */
  holdAnswers(): () => void {
    let release: () => void = () => undefined;
    this.answer = new Promise((resolve) => (release = resolve));
    return release;
  }

  /** Returns the code with which a message is refused. */
  async codeOf(eventId: number, over: Partial<RoutingAttributes> = {}): Promise<string | undefined> {
    return (await this.bounds.admit(aRouting({ eventId, instantMs: this.clock.now(), ...over })))?.code;
  }

  private gated<Query extends readonly unknown[], T>(read: (...query: Query) => Promise<T>) {
    return async (...query: Query): Promise<T> => {
      const result = await read(...query);
      await this.answer;
      if (this.failures-- > 0) throw new Error('the store does not answer');
      return result;
    };
  }
}

/** A piece that was scanned at noon. */
export function pieceOf(from: number, to: number, piece: Partial<Piece> = {}): Piece {
  return { from, to, sinceMs: noon - 60_000, atMs: noon, isScanned: true, ...piece };
}
