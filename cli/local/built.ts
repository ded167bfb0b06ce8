import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../shared/errors.ts';

/**
 * Returns the directory of the built functions.
 *
 * @param part `dist` for the functions that are deployed, or another folder of functions that `build.mjs` makes.
 * @throws ConfigError if they were not built.
 */
export function builtDirectory(part = 'dist', madeBy = 'npm run build'): string {
  const built = join(packageRoot(), part);
  if (!existsSync(join(built, 'functions')))
    throw new ConfigError([`there are no functions in ${built}: run ${madeBy}`]);
  return built;
}

/**
 * Returns the nearest directory above this file that holds a package.json. This file may run as a source, or in a
 * bundle anywhere in dist.
 */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json')) && directory !== dirname(directory))
    directory = dirname(directory);
  return directory;
}
