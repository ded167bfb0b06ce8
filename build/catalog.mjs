import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const check = `
  import { makeCatalog } from './shared/catalog-definition.ts';
  import { catalog } from './shared/catalog.ts';
  makeCatalog(catalog);
`;

/**
 * Checks the catalog by the rules that each function applies when it starts. So a catalog that functions refuse is
 * never deployed.
 *
 * @param plugins Plugins of esbuild, as for {@link bundleFunctions}.
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
    await import(pathToFileURL(outfile).href);
  } catch (error) {
    throw new Error(`shared/catalog.ts is refused: ${error.message}`, { cause: error });
  } finally {
    await rm(directory, { recursive: true });
  }
}
