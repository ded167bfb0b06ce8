/**
 * The entry of a deployed function: `start.js` beside its bundle. It loads the bundle with the compile cache that the build of
 * the platform makes (`gcp-build` in package.json). Without one, such as on Node 20, the bundle is compiled as usual.
 */
const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const cache = join(module.path, 'compile-cache');
// A cache that is not there would be made by each instance, when it ends.
if (existsSync(cache)) enableCompileCache?.(cache);
module.exports = require('./index.js');
