/** Takes the screenshots of the console for docs/: `npm run screenshots`. It needs Chromium. */
import { pathToFileURL } from 'node:url';
import { bundleModule } from './module.mjs';

await import(pathToFileURL(await bundleModule('test/console/screenshots.ts')).href);
