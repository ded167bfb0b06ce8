/** The script of the pages as a text. The build bundles it from browser/main.ts: see build/browser-plugin.mjs. */
export const script: string;
/** The style of the pages as a text, from browser/style.css. */
export const style: string;
