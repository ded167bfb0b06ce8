/**
 * Decides whether the tests that need a browser run: jest calls it through its `filter`. It is plain CommonJS since jest
 * loads it as it is.
 */
const { existsSync } = require('node:fs');
const { stdout } = require('node:process');

// Debian and Ubuntu install it there.
const { path: chromiumPath } = require('./chromium.json');

module.exports = {
  /** Leaves out the tests that need a browser where there is none, and says so. */
  withoutBrowser: (testPaths) => {
    const others = testPaths.filter((path) => !path.endsWith('.browser.test.ts'));
    const leftOut = testPaths.length - others.length;
    if (leftOut === 0 || existsSync(chromiumPath)) return testPaths;
    stdout.write(
      `Left out, for want of a browser: ${leftOut} test file(s). To run them, install Chromium: apt-get install chromium\n`,
    );
    return others;
  },
};
