/**
 * Decides the order of the test files: the slowest first, then those that use the emulators, then the largest. Otherwise a worker could
 * begin a file of a minute when the other one has nothing left to do.
 */
const { existsSync } = require('node:fs');
const { resolve } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** The files that take twenty seconds or more on a quiet machine. The first two run beside each other: one waits, and one computes. */
const slowest = [
  'docs/commands.emulator.test.ts',
  'simulation/simulation.unit.test.ts',
  'examples/run.emulator.test.ts',
  'build.unit.test.ts',
  'soak/soak.emulator.test.ts',
  'console/screens.browser.test.ts',
  'e2e/dev.emulator.test.ts',
  'model/fronts/fronts-model.unit.test.ts',
  'cli/commands/respond.emulator.test.ts',
  'inference/history-window.unit.test.ts',
  'e2e/probe.emulator.test.ts',
  'simulation/planted-bugs.unit.test.ts',
  'e2e/failures.emulator.test.ts',
].map((name) => resolve('test', name));

const missing = slowest.filter((path) => !existsSync(path));
if (missing.length > 0) throw new Error(`test-order.cjs names files that do not exist: ${missing.join(', ')}`);

const rankOf = ({ path }) => (slowest.includes(path) ? slowest.indexOf(path) : slowest.length);
const usesEmulators = ({ path }) => path.endsWith('.emulator.test.ts');

module.exports = class extends Sequencer {
  sort(tests) {
    return super
      .sort(tests)
      .toSorted((a, b) => rankOf(a) - rankOf(b) || Number(usesEmulators(b)) - Number(usesEmulators(a)));
  }
};
