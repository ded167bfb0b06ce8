/**
 * The long fuzz: `npm run fuzz -- --runs N --seed S`. It runs in a thread of its own, so that one that hangs, or takes more memory
 * than an instance has, is ended and told. The same seed tries the same input.
 */
import { mkdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { argv, exit, stdout } from 'node:process';
import { clearTimeout, setTimeout } from 'node:timers';
import { inspect, parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

/** How long a batch of a hundred messages may take; some 50 ms on an idle machine. */
const patienceMs = 120_000;
const memoryMb = 512;
const bundle = './node_modules/.cache/eventmend/fuzz.mjs';

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    runs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  stdout.write('--runs and --seed are whole numbers\n');
  exit(2);
}

mkdirSync('node_modules/.cache/eventmend', { recursive: true });
await build({
  entryPoints: ['test/fuzz/main.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});

stdout.write(`${runs} messages, seed ${seed}\n`);
const startedAtMs = performance.now();
const worker = new Worker(bundle, { workerData: { runs, seed }, resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
let last = 'nothing yet';
let shownAtMs = startedAtMs;
const hangs = () => end(1, `hangs after: ${last}`);
let watchdog = setTimeout(hangs, patienceMs);
worker.on('message', (line) => {
  last = line;
  clearTimeout(watchdog);
  watchdog = setTimeout(hangs, patienceMs);
  if (performance.now() - shownAtMs < 10_000) return;
  shownAtMs = performance.now();
  stdout.write(`${line}\n`);
});
worker.on('error', (error) => end(1, `after ${last}: ${inspect(error)}`));
worker.on('exit', (code) => end(code, last));

function end(code, line) {
  stdout.write(
    `${line}\n${code === 0 ? 'ok' : 'FAILED'}, ${Math.round((performance.now() - startedAtMs) / 1_000)} s\n`,
  );
  exit(code);
}
