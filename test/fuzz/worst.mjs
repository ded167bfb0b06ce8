/**
 * Tries the worst shapes of an event: `node test/fuzz/worst.mjs [SHARE [SHAPE …]]`. SHARE is the size relative to the largest event.
 * The
 * shapes run in a process with a limited heap, so that a shape that takes too much memory ends the process.
 */
import { spawnSync } from 'node:child_process';
import { argv, execPath, exit, stdout } from 'node:process';
import { bundleModule } from '../../build/module.mjs';

/** The heap of the process itself, and the heap that the largest event may add, in MiB. */
const baseMb = 40;
const maxEventMb = 160;

const [share = '1', ...shapes] = argv.slice(2);
if (!/^(1|0\.\d+)$/.test(share)) throw new Error(`${share} is no share: 0.25 is a quarter of the largest event`);
const heapMb = Math.ceil(baseMb + maxEventMb * Number(share));
const file = await bundleModule('test/fuzz/worst.ts');
const { status, signal } = spawnSync(execPath, [`--max-old-space-size=${heapMb}`, file, share, ...shapes], {
  stdio: 'inherit',
});
if (status !== 0) stdout.write(`\nFAILED: ${signal ?? `exit ${status}`}, with a heap of ${heapMb} MiB\n`);
exit(status ?? 1);
