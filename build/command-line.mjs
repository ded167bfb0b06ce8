import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { builtCatalogFile, withCatalog } from './catalog.mjs';
import { bundlePrograms } from './programs.mjs';

/** The module that is loaded into a function's process on a developer's machine. */
export const localFunction = 'cli/local/local-function.ts';
/** The thread of `eventmend clean` that assesses events. */
const assessBatches = 'cli/clean/assess-batches.ts';
/** Its thread that learns models. */
const learnProgram = 'cli/clean/learn-program.ts';

/**
 * Bundles the command line.
 *
 * @returns The files of the directory: `{ path, contents, isExecutable }`. The programs that package.json names under
 * `bin` are executable.
 */
export async function bundleCommandLine(directory) {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));
  const programs = new Set(Object.values(bin).map((path) => resolve(path)));
  const entryPoints = {
    main: 'cli/main.ts',
    'local-function': localFunction,
    'assess-batches': assessBatches,
    'learn-program': learnProgram,
    'catalog-api': 'shared/catalog-api.ts',
  };
  const { options } = await withCatalog(builtCatalogFile());
  const files = await bundlePrograms(directory, entryPoints, options);
  return files.map(({ path, contents }) => ({ path, contents, isExecutable: programs.has(path) }));
}
