import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { LearnChannel } from './learn-windows.ts';

/** The built program of the thread, beside the program that runs. There is none beside a source. */
const builtProgram = new URL('./learn-program.js', import.meta.url);
/** The number of events for which the thread pays: it takes as long to start as to learn a model of some thousand events. */
const eventsBefore = 20_000;

/** Most of what learning allocates lives long. With the usual 48 MB for what is young, the thread takes 50 MB more and no less time. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

/** Another thread that learns models. */
export interface Learner {
  readonly channel: LearnChannel;
  close(): Promise<void>;
}

/** Starts a thread that learns models. @returns Undefined where it does not pay, or cannot be started. */
export function startLearner(events: number): Learner | undefined {
  const isUseful = events >= eventsBefore && availableParallelism() > 1 && existsSync(fileURLToPath(builtProgram));
  return isUseful ? openLearner(builtProgram) : undefined;
}

export function openLearner(program: URL): Learner {
  const { port1, port2 } = new MessageChannel();
  const state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const workerData: LearnChannel = { port: port2, state };
  const worker = new Worker(program, { workerData, transferList: [port2], resourceLimits });
  // The first thread learns itself what this one does not.
  worker.on('error', () => undefined);
  return {
    channel: { port: port1, state },
    close: async () => {
      await worker.terminate();
    },
  };
}
