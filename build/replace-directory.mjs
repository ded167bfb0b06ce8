import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Whether a file is a chunk: the names of chunks contain a hash of their content. */
const isChunk = (path) => /-[A-Z0-9]{8}\.js(\.map)?$/.test(path);

/**
 * Makes a directory hold these files and no others. Processes may run from it meanwhile (`npm run dev` beside `npm
 * test`), so a file is never missing or half written. Each file is written to a temporary directory and then renamed
 * into its place. Chunks come first, since the other files refer to them. Files that are no longer needed are removed
 * last. A file that would not change is not written.
 *
 * @param files `{ path, contents, isExecutable }`: the output files of esbuild. `isExecutable` marks a program that
 * users call by its name.
 */
export async function replaceDirectory(directory, files) {
  const wanted = new Map(files.map((file) => [resolve(file.path), file]));
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
    files.map(async ([path, { contents, isExecutable = false }], i) => {
      const isUnchanged = await holds(path, contents);
      const written = isUnchanged ? path : `${aside}-${i}`;
      if (!isUnchanged) await writeFile(written, contents);
      if (isExecutable) await makeExecutable(written);
      if (isUnchanged) return;
      await mkdir(dirname(path), { recursive: true });
      await rename(written, path);
    }),
  );
}

/** Lets everyone who may read a file execute it. */
async function makeExecutable(path) {
  const { mode } = await stat(path);
  const wanted = mode | ((mode & 0o444) >> 2);
  if (wanted !== mode) await chmod(path, wanted);
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
