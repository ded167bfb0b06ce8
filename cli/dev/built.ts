import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../shared/errors.ts';

/** The directory with what `npm run build` made. @throws ConfigError if it has not been run. */
export function builtDirectory(): string {
  const built = join(packageRoot(), 'dist');
  if (!existsSync(join(built, 'functions')))
    throw new ConfigError([`there are no functions in ${built}: npm run build makes them`]);
  return built;
}

/** The nearest directory above this file that holds a package.json: this file may be a source, or bundled anywhere in dist. */
function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json')) && directory !== dirname(directory))
    directory = dirname(directory);
  return directory;
}
