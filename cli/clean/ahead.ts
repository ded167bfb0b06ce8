import { InvariantError } from '../../shared/errors.ts';
import { turn } from '../../shared/embedded/steps.ts';
import type { RecordBatch } from './batch.ts';
import type { PackedClaims } from './plain-claims.ts';

/** The number of batches that are read ahead of the one that is decided, and their bytes. */
const maxAhead = 8;
const maxAheadBytes = 16_000_000;

/** Another thread that assesses batches. */
export interface BatchThread {
  /** Whether it takes another batch now. */
  readonly hasRoom: boolean;
  /** @param batch Not of messages that were pulled. @returns Undefined if the thread has ended. */
  assess(batch: RecordBatch): Promise<PackedClaims | undefined>;
  close(): Promise<void>;
}

export interface AheadDeps {
  readonly assess: (batch: RecordBatch) => PackedClaims;
  /** Starts another thread. @param batches How many were read. @returns Undefined as long as it does not pay. */
  readonly startThread: (batches: number) => BatchThread | undefined;
}

/**
 * A queue of batches that are assessed before they are decided. Another thread assesses as many as it can. While the
 * oldest one is not assessed, this thread assesses too, so that neither waits for the other.
 */
export class Ahead {
  private readonly deps: AheadDeps;
  private readonly queue: RecordBatch[] = [];
  private thread: BatchThread | undefined;
  private added = 0;

  constructor(deps: AheadDeps) {
    this.deps = deps;
  }

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  get isFull(): boolean {
    const bytes = this.queue.reduce((sum, batch) => sum + batch.bytes, 0);
    return this.queue.length >= maxAhead || bytes > maxAheadBytes;
  }

  add(batch: RecordBatch): void {
    this.queue.push(batch);
    this.thread ??= this.deps.startThread(++this.added);
    this.feed();
  }

  /** Removes the oldest batch. @returns The batch, and the claims of its plain events. */
  async next(): Promise<{ readonly batch: RecordBatch; readonly claims: PackedClaims }> {
    const [batch] = this.queue;
    if (!batch) throw new InvariantError('no batch was read ahead');
    while (!batch.claims) {
      const free = this.nextFree();
      if (free) free.claims = this.deps.assess(free);
      else await batch.underway;
      // Lets the answers of the other thread in.
      await turn();
    }
    this.queue.shift();
    return { batch, claims: batch.claims };
  }

  async close(): Promise<void> {
    await this.thread?.close();
  }

  /** Hands batches over to the other thread as long as it takes some. */
  private feed(): void {
    while (this.thread?.hasRoom === true) {
      const free = this.nextFree();
      if (!free || free.isPulled) return;
      free.underway = this.thread.assess(free).then((claims) => {
        free.claims = claims;
        free.underway = undefined;
        this.feed();
      });
    }
  }

  private nextFree(): RecordBatch | undefined {
    return this.queue.find(({ claims, underway }) => !claims && !underway);
  }
}
