import { Buffer } from 'node:buffer';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { browserPlugin } from './browser-plugin.mjs';
import { builtCatalogFile, withCatalog } from './catalog.mjs';
import { lockOf } from './lock.mjs';
import { manifestOf } from './manifest.mjs';
import { bundledPackages } from './packages.mjs';

const framework = '@google-cloud/functions-framework';
/**
 * The folder of the image. It has the bundle that pulls subscriptions in place of functions, with the handlers of all
 * functions, and the bundle of the scheduled checks.
 */
const worker = 'worker';
/** The entry of a deployed function, beside its bundle. */
const functionStart = 'build/start-function.cjs';
/** Sources of what is deployed that are in no bundle. */
const unbundled = [functionStart, 'build/worker.Dockerfile'];
/** Compiles a catalog file. The image has none to compile, and no compiler. */
const catalogCompiler = './load-catalog-file.ts';

/**
 * Bundles each function, the worker and the scheduled checks with all their dependencies except the framework. The platform starts the
 * framework, and the bundle of a function must use that same copy of it.
 *
 * A bundle is one CommonJS file, because Google's clients are CommonJS and use `require` and `__dirname`. Bundling
 * makes the start of a function faster by up to a third (docs/performance.md).
 *
 * @param catalogFile The catalog of the functions.
 * @returns The files of the directory: `{ path, contents }`.
 * @throws Error if topology.json and functions/ do not name the same functions, or if the catalog is invalid.
 */
export async function bundleFunctions(directory, catalogFile = builtCatalogFile()) {
  const names = functionNames();
  const { options, ...described } = await withCatalog(catalogFile);
  const { outputFiles, metafile } = await build({
    ...options,
    plugins: [...options.plugins, browserPlugin],
    entryPoints: [
      ...names.map((name) => ({ in: `functions/${name}/index.ts`, out: `${name}/index` })),
      { in: 'functions/worker.ts', out: `${worker}/index` },
      { in: 'cli/scheduled-checks.ts', out: `${worker}/checks` },
    ],
    outdir: directory,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: [framework, catalogCompiler],
    sourcemap: true,
    // A stack trace needs only the positions. The sources would double the size of a deployment.
    sourcesContent: false,
    logLevel: 'warning',
    metafile: true,
    write: false,
  });
  return [
    ...outputFiles,
    ...names.flatMap((name) => deployedFiles(name, join(directory, name))),
    ...packageFiles(worker, join(directory, worker), { main: 'index.js', external: [] }),
    // Terraform compares its checkout and its variables with it.
    {
      path: join(directory, 'manifest.json'),
      contents: json(manifestOf({ ...described, inputs: [...Object.keys(metafile.inputs), ...unbundled] })),
    },
    // For `npm run sbom`.
    {
      path: join(directory, 'packages.json'),
      contents: json(bundledPackages(metafile, readJson('package-lock.json'))),
    },
  ];
}

/** Returns the files beside the bundle of a function: its entry, and its package files. */
function deployedFiles(name, directory) {
  return [
    { path: join(directory, 'start.js'), contents: readFileSync(functionStart) },
    ...packageFiles(name, directory, {
      main: 'start.js',
      scripts: { 'gcp-build': makeCompileCache(name) },
      external: [framework],
    }),
  ];
}

/**
 * Returns the command that makes the compile cache of a bundle. The platform runs it when it has installed the packages, with the
 * Node that will run the function: a cache of another Node would be ignored. It loads the bundle, which ends by itself,
 * because nothing serves it. Its clients are told of emulators, so that they ask nobody for credentials. A function without a
 * cache works too, so a failure here is none of the deployment.
 */
function makeCompileCache(name) {
  const nobody = '127.0.0.1:9';
  const settings = {
    FUNCTION_TARGET: name,
    GOOGLE_CLOUD_PROJECT: 'build',
    PUBSUB_EMULATOR_HOST: nobody,
    FIRESTORE_EMULATOR_HOST: nobody,
    NODE_COMPILE_CACHE: 'compile-cache',
  };
  const spelt = Object.entries(settings).map(([variable, value]) => `${variable}=${value}`);
  return `${spelt.join(' ')} timeout 60 node index.js || true`;
}

/**
 * Returns the package files of a bundle: the platform installs what is not in the bundle in the versions that are tested
 * here.
 */
function packageFiles(name, directory, { main, scripts, external }) {
  const { version, license, engines } = readJson('package.json');
  const rootLock = readJson('package-lock.json');
  const manifest = {
    name: `eventmend-${name}`,
    version,
    license,
    private: true,
    type: 'commonjs',
    main,
    engines,
    scripts,
    dependencies: Object.fromEntries(external.map((one) => [one, rootLock.packages[`node_modules/${one}`].version])),
  };
  return [
    { path: join(directory, 'package.json'), contents: json(manifest) },
    { path: join(directory, 'package-lock.json'), contents: json(lockOf(manifest, rootLock)) },
  ];
}

/**
 * Returns the functions of topology.json.
 *
 * @throws Error unless exactly these functions have a folder with an entry and a handler.
 */
function functionNames() {
  const named = Object.keys(readJson('shared/topology.json').functions);
  const folders = readdirSync('functions', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const written = folders.map(({ name }) => name).filter((name) => hasFile(name, 'handler.ts'));
  const problems = [
    ...without(named, written).map(
      (name) => `${name} is in topology.json, but functions/${name}/handler.ts does not exist`,
    ),
    ...without(written, named).map(
      (name) => `functions/${name}/handler.ts exists, but ${name} is not in topology.json`,
    ),
    ...written.filter((name) => !hasFile(name, 'index.ts')).map((name) => `functions/${name}/index.ts does not exist`),
  ];
  if (problems.length > 0) throw new Error(`topology.json and functions/ do not match: ${problems.join('; ')}`);
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
