import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Io } from '../command.ts';
import { thousands } from '../table.ts';
import { runSeed, type Outcome } from './run.ts';
import { RunTotals } from './run-totals.ts';

/** Every `step`th seed, `count` of them. */
export interface Seeds {
  readonly from: number;
  readonly count: number;
  readonly step: number;
}

/** Below this many runs another thread costs more than it gives. */
const runsInOneThread = 250;
/** How often progress is drawn, in milliseconds. */
const drawEveryMs = 200;

/**
 * Runs seeds, in as many threads as pay, and prints a line for each that broke a law as soon as it is known.
 *
 * @throws If not all of them were run: an aborted signal's reason, or which thread ended early.
 */
export async function runSeeds(from: number, count: number, io: Io): Promise<RunTotals> {
  const totals = new RunTotals();
  let drawnAtMs = 0;
  const take = (outcome: Outcome): void => {
    totals.add(outcome);
    if (io.stderr.isTTY === true) io.stderr.write('\r\x1b[K');
    for (const line of linesOf(outcome)) io.stdout.write(line);
    if (io.stderr.isTTY !== true || performance.now() - drawnAtMs < drawEveryMs) return;
    drawnAtMs = performance.now();
    io.stderr.write(`${thousands(totals.runs)} of ${thousands(count)} runs, ${thousands(totals.failed)} failed`);
  };
  try {
    await runAll(from, count, take, io.signal);
  } finally {
    if (io.stderr.isTTY === true) io.stderr.write('\r\x1b[K');
  }
  return totals;
}

async function runAll(from: number, count: number, take: (outcome: Outcome) => void, signal: AbortSignal) {
  const threads = count > runsInOneThread ? availableParallelism() : 1;
  if (threads === 1) return runEach({ from, count, step: 1 }, take, signal);
  const shares = Array.from({ length: threads }, (_, i): Seeds => {
    return { from: from + i, count: Math.ceil((count - i) / threads), step: threads };
  });
  await Promise.all(shares.map((seeds) => runInThread(seeds, take, signal)));
}

/** The first breach of each law: the others usually follow from it. */
export function linesOf({ seed, breaches }: Outcome): readonly string[] {
  const first = breaches.filter(({ law }, i) => breaches.findIndex((one) => one.law === law) === i);
  return first.map(({ law, what }) => `seed ${seed}: ${law}: ${what}\n`);
}

/** In a thread of {@link runSeeds}: runs its share, and tells of each. @returns Whether this is such a thread. */
export async function runShare(signal: AbortSignal): Promise<boolean> {
  if (isMainThread || !parentPort) return false;
  const port = parentPort;
  await runEach(
    workerData as Seeds,
    (outcome) => {
      port.postMessage(outcome);
    },
    signal,
  );
  return true;
}

async function runEach({ from, count, step }: Seeds, take: (outcome: Outcome) => void, signal: AbortSignal) {
  for (let i = 0; i < count; i++) {
    signal.throwIfAborted();
    take(await runSeed(from + i * step));
  }
}

/**
 * Runs seeds in a thread of its own.
 *
 * @param script What the thread runs: the command line itself, which finds out that it is in a thread.
 * @throws If the thread ends before it has told of each seed.
 */
export async function runInThread(
  seeds: Seeds,
  take: (outcome: Outcome) => void,
  signal: AbortSignal,
  script = process.argv[1] ?? '',
): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(script, { argv: ['simulate'], workerData: seeds });
  signal.addEventListener('abort', () => void worker.terminate());
  let told = 0;
  worker.on('message', (outcome: Outcome) => {
    told++;
    take(outcome);
  });
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (told === seeds.count) resolve();
      else reject(new Error(`a thread ended with code ${code} after ${told} of ${seeds.count} runs`));
    });
  });
}
