import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Io } from '../../cli/command.ts';
import { turn } from '../../shared/embedded/steps.ts';
import { thousands } from '../../cli/screen/table.ts';
import { runSeed, type RunOutcome } from './run.ts';
import { RunTotals } from './run-totals.ts';

/** A series of seeds, each `step` above the previous one. */
export interface Seeds {
  readonly from: number;
  readonly count: number;
  readonly step: number;
}

/** The number of runs up to which one thread is as fast as several. */
const runsInOneThread = 250;
/** The time between two drawings of the progress, in milliseconds. */
const drawEveryMs = 200;

/**
 * Runs seeds in one thread or on all cores, and prints a line for each law that a seed broke as soon as the seed has run.
 *
 * @throws Error if not all seeds were run: the reason of the aborted signal, or the thread that ended early.
 */
export async function runSeeds(from: number, count: number, io: Io): Promise<RunTotals> {
  const totals = new RunTotals();
  let drawnAtMs = 0;
  const take = (outcome: RunOutcome): void => {
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

async function runAll(from: number, count: number, take: (outcome: RunOutcome) => void, signal: AbortSignal) {
  const threads = count > runsInOneThread ? availableParallelism() : 1;
  if (threads === 1) return runEach({ from, count, step: 1 }, take, signal);
  const shares = Array.from({ length: threads }, (_, i): Seeds => {
    return { from: from + i, count: Math.ceil((count - i) / threads), step: threads };
  });
  await Promise.all(shares.map((seeds) => runInThread(seeds, take, signal)));
}

/** Formats the first breach of each law. The others usually follow from it. */
export function linesOf({ seed, breaches }: RunOutcome): readonly string[] {
  const first = breaches.filter(({ law }, i) => breaches.findIndex((one) => one.law === law) === i);
  return first.map(({ law, what }) => `seed ${seed}: ${law}: ${what}\n`);
}

/** Runs the seeds of this thread, if {@link runSeeds} started it. @returns Whether it did. */
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

async function runEach({ from, count, step }: Seeds, take: (outcome: RunOutcome) => void, signal: AbortSignal) {
  for (let i = 0; i < count; i++) {
    signal.throwIfAborted();
    take(await runSeed(from + i * step));
    // A run never yields to the event loop, so that signals are only received between two runs.
    await turn();
  }
}

/**
 * Runs seeds in a thread of its own.
 *
 * @param script The script of the thread: the program of the simulator, which calls {@link runShare}.
 * @throws Error if the thread ends before all its seeds were run.
 */
export async function runInThread(
  seeds: Seeds,
  take: (outcome: RunOutcome) => void,
  signal: AbortSignal,
  script = process.argv[1] ?? '',
): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(script, { workerData: seeds });
  signal.addEventListener('abort', () => void worker.terminate());
  let told = 0;
  worker.on('message', (outcome: RunOutcome) => {
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
