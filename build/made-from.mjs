import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { env } from 'node:process';
import { revisionOfSources } from './manifest.mjs';

/** The sources of every part of dist/. npm's own list says which packages are installed. */
const sources = [
  ...['build.mjs', 'build', 'cli', 'functions', 'shared'],
  ...['package.json', 'package-lock.json', 'node_modules/.package-lock.json', 'tsconfig.json'],
];
/** The programs of tests are made from these too. */
const testSources = ['bench', 'test'];
const record = 'made-from.json';

/**
 * Returns a digest of all sources of a part, and undefined if the part has a catalog of its own, which may import any file.
 *
 * @param isOfTests Whether the part is a program of test/.
 */
export async function digestOfSources(isOfTests) {
  if (env.EVENTMEND_CATALOG) return undefined;
  const names = (isOfTests ? [...sources, ...testSources] : sources).filter((name) => existsSync(name));
  return digestOf([revisionOfSources(), ...(await statesOf('.', names))]);
}

/** Whether a directory was made from sources with this digest, and still holds all that was made, and nothing else. */
export async function isMadeFrom(directory, digest) {
  if (digest === undefined) return false;
  try {
    const made = JSON.parse(await readFile(join(directory, record), 'utf8'));
    if (made.sources !== digest) return false;
    const held = await statesOf(directory, await readdir(directory));
    return digestOf(made.files) === digestOf(held.filter(({ path }) => path !== record));
  } catch {
    return false;
  }
}

/** Returns the file that isMadeFrom reads, and none if the sources have no digest. @param files The files that were made. */
export function madeFrom(directory, files, digest) {
  if (digest === undefined) return [];
  const states = files.map(({ path, contents, isExecutable = false }) => ({
    path: relative(directory, path),
    digest: digestOf(contents),
    isExecutable,
  }));
  const made = { sources: digest, files: states.toSorted(byPath) };
  return [{ path: join(directory, record), contents: Buffer.from(`${JSON.stringify(made, null, 2)}\n`) }];
}

/** Returns `{ path, digest, isExecutable }` of each file in these files and folders, in the order of the paths. */
async function statesOf(directory, names) {
  const found = await Promise.all(names.map((name) => filesIn(directory, name)));
  return (await Promise.all(found.flat().map((path) => stateOf(directory, path)))).toSorted(byPath);
}

async function stateOf(directory, path) {
  const [contents, { mode }] = await Promise.all([readFile(join(directory, path)), stat(join(directory, path))]);
  return { path, digest: digestOf(contents), isExecutable: (mode & 0o100) !== 0 };
}

function byPath(a, b) {
  return a.path < b.path ? -1 : 1;
}

async function filesIn(directory, name) {
  const path = join(directory, name);
  if ((await stat(path)).isFile()) return [name];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}

/** Returns the SHA-256 of bytes, or of a value as JSON. */
function digestOf(content) {
  const bytes = content instanceof Uint8Array ? content : JSON.stringify(content);
  return createHash('sha256').update(bytes).digest('hex');
}
