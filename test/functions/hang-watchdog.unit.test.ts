import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

let directory: string;
let bundle: string;
beforeAll(async () => {
  directory = await mkdtemp('.dist-');
  bundle = resolve(join(directory, 'hang-watchdog.mjs'));
  const options = ['--bundle', '--platform=node', '--format=esm', `--outfile=${bundle}`];
  await promisify(execFile)('node_modules/.bin/esbuild', ['functions/hang-watchdog.ts', ...options]);
});
afterAll(() => rm(directory, { recursive: true }));

/** Runs a process that is watched. @returns The signal that ended it, and what it wrote. */
async function watched(then: string): Promise<{ signal: string | null; output: string }> {
  const program = `import { watchForHang } from ${JSON.stringify(pathToFileURL(bundle).href)};
    const stop = watchForHang(1_000, 'it hangs');
    ${then}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += String(data);
  });
  await once(child, 'close');
  return { signal: child.signalCode, output };
}

it('kills a process whose event loop stands still, and says so', async () => {
  const hang = 'setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 10);';
  expect(await watched(hang)).toEqual({ signal: 'SIGKILL', output: 'it hangs\n' });
});

it('leaves a process alone that works, and lets it end', async () => {
  expect(await watched('setTimeout(() => undefined, 1_500);')).toEqual({ signal: null, output: '' });
});
