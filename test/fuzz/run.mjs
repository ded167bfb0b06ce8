/**
 * The long fuzz: `npm run fuzz -- --runs N --seed S`. It runs in a thread of its own, so that one that hangs, or takes more memory
 * than an instance has, is ended and told. The same seed tries the same input.
 */
import { performance } from 'node:perf_hooks';
import { argv, exit, stdout } from 'node:process';
import { clearTimeout, setTimeout } from 'node:timers';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

/** How long a batch of a hundred messages may take; some 50 ms on an idle machine. */
const patienceMs = 120_000;
const memoryMb = 512;
const cache = resolve('node_modules/.cache/eventmend');
const bundle = `${cache}/fuzz.mjs`;

await build({
  entryPoints: { fuzz: 'test/fuzz/main.ts', options: 'cli/options.ts' },
  outdir: cache,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});

const { parseArguments, seedBounds } = await import(pathToFileURL(`${cache}/options.mjs`).href);
const declared = {
  runs: { kind: 'integer', value: 'N', min: 1, max: 1_000_000_000, default: 1_000_000, help: 'messages' },
  seed: { ...seedBounds, value: 'S', default: Date.now() % 2 ** 31, help: 'decides what is tried' },
};
const { values, positionals, problems } = parseArguments(declared, argv.slice(2));
if (problems.length > 0 || positionals.length > 0) {
  stdout.write(`${problems.join('; ') || 'fuzz takes no arguments'}\n`);
  exit(2);
}
const { runs, seed } = values;

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
