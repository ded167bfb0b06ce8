import { Worker } from 'node:worker_threads';

/**
 * The program of the thread. It compares the number of beats each `everyMs`. Two comparisons without a beat mean a hang: one would
 * also follow a pause of the whole process. Its output goes to the descriptor, since the main thread would print it.
 */
const program = `
  const { workerData: { beats, everyMs, line } } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  let [last, missed] = [-1, 0];
  setInterval(() => {
    const now = Atomics.load(beats, 0);
    missed = now === last ? missed + 1 : 0;
    last = now;
    if (missed < 2) return;
    try { writeSync(1, line + '\\n'); } finally { process.kill(process.pid, 'SIGKILL'); }
  }, everyMs);
`;

/**
 * Kills the process if its event loop stands still, so that the platform starts another instance. Nothing else notices:
 * a worker pool has no liveness probe, and the leases of the messages in hand run out.
 *
 * @param maxHangMs The longest hang that is tolerated, in milliseconds. The process is killed after one to one and a
 * half times that time.
 * @param line Printed before.
 * @returns A function that stops watching.
 */
export function watchForHang(maxHangMs: number, line: string): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const everyMs = maxHangMs / 2;
  const thread = new Worker(program, { eval: true, execArgv: [], workerData: { beats, everyMs, line } });
  thread.unref();
  const beating = setInterval(() => Atomics.add(beats, 0, 1), everyMs / 4).unref();
  return () => {
    clearInterval(beating);
    void thread.terminate();
  };
}
