import type { BlockStore, BlockWrite, Clock, Random } from '../shared/ports.ts';

/** How long calls of Firestore take, in milliseconds. */
export interface Latency {
  readonly readMs: number;
  readonly writeMs: number;
  /** Whether calls vary: around the given times, and one in two hundred takes 400 ms more. */
  readonly varies: boolean;
}

/** The spread of the logarithm of a duration. */
const spread = 0.5;
const slow = { share: 0.005, byMs: 400 };
/** The documents that are written most are looked for in stretches of this length, in milliseconds. */
const stretchMs = 5_000;

/** Counts the documents that a store is asked for, as Firestore bills them, and makes each call take its time. */
export class DistantStore {
  reads = 0;
  writes = 0;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly latency: Latency;
  private readonly writesByStretch = new Map<string, number>();

  constructor(clock: Clock, random: Random, latency: Latency) {
    this.clock = clock;
    this.random = random;
    this.latency = latency;
  }

  get operations(): number {
    return this.reads + this.writes;
  }

  /** The most writes of one document, for each second of a stretch of five. */
  get mostWritesASecond(): number {
    return Math.max(0, ...this.writesByStretch.values()) / (stretchMs / 1_000);
  }

  /** @param onWritten Called with each block that was written. */
  over(store: BlockStore, onWritten: (write: BlockWrite) => void): BlockStore {
    return {
      ...store,
      read: (refs) => {
        this.reads += refs.length;
        return this.slowly(this.latency.readMs, () => store.read(refs));
      },
      write: (writes) => {
        this.writes += writes.length;
        return this.slowly(this.latency.writeMs, async () => {
          const outcomes = await store.write(writes);
          for (const [i, write] of writes.entries()) {
            this.countWrite(write);
            if (outcomes[i]?.status === 'written') onWritten(write);
          }
          return outcomes;
        });
      },
    };
  }

  private countWrite({ ref: { stream, index } }: BlockWrite): void {
    const stretch = `${stream}/${index} ${Math.floor(this.clock.now() / stretchMs)}`;
    this.writesByStretch.set(stretch, (this.writesByStretch.get(stretch) ?? 0) + 1);
  }

  /** Half of a call's time passes on the way there, half on the way back. */
  private async slowly<T>(usualMs: number, call: () => Promise<T>): Promise<T> {
    const tookMs = this.duration(usualMs);
    await passes(this.clock, tookMs / 2);
    const answer = await call();
    await passes(this.clock, tookMs / 2);
    return answer;
  }

  private duration(usualMs: number): number {
    if (!this.latency.varies) return usualMs;
    const { random } = this;
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return usualMs * Math.exp(spread * normal) + (random() < slow.share ? slow.byMs : 0);
  }
}

/** Resolves when so many milliseconds have passed. */
export function passes(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve);
  });
}
