import { Buffer } from 'node:buffer';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { checkCatalog } from './catalog.mjs';
import { lockOf } from './lock.mjs';

const framework = '@google-cloud/functions-framework';

/**
 * Bundles each function with all that it needs but the framework, which the platform starts and the bundle must share with it.
 *
 * A bundle is one CommonJS file, since Google's clients are CommonJS: they find `require` and `__dirname` as they expect them.
 * Bundled, a function starts sooner, by up to a quarter (docs/build.md).
 *
 * @param plugins Plugins of esbuild, for a build that differs from a deployment.
 * @returns The files of the directory: `{ path, contents }`.
 * @throws Error if topology.json and functions/ do not name the same functions, or if the catalog is refused.
 */
export async function bundleFunctions(directory, plugins = []) {
  const names = functionNames();
  await checkCatalog(plugins);
  const { outputFiles } = await build({
    entryPoints: names.map((name) => `functions/${name}/index.ts`),
    outbase: 'functions',
    outdir: directory,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: [framework],
    sourcemap: true,
    // The positions are what a stack trace needs; the sources would double what is deployed.
    sourcesContent: false,
    logLevel: 'warning',
    write: false,
    plugins,
  });
  return [...outputFiles, ...names.flatMap((name) => packageFiles(name, join(directory, name)))];
}

/** What the platform installs: the framework and what it needs, in the versions that are tested here. */
function packageFiles(name, directory) {
  const { version, license, engines } = readJson('package.json');
  const rootLock = readJson('package-lock.json');
  const manifest = {
    name: `eventmend-${name}`,
    version,
    license,
    private: true,
    type: 'commonjs',
    main: 'index.js',
    engines,
    dependencies: { [framework]: rootLock.packages[`node_modules/${framework}`].version },
  };
  return [
    { path: join(directory, 'package.json'), contents: json(manifest) },
    { path: join(directory, 'package-lock.json'), contents: json(lockOf(manifest, rootLock)) },
  ];
}

/** The functions of topology.json, each of which has an entry and a handler, and no other has. */
function functionNames() {
  const named = Object.keys(readJson('shared/topology.json').functions);
  const folders = readdirSync('functions', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const written = folders.map(({ name }) => name).filter((name) => hasFile(name, 'handler.ts'));
  const problems = [
    ...without(named, written).map(
      (name) => `${name} is in topology.json, and functions/${name}/handler.ts is not there`,
    ),
    ...without(written, named).map(
      (name) => `functions/${name}/handler.ts is there, and ${name} is not in topology.json`,
    ),
    ...written.filter((name) => !hasFile(name, 'index.ts')).map((name) => `functions/${name}/index.ts is not there`),
  ];
  if (problems.length > 0) throw new Error(`the functions do not agree: ${problems.join('; ')}`);
  return named;
}

function hasFile(name, file) {
  return existsSync(join('functions', name, file));
}

function without(names, others) {
  return names.filter((name) => !others.includes(name));
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function json(value) {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
