import { Buffer } from 'node:buffer';
import { build } from 'esbuild';
import { bundlePrograms } from './programs.mjs';

const framework = '@google-cloud/functions-framework';

/** Functions beside which ours are measured. */
const baselines = {
  'pass-through': 'bench/baselines/pass-through.ts',
  'claim-and-publish': 'bench/baselines/claim-and-publish.ts',
};
/** Functions of ours whose start is measured without their dependencies in the bundle. */
const unbundled = {
  validate: 'functions/validate/index.ts',
  track: 'functions/track/index.ts',
};

/**
 * Bundles the measurements, the programs that they start, and the functions beside which ours are measured.
 *
 * @returns The files of the directory.
 */
export async function bundleBench(directory) {
  return [
    ...(await bundlePrograms(directory, {
      main: 'bench/main.ts',
      'state-writers': 'bench/state/state-writers.ts',
      'report-cpu': 'bench/processes/report-cpu.ts',
      'report-usage': 'bench/processes/report-usage.ts',
      'parse-and-check': 'bench/baselines/parse-and-check.ts',
    })),
    ...(await bundleServed(`${directory}/baselines`, baselines, { external: [framework] })),
    ...(await bundleServed(`${directory}/unbundled`, unbundled, { packages: 'external' })),
  ];
}

/** Bundles functions as build/functions.mjs does. */
async function bundleServed(directory, entries, options) {
  const { outputFiles } = await build({
    ...options,
    entryPoints: Object.entries(entries).map(([name, source]) => ({ in: source, out: `${name}/index` })),
    outdir: directory,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    write: false,
  });
  const manifest = Buffer.from('{"private":true,"type":"commonjs","main":"index.js"}\n');
  const manifests = Object.keys(entries).map((name) => ({
    path: `${directory}/${name}/package.json`,
    contents: manifest,
  }));
  return [...outputFiles, ...manifests];
}
