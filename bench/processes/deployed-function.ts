import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../cli/local/built.ts';
import type { BenchContext } from '../bench-context.ts';
import { bundleFolder } from './served-process.ts';

const run = promisify(execFile);

/**
 * Makes a function as the platform does: beside its installed packages, with the compile cache that the build of the
 * platform makes.
 *
 * @returns The folder of the function. It is removed at the end.
 */
export async function deployedFunction(name: string, { io, cleanups }: BenchContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `eventmend-${name}-`));
  cleanups.push(() => rm(folder, { recursive: true }));
  await cp(bundleFolder('functions', name), folder, { recursive: true });
  await symlink(join(packageRoot(), 'node_modules'), join(folder, 'node_modules'));
  // The Node of the bench, which may not be the first one of the path.
  const PATH = [dirname(process.execPath), io.env.PATH].join(delimiter);
  await run('npm', ['run', 'gcp-build'], { cwd: folder, env: { ...io.env, PATH } });
  return folder;
}
