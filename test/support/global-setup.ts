import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEmulators, type RunningEmulators } from './emulators.ts';

declare global {
  var runningEmulators: RunningEmulators | undefined;
}

/** Starts the emulators and builds the bundles, once for a test run that includes tests which need them (see emulator-tests.cjs). */
export default async function setUp(): Promise<void> {
  if (process.env.EVENTMEND_EMULATORS_WANTED !== 'true') return;
  process.env.METADATA_SERVER_DETECTION = 'none';
  [globalThis.runningEmulators] = await Promise.all([
    startEmulators(process.env),
    promisify(execFile)('node', ['build.mjs', 'cli', 'functions', 'soak']),
  ]);
}
