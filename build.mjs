/**
 * Makes dist/: `node build.mjs`, or one part of it: `node build.mjs cli`.
 *
 *     dist/cli          the command line
 *     dist/functions    what is deployed: a folder a function
 *     dist/soak         the same, for `npm run soak`: made only when it is asked for
 *
 * Made of the same sources twice, it is the same bytes: a deployment without a change changes nothing.
 */
import { argv } from 'node:process';
import { bundleCommandLine } from './build/command-line.mjs';
import { bundleFunctions } from './build/functions.mjs';
import { bundleForSoak } from './build/soak.mjs';
import { replaceDirectory } from './build/replace-directory.mjs';

const parts = { cli: bundleCommandLine, functions: bundleFunctions, soak: bundleForSoak };
const names = argv.length > 2 ? argv.slice(2) : ['cli', 'functions'];
for (const name of names) await replaceDirectory(`dist/${name}`, await parts[name](`dist/${name}`));
