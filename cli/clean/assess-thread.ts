import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Attributes } from '../../shared/messages/message.ts';
import type { BatchThread } from './ahead.ts';
import type { RecordBatch } from './batch.ts';
import type { PackedClaims } from './plain-claims.ts';
import type { ReadingOptions } from './reading.ts';

/** The built program of the thread, beside the program that runs. There is none beside a source. */
const builtProgram = new URL('./assess-batches.js', import.meta.url);
/** The number of batches that the thread has at a time: one that it assesses, and one that waits for it. */
const batchesAtOnce = 2;
/** The number of batches after which the thread pays: to start, it takes as long as a thousand of the first events. */
const batchesBefore = 4;

/** A batch as it is handed over: one text for all events, which have the same attributes and numbers one after another. */
export interface SentBatch {
  readonly bytes: Uint8Array;
  /** The end of each record in the bytes. */
  readonly ends: Uint32Array;
  readonly firstNumber: number;
  readonly attributes: Attributes;
}

/** An answer of the thread: that it is ready, or the claims of the oldest batch that it has. */
export type ThreadAnswer = 'ready' | PackedClaims;

/**
 * A second thread that assesses batches. It loads the catalog by itself, because a catalog holds functions. If it fails,
 * it leaves its batches as they are.
 */
export class AssessThread implements BatchThread {
  private readonly worker: Worker;
  private isReady = false;
  /** Those who wait for an answer, the oldest first. */
  private readonly underway: ((claims: PackedClaims | undefined) => void)[] = [];

  /**
   * Returns how the thread is started. It is not for a short file, on one processor, and where its program is not built.
   */
  static starter(options: ReadingOptions): (batches: number) => AssessThread | undefined {
    const isUseful = availableParallelism() > 1 && existsSync(fileURLToPath(builtProgram));
    return (batches) => (isUseful && batches >= batchesBefore ? new AssessThread(options) : undefined);
  }

  constructor(options: ReadingOptions, program = builtProgram) {
    // A catalog that prints something prints it in the first thread.
    this.worker = new Worker(program, { workerData: options, stdout: true, stderr: true });
    this.worker.on('message', (answer: ThreadAnswer) => {
      if (answer === 'ready') this.isReady = true;
      else this.underway.shift()?.(answer);
    });
    // The first thread meets the same error, if it is one of the file or of the catalog.
    this.worker.on('error', () => undefined);
    this.worker.on('exit', () => {
      this.isReady = false;
      for (const settle of this.underway.splice(0)) settle(undefined);
    });
  }

  get hasRoom(): boolean {
    return this.isReady && this.underway.length < batchesAtOnce;
  }

  async assess({ records, bytes }: RecordBatch): Promise<PackedClaims | undefined> {
    const [first] = records;
    const sent: SentBatch = {
      bytes: new Uint8Array(bytes),
      ends: new Uint32Array(records.length),
      firstNumber: first?.number ?? 1,
      attributes: first?.message.attributes ?? {},
    };
    let end = 0;
    records.forEach(({ message: { data } }, i) => {
      sent.bytes.set(data, end);
      sent.ends[i] = end += data.length;
    });
    this.worker.postMessage(sent, [sent.bytes.buffer as ArrayBuffer, sent.ends.buffer as ArrayBuffer]);
    return new Promise((resolve) => this.underway.push(resolve));
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
