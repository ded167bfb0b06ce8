import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const check = `
  import { makeCatalog } from './shared/catalog-definition.ts';
  import { catalog } from './shared/catalog.ts';
  const { all } = makeCatalog(catalog).sources;
  export const sources = Object.fromEntries(all.slice(1).map(({ name, isClosed }) => [name, { closed: isClosed }]));
`;

/**
 * Checks the catalog by the rules that each function applies when it starts. So a catalog that functions refuse is
 * never deployed.
 *
 * @param plugins Plugins of esbuild, as for {@link bundleFunctions}.
 * @returns The sources of the catalog by name, besides `events`: whether each is closed.
 * @throws Error that lists all problems of the catalog.
 */
export async function checkCatalog(plugins) {
  const directory = await mkdtemp(join(tmpdir(), 'eventmend-catalog-'));
  const outfile = join(directory, 'catalog.mjs');
  try {
    await build({
      stdin: { contents: check, loader: 'ts', resolveDir: '.' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
      plugins,
    });
    const { sources } = await import(pathToFileURL(outfile).href);
    return sources;
  } catch (error) {
    throw new Error(`shared/catalog.ts is refused: ${error.message}`, { cause: error });
  } finally {
    await rm(directory, { recursive: true });
  }
}
