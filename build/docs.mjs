/** Writes the generated parts of the pages in docs/: `npm run docs`. build/docs/pages.ts defines these parts. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stdout } from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const bundle = resolve('node_modules/.cache/eventmend/docs.mjs');
await build({
  entryPoints: ['build/docs/pages.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
const { generatePages, readPages } = await import(pathToFileURL(bundle).href);

const before = new Map(readPages().map(({ path, text }) => [path, text]));
for (const { path, text } of await generatePages()) {
  if (before.get(path) === text) continue;
  await writeFile(path, text);
  stdout.write(`${path}\n`);
}
