/**
 * Makes dist/: `node build.mjs`, or one part of it: `node build.mjs cli`.
 *
 *     dist/cli          the command line
 *     dist/functions    what is deployed: a folder a function
 *     dist/simulate     the simulator, for `npm run simulate`: made only when it is asked for
 *     dist/soak         the soak and its functions, for `npm run soak`: made only when it is asked for
 *
 * Made of the same sources twice, it is the same bytes: a deployment without a change changes nothing.
 */
import { argv } from 'node:process';
import { bundleCommandLine } from './build/command-line.mjs';
import { bundleFunctions } from './build/functions.mjs';
import { bundlePrograms } from './build/programs.mjs';
import { bundleSoak } from './build/soak.mjs';
import { replaceDirectory } from './build/replace-directory.mjs';

const parts = {
  cli: bundleCommandLine,
  functions: bundleFunctions,
  simulate: (directory) => bundlePrograms(directory, { main: 'test/simulation/main.ts' }),
  soak: bundleSoak,
};
const names = argv.length > 2 ? argv.slice(2) : ['cli', 'functions'];
for (const name of names) await replaceDirectory(`dist/${name}`, await parts[name](`dist/${name}`));
