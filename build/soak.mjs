import { localFunction } from './command-line.mjs';
import { bundleFunctions } from './functions.mjs';
import { bundlePrograms } from './programs.mjs';

/**
 * Bundles the soak, and the functions as they are deployed, but with the catalog of the soak.
 *
 * @returns The files of the directory.
 */
export async function bundleSoak(directory) {
  return [
    ...(await bundlePrograms(directory, { main: 'test/soak/main.ts' })),
    ...(await bundlePrograms(`${directory}/cli`, { 'local-function': localFunction })),
    ...(await bundleFunctions(`${directory}/functions`, 'test/soak/catalog.ts')),
  ];
}

/**
 * Bundles the functions for `eventmend dev --catalog FILE`. They lie apart from the ones that are deployed.
 *
 * @returns The files of the directory.
 */
export async function bundleDev(directory) {
  return [
    ...(await bundlePrograms(`${directory}/cli`, { 'local-function': localFunction })),
    ...(await bundleFunctions(`${directory}/functions`)),
  ];
}
