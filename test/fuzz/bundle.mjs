import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Bundles a module for the fuzz test. @returns The path of the bundle. */
export async function bundle(file) {
  const outfile = join(resolve('node_modules/.cache/eventmend'), `fuzz-${basename(file, '.ts')}.mjs`);
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
