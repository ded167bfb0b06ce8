/** Writes the generated parts of the pages in docs/: `npm run docs`. build/docs/pages.ts defines these parts. */
import { writeFile } from 'node:fs/promises';
import { stdout } from 'node:process';
import { pathToFileURL } from 'node:url';
import { bundleModule } from './module.mjs';

const { generatePages, readPages } = await import(pathToFileURL(await bundleModule('build/docs/pages.ts')).href);

const before = new Map(readPages().map(({ path, text }) => [path, text]));
for (const { path, text } of await generatePages()) {
  if (before.get(path) === text) continue;
  await writeFile(path, text);
  stdout.write(`${path}\n`);
}
