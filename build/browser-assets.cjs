/**
 * Bundles the script and the style of the console's pages, from functions/console/browser. CommonJS and synchronous,
 * because both esbuild's plugin and Jest load it. A test that shows no page bundles nothing.
 */
const { buildSync } = require('esbuild');

const sources = {
  script: require.resolve('../functions/console/browser/main.ts'),
  style: require.resolve('../functions/console/browser/style.css'),
};
let bundled;

/** @returns The texts `{ script, style }`. */
function bundle() {
  bundled ??= { script: textOf(sources.script), style: textOf(sources.style) };
  return bundled;
}

function textOf(entryPoint) {
  const { outputFiles } = buildSync({
    entryPoints: [entryPoint],
    bundle: true,
    platform: 'browser',
    target: ['chrome110', 'firefox115', 'safari16'],
    format: 'iife',
    charset: 'utf8',
    minify: true,
    logLevel: 'warning',
    write: false,
  });
  return outputFiles[0].text;
}

module.exports = {
  get script() {
    return bundle().script;
  },
  get style() {
    return bundle().style;
  },
};
