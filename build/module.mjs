import { resolve } from 'node:path';
import { build } from 'esbuild';
import { browserPlugin } from './browser-plugin.mjs';

/** Bundles a TypeScript module, so that Node can load it. Dependencies are not bundled. @returns The path of the bundle. */
export async function bundleModule(file) {
  const outfile = resolve('node_modules/.cache/eventmend', file.replaceAll('/', '-').replace(/\.ts$/, '.mjs'));
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    plugins: [browserPlugin],
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
