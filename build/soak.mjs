import { resolve } from 'node:path';
import { localFunction } from './command-line.mjs';
import { bundleFunctions } from './functions.mjs';
import { bundlePrograms } from './programs.mjs';

/** Functions read the catalog from its file: another file takes its place. */
const otherCatalog = {
  name: 'the catalog of a soak',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/shared\/catalog\.ts$/ }, () => ({ path: resolve('test/soak/catalog.ts') }));
  },
};

/** Bundles the soak, and the functions as they are deployed, but with the catalog of a soak. @returns The files of the directory. */
export async function bundleSoak(directory) {
  return [
    ...(await bundlePrograms(directory, { main: 'test/soak/main.ts' })),
    ...(await bundlePrograms(`${directory}/cli`, { 'local-function': localFunction })),
    ...(await bundleFunctions(`${directory}/functions`, [otherCatalog])),
  ];
}
