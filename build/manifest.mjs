import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';

/** The sources of the functions, besides the packages that package-lock.json names. Terraform hashes the same files. */
const sourceFolders = ['functions', 'shared'];
const sourceFiles = ['package-lock.json', ...sourceFolders];

/**
 * Describes a build: Terraform refuses to deploy bundles that were made of other sources than those beside it.
 *
 *     revision     the last commit that changed the sources; with `-changed` if there are changes that are not committed.
 *                  Without git: EVENTMEND_REVISION, or else the first digits of sourceHash.
 *     sourceHash   SHA-256 of the lines `SHA-256␣path` of all source files, shared/topology.json among them, in the order of
 *                  their paths
 *     windowMs     the shortest window of the catalog, in milliseconds: no message may be kept for longer
 *     sources      the sources of the catalog besides `events`, by name: `{ closed }`
 *     sums         where the events of watched types have the number that is added up, by type
 */
export function manifestOf({ sources, sums, windowMs }) {
  const sourceHash = hashOfSources();
  return {
    revision: revisionOfSources() ?? (givenRevision() || `sources-${sourceHash.slice(0, 12)}`),
    sourceHash,
    windowMs,
    sources,
    sums,
  };
}

/** Returns the last commit that changed the sources, for example `0a1b2c3d4e5f`. Undefined outside a checkout. */
export function revisionOfSources() {
  if (!existsSync('.git')) return undefined;
  const commit = git('log', '-1', '--format=%H', '--', ...sourceFiles).slice(0, 12);
  if (commit === '') return undefined;
  return git('status', '--porcelain', '--', ...sourceFiles) === '' ? commit : `${commit}-changed`;
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

function hashOfSources() {
  const paths = sourceFiles.flatMap(filesIn).toSorted((a, b) => (a < b ? -1 : 1));
  return hashOf(paths.map((path) => `${hashOf(readFileSync(path))} ${path}\n`).join(''));
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
