import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env, stdout } from 'node:process';
import { promisify } from 'node:util';

const requirements = join(import.meta.dirname, 'requirements.txt');

/** Whether `python3` can run the pipeline. */
export function hasPython() {
  return spawnSync('python3', ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 11))']).status === 0;
}

/**
 * Returns the Python of a virtual environment with the required packages. The environment is made on the first call,
 * which takes a minute, and used for as long as requirements.txt stays as it is. It lies in the user's cache.
 */
export async function providePython() {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const caches = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const directory = join(caches, 'eventmend', `dataflow-${digest.slice(0, 16)}`);
  const python = join(directory, 'bin', 'python');
  const completed = join(directory, 'complete');
  if (existsSync(completed)) return python;
  stdout.write(`Makes a virtual environment in ${directory}: some 500 MB, and a minute.\n`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const run = promisify(execFile);
  await run('python3', ['-m', 'venv', directory]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  // Without --no-compile, half of the time goes into compiling modules that are never loaded.
  await run(python, [...pip, '--no-compile', '--require-hashes', '--requirement', requirements]);
  await writeFile(completed, '');
  return python;
}
