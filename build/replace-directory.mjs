import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Files whose names tell their content: whoever asks for one gets what was meant. */
const isChunk = (path) => /-[A-Z0-9]{8}\.js(\.map)?$/.test(path);

/**
 * Makes a directory hold these files and no others, under the eyes of those that run from it (`npm run dev` beside `npm test`):
 * at no time is a file missing or half written. Each is written aside and renamed into its place, what others refer to first,
 * and what is no longer needed goes last. A file that would not change is not touched.
 *
 * @param files `{ path, contents }`, as esbuild gives them.
 */
export async function replaceDirectory(directory, files) {
  const wanted = new Map(files.map(({ path, contents }) => [resolve(path), contents]));
  const aside = await mkdtemp('.dist-');
  try {
    const [chunks, others] = [[], []];
    for (const file of wanted) (isChunk(file[0]) ? chunks : others).push(file);
    await replaceFiles(chunks, join(aside, 'chunk'));
    await replaceFiles(others, join(aside, 'file'));
    const stale = (await filesIn(directory)).filter((path) => !wanted.has(path));
    await Promise.all(stale.map((path) => rm(path, { force: true })));
  } finally {
    await rm(aside, { recursive: true });
  }
}

async function replaceFiles(files, aside) {
  await Promise.all(
    files.map(async ([path, contents], i) => {
      if (await holds(path, contents)) return;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${aside}-${i}`, contents);
      await rename(`${aside}-${i}`, path);
    }),
  );
}

async function holds(path, contents) {
  try {
    return (await readFile(path)).equals(contents);
  } catch {
    return false;
  }
}

async function filesIn(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => resolve(entry.parentPath, entry.name));
}
