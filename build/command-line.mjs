import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/** The module that is loaded into a function's process on a developer's machine. */
const localFunction = 'cli/dev/local-function.ts';

/**
 * Bundles the command line. Dependencies stay outside, so that a stack trace names them.
 *
 * @returns The files of the directory: `{ path, contents, isExecutable }`. Executable are those that package.json names under `bin`.
 */
export async function bundleCommandLine(directory) {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));
  const programs = new Set(Object.values(bin).map((path) => resolve(path)));
  const files = await bundle(directory, ['cli/main.ts', localFunction]);
  return files.map(({ path, contents }) => ({ path, contents, isExecutable: programs.has(path) }));
}

/** Bundles the part of it that functions need which are served from another directory. @returns The files of the directory. */
export async function bundleLocalFunction(directory) {
  return bundle(directory, [localFunction]);
}

async function bundle(directory, entryPoints) {
  const { outputFiles } = await build({
    entryPoints,
    outbase: 'cli',
    outdir: directory,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
    write: false,
  });
  return outputFiles;
}
