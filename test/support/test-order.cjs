/**
 * Decides the order of the test files: those that use the emulators first, since they take longest, then the largest. Otherwise
 * a worker could begin a file of minutes when the other one has nothing left to do.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** The files that take longest, in this order. */
const first = ['docs/commands.emulator.test.ts', 'simulation/planted-bugs.unit.test.ts', 'e2e/dev.emulator.test.ts'];

const isFirst = ({ path }) => {
  const at = first.findIndex((name) => path.endsWith(name));
  return at < 0 ? first.length : at;
};
const usesEmulators = ({ path }) => path.endsWith('.emulator.test.ts');

module.exports = class extends Sequencer {
  sort(tests) {
    return super
      .sort(tests)
      .toSorted((a, b) => isFirst(a) - isFirst(b) || Number(usesEmulators(b)) - Number(usesEmulators(a)));
  }
};
