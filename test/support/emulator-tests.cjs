/**
 * Decides what becomes of the tests that need Google's emulators, from the test files that a run is about to execute: jest calls
 * it as its `filter`. It is plain CommonJS since jest loads it as it is.
 */
const { existsSync, realpathSync } = require('node:fs');
const { delimiter, dirname, join } = require('node:path');
const { env, stdout } = require('node:process');
const { withoutBrowser } = require('./browser-tests.cjs');

/** Says, for the set-up of the same run, whether the emulators are wanted. */
const wantedVariable = 'EVENTMEND_EMULATORS_WANTED';
const hostVariables = ['PUBSUB_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST'];
const howToGetThem =
  'install the Google Cloud CLI (https://cloud.google.com/sdk/docs/install) and a Java runtime, then: gcloud components install beta pubsub-emulator cloud-firestore-emulator';

module.exports = (found) => {
  const testPaths = withoutBrowser(found);
  const emulatorTests = new Set(testPaths.filter((path) => path.endsWith('.emulator.test.ts')));
  if (emulatorTests.size === 0) return { filtered: testPaths };
  if (hostVariables.every((name) => env[name]) || hasEmulators()) {
    env[wantedVariable] = 'true';
    return { filtered: testPaths };
  }
  const leftOut = `Left out, for want of Google's emulators: ${emulatorTests.size} test file(s). To run them, ${howToGetThem}`;
  if (env.CI === 'true') throw new Error(leftOut);
  stdout.write(`${leftOut}\n`);
  return { filtered: testPaths.filter((path) => !emulatorTests.has(path)) };
};

/** Looks where gcloud keeps its components: asking gcloud itself takes a second, and it offers to install what is missing. */
function hasEmulators() {
  const gcloud = inPath('gcloud');
  if (!gcloud || !inPath('java')) return false;
  const platform = join(dirname(dirname(realpathSync(gcloud))), 'platform');
  return ['pubsub-emulator', 'cloud-firestore-emulator'].every((name) => existsSync(join(platform, name)));
}

function inPath(name) {
  return (env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}
