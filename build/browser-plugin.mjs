import browserAssets from './browser-assets.cjs';

/** A plugin of esbuild that puts the texts of script and style in the place of functions/console/browser-assets. */
export const browserPlugin = {
  name: 'the console in the browser',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\/browser-assets\.js$/ }, () => ({ path: 'browser-assets', namespace: 'browser-assets' }));
    onLoad({ filter: /.*/, namespace: 'browser-assets' }, () => {
      const { script, style } = browserAssets;
      return { contents: `export const [script, style] = ${JSON.stringify([script, style])};` };
    });
  },
};
