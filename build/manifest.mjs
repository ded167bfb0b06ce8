import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';

/** The sources of the functions, besides the packages that package-lock.json names, and a catalog elsewhere. */
const sourceFiles = ['package-lock.json', 'functions', 'shared'];

/**
 * Describes a build: Terraform refuses to deploy bundles that were made of other sources than those beside it, or of another
 * catalog than its settings name, and an image that was made of other sources than the bundles.
 *
 *     revision     the last commit that changed the sources; with `-changed` if there are changes that are not committed.
 *                  Without git: EVENTMEND_REVISION, or else the first digits of sourceHash.
 *     sourceHash   SHA-256 of the lines `SHA-256␣path` of all source files, shared/topology.json among them, in the order of
 *                  their paths. Terraform hashes the same files.
 *     otherSources the paths of those that are not in functions/ or shared/: a catalog elsewhere with what it imports, the
 *                  commands of the scheduled checks, and how functions and the image start
 *     catalog      the path of the catalog file
 *     windowMs     the shortest window of the catalog, in milliseconds: no message may be kept for longer
 *     sources      the sources of the catalog besides `events`, by name: `{ closed }`
 *     sums         where the events of watched types have the number that is added up, by type
 *
 * All paths are relative to the checkout.
 *
 * @param inputs The paths of the files that went into what is deployed.
 */
export function manifestOf({ inputs, catalog, sources, sums, windowMs }) {
  const otherSources = inputs.filter(isOtherSource).toSorted();
  const sourceHash = hashOf([...sourceFiles.flatMap(filesIn), ...otherSources].toSorted().map(hashLine).join(''));
  return {
    revision: revisionOfSources(catalog) ?? (givenRevision() || `sources-${sourceHash.slice(0, 12)}`),
    sourceHash,
    otherSources,
    catalog,
    windowMs,
    sources,
    sums,
  };
}

/**
 * Returns the last commit that changed the sources, for example `0a1b2c3d4e5f`. Undefined outside a checkout.
 *
 * @param catalog The path of the catalog file. It does not count if it lies outside the checkout.
 */
export function revisionOfSources(catalog = 'shared') {
  if (!existsSync('.git')) return undefined;
  const paths = catalog.startsWith('..') ? sourceFiles : [...sourceFiles, catalog];
  const commit = git('log', '-1', '--format=%H', '--', ...paths).slice(0, 12);
  if (commit === '') return undefined;
  return git('status', '--porcelain', '--', ...paths) === '' ? commit : `${commit}-changed`;
}

/** @throws Error for a revision that no label of Google Cloud can be. */
function givenRevision() {
  const { EVENTMEND_REVISION: revision = '' } = env;
  if (/^[a-z0-9-]{0,63}$/.test(revision)) return revision;
  throw new Error(`EVENTMEND_REVISION is ${revision}; it has at most 63 lowercase letters, digits and hyphens`);
}

/** Returns what git prints, and nothing where git is missing or refuses. */
function git(...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

/** Packages are in package-lock.json. What a plugin of the build makes is no file. */
function isOtherSource(path) {
  return !/(^|\/)node_modules\/|^(functions|shared)\//.test(path) && existsSync(path);
}

function hashLine(path) {
  return `${hashOf(readFileSync(path))} ${path}\n`;
}

function filesIn(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function hashOf(content) {
  return createHash('sha256').update(content).digest('hex');
}
