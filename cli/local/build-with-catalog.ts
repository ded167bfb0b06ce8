import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { UsageError, type Io } from '../command.ts';
import { builtDirectory, packageRoot } from './built.ts';

const run = promisify(execFile);

/**
 * Builds the functions with a catalog of one's own, apart from those that are deployed.
 *
 * @returns The directory of the built functions.
 */
export async function buildWithCatalog(file: string, { env, signal }: Io): Promise<string> {
  const root = packageRoot();
  if (!existsSync(join(root, 'build.mjs')))
    throw new UsageError(
      'a catalog of your own is built into the functions: run eventmend dev in a clone of Eventmend',
    );
  const options = { cwd: root, env: { ...env, EVENTMEND_CATALOG: resolve(file) }, signal };
  await run(process.execPath, ['build.mjs', 'dev'], options);
  return builtDirectory('dist/dev', 'eventmend dev --catalog FILE');
}
