import { build } from 'esbuild';

/**
 * Bundles the command line. Dependencies stay outside, so that a stack trace names them.
 *
 * @returns What belongs into the directory, as esbuild gives it: `{ path, contents }`.
 */
export async function bundleCommandLine(directory) {
  const { outputFiles } = await build({
    entryPoints: ['cli/main.ts', 'cli/dev/local-function.ts'],
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
