import { createHash } from 'node:crypto';
import { script, style } from '../browser-assets.js';

/** A file that the pages load. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** The path of the script. It has a digest of the text, so a browser may keep the file for ever. */
export function scriptPath(): string {
  return `/assets/${digestOf(script)}.js`;
}

export function stylePath(): string {
  return `/assets/${digestOf(style)}.css`;
}

export function assetAt(path: string): Asset | undefined {
  if (path === scriptPath()) return { type: 'text/javascript; charset=utf-8', text: script };
  if (path === stylePath()) return { type: 'text/css; charset=utf-8', text: style };
  return undefined;
}

const digests = new Map<string, string>();

function digestOf(text: string): string {
  const digest = digests.get(text) ?? createHash('sha256').update(text).digest('base64url').slice(0, 16);
  digests.set(text, digest);
  return digest;
}
