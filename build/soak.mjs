import { resolve } from 'node:path';
import { bundleLocalFunction } from './command-line.mjs';
import { bundleFunctions } from './functions.mjs';

/** The functions know the catalog by its file: another stands in for it. */
const otherCatalog = {
  name: 'the catalog of a soak',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/shared\/catalog\.ts$/ }, () => ({ path: resolve('cli/soak/catalog.ts') }));
  },
};

/** Bundles the functions as they are deployed, but with the catalog of a soak. @returns What belongs into the directory. */
export async function bundleForSoak(directory) {
  return [
    ...(await bundleFunctions(`${directory}/functions`, [otherCatalog])),
    ...(await bundleLocalFunction(`${directory}/cli`)),
  ];
}
