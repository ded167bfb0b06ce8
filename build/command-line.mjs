import { build } from 'esbuild';

/** What is loaded into a function's process on a developer's machine. */
const localFunction = 'cli/dev/local-function.ts';

/**
 * Bundles the command line. Dependencies stay outside, so that a stack trace names them.
 *
 * @returns What belongs into the directory, as esbuild gives it: `{ path, contents }`.
 */
export async function bundleCommandLine(directory) {
  return bundle(directory, ['cli/main.ts', localFunction]);
}

/** The part of it that functions need which are served from elsewhere. @returns What belongs into the directory. */
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
