import { build } from 'esbuild';
import { browserPlugin } from './browser-plugin.mjs';

/**
 * Bundles programs that run on a developer's machine. Dependencies are not bundled, so that a stack trace names them.
 *
 * @param entryPoints The source of each program, by its name in the directory.
 * @param options More options of esbuild.
 * @returns The files of the directory: `{ path, contents }`.
 */
export async function bundlePrograms(directory, entryPoints, options = {}) {
  const { outputFiles } = await build({
    ...options,
    plugins: [...(options.plugins ?? []), browserPlugin],
    entryPoints,
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
