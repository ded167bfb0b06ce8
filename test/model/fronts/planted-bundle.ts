import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import type { firstFinding } from './kind-search.ts';

/** A fault in one source file: a text, which the file has exactly once, and the text that replaces it. */
export interface PlantedFault {
  readonly name: string;
  /** The path of the file from the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The names of kinds of streams that show the fault, the surest first. */
  readonly kinds: readonly string[];
  /** A seed that shows it, so that no time is spent with others. */
  readonly seed?: number;
}

interface SearchModule {
  readonly firstFinding: typeof firstFinding;
}

const entry = 'test/model/fronts/kind-search.ts';

/**
 * Loads the search with its own copy of all sources, in which one fault is planted. No other source changes, so
 * production code needs no hook.
 *
 * @throws Error if the file does not have the text exactly once.
 */
export async function loadWithFault(fault: PlantedFault): Promise<SearchModule> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    logLevel: 'silent',
    write: false,
    plugins: [planting(fault)],
  });
  const module = { exports: {} };
  const evaluate = compileFunction(outputFiles[0]!.text, ['require', 'module', 'exports']) as Evaluate;
  evaluate(createRequire(resolve(entry)), module, module.exports);
  return module.exports as SearchModule;
}

type Evaluate = (require: NodeJS.Require, module: object, exports: object) => void;

function planting({ file, find, replace }: PlantedFault): Plugin {
  const path = resolve(file);
  return {
    name: 'planted-fault',
    setup(builder) {
      let isPlanted = false;
      builder.onLoad({ filter: /\.ts$/ }, async (loaded) => {
        if (loaded.path !== path) return undefined;
        isPlanted = true;
        return { contents: plant(await readFile(path, 'utf8'), find, replace, file), loader: 'ts' };
      });
      builder.onEnd(() => {
        if (!isPlanted) throw new Error(`the search does not load ${file}`);
      });
    },
  };
}

/** Replaces a text in a source. @throws Error if the source does not have it exactly once. */
export function plant(source: string, find: string, replace: string, file: string): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has the text of the fault ${parts.length - 1} times: ${find}`);
  return parts.join(replace);
}
