import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { types } from 'node:util';
import { compileFunction } from 'node:vm';
import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { ConfigError } from '../../shared/errors.ts';
import { UsageError } from '../command.ts';
import { packageRoot } from '../local/built.ts';
import { bundleCatalog, type CatalogBundle } from './bundle-catalog.ts';

// The build needs them too.
export { catalogResolution } from './bundle-catalog.ts';
export { makeCatalog };

/** How a catalog file begins its export. */
const wanted = 'export const catalog = defineCatalog({ … })';

/**
 * Loads a catalog file and checks it by the rules that each function applies when it starts.
 *
 * @param root The folder with the package.json of Eventmend.
 * @throws UsageError that names the file, and the line where one is to blame, with all problems of the catalog.
 */
export async function loadCatalogFile(file: string, root = packageRoot()): Promise<CatalogDefinition> {
  const exported = run(file, await bundleCatalog(file, root));
  const { catalog } = exported;
  if (catalog === undefined) {
    const instead = 'default' in exported ? ' (it has a default export, which is not read)' : '';
    throw new UsageError(`the catalog ${file} exports no catalog${instead}: write ${wanted}`);
  }
  if (typeof catalog !== 'object' || catalog === null || Array.isArray(catalog))
    throw new UsageError(`the catalog ${file} exports a catalog that is not an object: write ${wanted}`);
  try {
    makeCatalog(catalog);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(
      [`the catalog ${file} is refused:`, ...error.problems.map((line) => `  - ${line}`)].join('\n'),
    );
  }
  return catalog;
}

/** Runs the bundle of a catalog file. @returns What it exports. */
function run(file: string, { code, map }: CatalogBundle): { readonly catalog?: unknown } & object {
  const scriptName = `${resolve(file)}.bundle.cjs`;
  const module = { exports: {} };
  try {
    const names = ['module', 'exports', 'require'];
    Reflect.apply(compileFunction(code, names, { filename: scriptName }), undefined, [
      module,
      module.exports,
      createRequire(resolve(file)),
    ]);
  } catch (error) {
    const place = placeOf(error, { scriptName, map, folder: dirname(resolve(file)) }) ?? file;
    const what = types.isNativeError(error) ? `${error.name}: ${error.message}` : String(error);
    throw new UsageError(`the catalog ${file} cannot be used: ${place} throws ${what}`);
  }
  return module.exports;
}

interface Script {
  readonly scriptName: string;
  readonly map: string;
  /** The folder to which the sources of the map are relative. */
  readonly folder: string;
}

/** Returns the file and line in which an error was thrown, or undefined if the stack has no line of the user's files. */
function placeOf(error: unknown, { scriptName, map, folder }: Script): string | undefined {
  const stack = types.isNativeError(error) ? (error.stack ?? '') : '';
  const sources = new SourceMap(JSON.parse(map) as SourceMapPayload);
  const frames = stack.split('\n').flatMap((line) => {
    const [, at, column] = /:(\d+):(\d+)\)?$/.exec(line) ?? [];
    return line.includes(scriptName) && at && column ? [{ at: Number(at), column: Number(column) }] : [];
  });
  for (const { at, column } of frames) {
    const entry = sources.findEntry(at - 1, column - 1);
    if (!('originalSource' in entry) || entry.originalSource.includes('node_modules/')) continue;
    const path = relative(process.cwd(), resolve(folder, entry.originalSource));
    return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
  return undefined;
}
