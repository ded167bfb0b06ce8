import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { BuildFailure, BuildOptions, Message, OutputFile } from 'esbuild';
import { UsageError } from '../command.ts';

/** A catalog file with all that it imports, as one CommonJS script. */
export interface CatalogBundle {
  readonly code: string;
  /** The source map, as JSON. Its sources are relative to the folder of the catalog file. */
  readonly map: string;
}

/** The most problems of one file to print. */
const maxProblems = 10;

/**
 * Options of esbuild that resolve what a catalog file imports: `eventmend/catalog`, and the packages of Eventmend where
 * the folders around the file do not have them.
 *
 * @param root The folder with the package.json of Eventmend. Its sources are there in a clone, and not in a package.
 */
export function catalogResolution(root: string): Pick<BuildOptions, 'alias' | 'nodePaths'> {
  const source = join(root, 'shared', 'catalog-api.ts');
  const built = join(root, 'dist', 'cli', 'catalog-api.js');
  return {
    alias: { 'eventmend/catalog': existsSync(source) ? source : built },
    nodePaths: [join(root, 'node_modules'), dirname(root)],
  };
}

/** Bundles a catalog file. @throws UsageError that names each problem with its file and line. */
export async function bundleCatalog(file: string, root: string): Promise<CatalogBundle> {
  await checkIsFile(file);
  const { build } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      ...catalogResolution(root),
      entryPoints: [resolve(file)],
      outfile: join(dirname(resolve(file)), 'catalog.js'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      sourcemap: 'external',
      logLevel: 'silent',
      write: false,
    });
    return { code: textOf(outputFiles, '.js'), map: textOf(outputFiles, '.map') };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const problems = error.errors.slice(0, maxProblems).map(spellProblem);
    throw new UsageError([`the catalog ${file} cannot be read:`, ...problems.map((line) => `  - ${line}`)].join('\n'));
  }
}

async function checkIsFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return;
  const what = found ? 'is not a file' : 'does not exist';
  throw new UsageError(`the catalog ${file} ${what}: name a file as docs/catalog.md shows it`);
}

function textOf(files: readonly OutputFile[], ending: string): string {
  return files.find(({ path }) => path.endsWith(ending))?.text ?? '';
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error;
}

function spellProblem({ location, text }: Message): string {
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text;
}
