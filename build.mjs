/**
 * Makes dist/: `node build.mjs`, or one part of it: `node build.mjs cli`.
 *
 *     dist/cli          the command line
 *     dist/functions    what is deployed: a folder a function
 *     dist/simulate     the simulator, for `npm run simulate`: made only when it is asked for
 *     dist/bench        the measurements and their baselines, for `npm run bench`: made only when it is asked for
 *     dist/soak         the soak and its functions, for `npm run soak`: made only when it is asked for
 *     dist/dev          the functions with a catalog of one's own, for `eventmend dev --catalog FILE`
 *
 * EVENTMEND_CATALOG names the catalog file to build with, in place of shared/catalog.ts.
 *
 * Made of the same sources twice, it is the same bytes: a deployment without a change changes nothing. So a part whose sources have not
 * changed is not made again.
 */
import process, { argv, stderr } from 'node:process';
import { bundleBench } from './build/bench.mjs';
import { CatalogProblem } from './build/catalog.mjs';
import { bundleCommandLine } from './build/command-line.mjs';
import { bundleFunctions } from './build/functions.mjs';
import { digestOfSources, isMadeFrom, madeFrom } from './build/made-from.mjs';
import { bundlePrograms } from './build/programs.mjs';
import { bundleDev, bundleSoak } from './build/soak.mjs';
import { replaceDirectory } from './build/replace-directory.mjs';

const parts = {
  cli: bundleCommandLine,
  functions: bundleFunctions,
  simulate: (directory) => bundlePrograms(directory, { main: 'test/simulation/main.ts' }),
  bench: bundleBench,
  soak: bundleSoak,
  dev: bundleDev,
};
const programsOfTests = ['simulate', 'bench', 'soak'];

async function makePart(name) {
  const directory = `dist/${name}`;
  const digest = await digestOfSources(programsOfTests.includes(name));
  if (await isMadeFrom(directory, digest)) return;
  const files = await parts[name](directory);
  await replaceDirectory(directory, [...files, ...madeFrom(directory, files, digest)]);
}

const names = argv.length > 2 ? argv.slice(2) : ['cli', 'functions'];
try {
  for (const name of names) await makePart(name);
} catch (error) {
  if (!(error instanceof CatalogProblem)) throw error;
  stderr.write(`build: ${error.message}\n`);
  process.exitCode = 2;
}
