import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEmulators, type RunningEmulators } from './emulators.ts';

declare global {
  var runningEmulators: RunningEmulators | undefined;
}

/** Once a run, where it includes tests that need them (emulator-tests.cjs tells): starts the emulators, and builds what they serve. */
export default async function setUp(): Promise<void> {
  if (process.env.EVENTMEND_EMULATORS_WANTED !== 'true') return;
  process.env.METADATA_SERVER_DETECTION = 'none';
  [globalThis.runningEmulators] = await Promise.all([
    startEmulators(process.env),
    promisify(execFile)('node', ['build.mjs', 'cli', 'functions', 'soak']),
  ]);
}
