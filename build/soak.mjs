import { resolve } from 'node:path';
import { localFunction } from './command-line.mjs';
import { bundleFunctions } from './functions.mjs';
import { bundlePrograms } from './programs.mjs';

/** Replaces the file of the catalog by the catalog of the soak. */
const otherCatalog = {
  name: 'the catalog of the soak',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/shared\/catalog\.ts$/ }, () => ({ path: resolve('test/soak/catalog.ts') }));
  },
};

/**
 * Bundles the soak, and the functions as they are deployed, but with the catalog of the soak.
 *
 * @returns The files of the directory.
 */
export async function bundleSoak(directory) {
  return [
    ...(await bundlePrograms(directory, { main: 'test/soak/main.ts' })),
    ...(await bundlePrograms(`${directory}/cli`, { 'local-function': localFunction })),
    ...(await bundleFunctions(`${directory}/functions`, [otherCatalog])),
  ];
}
