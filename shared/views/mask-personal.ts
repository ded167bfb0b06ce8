import { JsonIndex } from '../json-index.ts';
import { readJson } from '../json.ts';
import { pathOf } from '../json-pointer.ts';

/** The text that stands for a personal value. */
export const mask = '•••';

export interface MaskedText {
  /** Undefined if the bytes cannot be read, so that nobody knows where the personal values are. */
  readonly text: string | undefined;
  /** The pointers to the values that were masked. */
  readonly masked: readonly string[];
}

/**
 * Replaces the personal values of a JSON text. All other bytes stay.
 *
 * @param personal JSON Pointers.
 */
export function maskPersonal(data: Uint8Array, personal: readonly string[]): MaskedText {
  const json = readJson(data);
  if (typeof json === 'string') return { text: undefined, masked: [] };
  const index = new JsonIndex(json.text);
  const found = personal.flatMap((pointer) => index.find(pathOf(pointer)).map((value) => ({ pointer, value })));
  const places = found.map(({ value }) => index.placeOf(value)).toSorted((a, b) => a.from - b.from);
  let [text, done] = ['', 0];
  for (const { from, to } of places) {
    // A value inside another one is gone with it.
    if (from < done) continue;
    text += json.text.slice(done, from) + JSON.stringify(mask);
    done = to;
  }
  return { text: text + json.text.slice(done), masked: [...new Set(found.map(({ pointer }) => pointer))] };
}

/** Whether a pointer leads to a personal value, into one, or to a value around one. */
export function isPersonal(pointer: string, personal: readonly string[]): boolean {
  return personal.some((one) => one === pointer || pointer.startsWith(`${one}/`) || one.startsWith(`${pointer}/`));
}

/** Replaces the values of a JSON Patch that would take the place of personal ones, or of values around them. */
export function maskPatch(patch: string, personal: readonly string[]): string {
  const operations = JSON.parse(patch) as readonly { readonly path: string; readonly value?: unknown }[];
  const isMasked = (operation: object): boolean =>
    'value' in operation && 'path' in operation && isPersonal(String(operation.path), personal);
  if (!operations.some(isMasked)) return patch;
  return JSON.stringify(operations.map((each) => (isMasked(each) ? { ...each, value: mask } : each)));
}
