import { mkdtemp, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { env } from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The file that every import of the catalog names. */
const shipped = 'shared/catalog.ts';

/** A catalog that is refused. The message lists all problems, and needs no stack trace. */
export class CatalogProblem extends Error {}

/** Returns the catalog file of a build: the one that EVENTMEND_CATALOG names, or shared/catalog.ts. */
export function builtCatalogFile() {
  return env.EVENTMEND_CATALOG || shipped;
}

/**
 * Returns options of esbuild that put a catalog file in the place of shared/catalog.ts. The file is checked first, by
 * the rules that each function applies when it starts. So a catalog that functions refuse is never deployed.
 *
 * @returns The options; the path of the catalog file in the checkout; its sources by name, besides `events`: whether each is
 * closed; where the events of watched types have the number that is added up, by type; and the shortest window.
 * @throws CatalogProblem
 */
export async function withCatalog(file) {
  const { loadCatalogFile, catalogResolution, makeCatalog } = await catalogLoader();
  const root = resolve('.');
  try {
    const made = makeCatalog(await loadCatalogFile(relative(root, file), root));
    const besidesEvents = made.sources.all.slice(1);
    return {
      options: { ...catalogResolution(root), plugins: [inPlaceOfShipped(resolve(file))] },
      catalog: relative(root, resolve(file)),
      sources: Object.fromEntries(besidesEvents.map(({ name, isClosed }) => [name, { closed: isClosed }])),
      sums: made.sums,
      windowMs: made.shortestWindowMs,
    };
  } catch (error) {
    throw new CatalogProblem(error.message, { cause: error });
  }
}

function inPlaceOfShipped(path) {
  return {
    name: 'the catalog',
    setup: ({ onResolve }) => {
      onResolve({ filter: /\/catalog\.ts$/ }, (args) =>
        resolve(args.resolveDir, args.path) === resolve(shipped) ? { path } : undefined,
      );
    },
  };
}

/** Loads the code with which the command line reads a catalog file. */
async function catalogLoader() {
  // Here and not in the system's temporary directory: it imports esbuild.
  const directory = await mkdtemp('.dist-');
  const outfile = join(directory, 'loader.mjs');
  try {
    await build({
      entryPoints: ['cli/catalog-file/load-catalog-file.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      packages: 'external',
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(directory, { recursive: true });
  }
}
