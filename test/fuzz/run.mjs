/**
 * The long fuzz test: `npm run fuzz -- --runs N --seed S --size SHARE`. It tries the worst shapes of an event (worst.mjs), and then
 * random input in a thread. A thread that hangs, or takes more memory than an instance has, is ended and reported. The same seed tries
 * the same input.
 */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { argv, execPath, exit, stdout } from 'node:process';
import { clearTimeout, setTimeout } from 'node:timers';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundleModule } from '../../build/module.mjs';

/** The longest time for a batch of about a hundred messages, in milliseconds. It takes about 50 ms on an idle machine. */
const patienceMs = 120_000;
const memoryMb = 512;

const { parseArguments, seedBounds } = await import(pathToFileURL(await bundleModule('cli/options.ts')).href);
const declared = {
  runs: { kind: 'integer', value: 'N', min: 1, max: 1_000_000_000, default: 1_000_000, help: 'messages' },
  size: {
    kind: 'number',
    value: 'SHARE',
    min: 0.01,
    max: 1,
    default: 1,
    help: 'size of the worst shapes, in largest events',
  },
  seed: { ...seedBounds, value: 'S', default: Date.now() % 2 ** 31, help: 'decides what is tried' },
};
const { values, positionals, problems } = parseArguments(declared, argv.slice(2));
if (problems.length > 0 || positionals.length > 0) {
  stdout.write(`${problems.join('; ') || 'fuzz takes no arguments'}\n`);
  exit(2);
}
const { runs, seed, size } = values;

const { status } = spawnSync(execPath, ['test/fuzz/worst.mjs', String(size)], { stdio: 'inherit' });
if (status !== 0) exit(1);

stdout.write(`${runs} messages, seed ${seed}\n`);
const startedAtMs = performance.now();
const worker = new Worker(await bundleModule('test/fuzz/main.ts'), {
  workerData: { runs, seed },
  resourceLimits: { maxOldGenerationSizeMb: memoryMb },
});
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
