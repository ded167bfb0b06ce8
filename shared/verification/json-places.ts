import { pathOf } from '../json-pointer.ts';
import { JsonIndex } from '../json-index.ts';
import { contentOf } from '../json-text.ts';

/** The text of a JSON object, whose values are read and replaced by JSON pointers. No other byte of it changes. */
export class JsonPlaces {
  private readonly index: JsonIndex;

  /** @param text Valid JSON. */
  constructor(text: string) {
    this.index = new JsonIndex(text);
  }

  get text(): string {
    return this.index.text;
  }

  /** Returns the text of the value at a pointer. Undefined if there is none. */
  textAt(pointer: string): string | undefined {
    const value = this.find(pathOf(pointer));
    return value === undefined ? undefined : this.index.textOf(value);
  }

  /** Whether a member on the way to a value occurs twice, so that readers may disagree about the value. */
  isAmbiguous(pointer: string): boolean {
    const names = pathOf(pointer);
    return names.some((_, i) => this.index.find(names.slice(0, i + 1)).length > 1);
  }

  /**
   * Returns the text with another value at a pointer. Members that are missing on the way are added.
   *
   * @returns Undefined if the value cannot be put there: it would be an element of an array, or lie in a value that is no
   * object.
   */
  withValue(pointer: string, value: string): string | undefined {
    const names = pathOf(pointer);
    const found = this.find(names);
    if (found !== undefined) return this.replaced(this.index.placeOf(found), value);
    let depth = names.length - 1;
    while (this.find(names.slice(0, depth)) === undefined) depth--;
    const parent = this.find(names.slice(0, depth)) ?? 0;
    if (this.index.containerAt(parent) !== '{') return undefined;
    const missing = names.slice(depth);
    const inner = missing.slice(1).reduceRight((text, name) => `{${JSON.stringify(name)}:${text}}`, value);
    const end = this.index.placeOf(parent).to - 1;
    const separator = this.index.childrenOf(parent).length === 0 ? '' : ',';
    return this.inserted(end, `${separator}${JSON.stringify(missing[0])}:${inner}`);
  }

  /**
   * Returns the text with a further element of an array, before the element with that index.
   *
   * @returns Undefined if there is no array, or it has fewer elements.
   */
  withElement(pointer: string, index: number | 'end', value: string): string | undefined {
    const array = this.find(pathOf(pointer));
    if (array === undefined || this.index.containerAt(array) !== '[') return undefined;
    const elements = this.index.childrenOf(array);
    const at = index === 'end' ? elements.length : index;
    const follower = elements[at];
    if (follower !== undefined) return this.inserted(this.index.startOf(follower), `${value},`);
    if (at > elements.length) return undefined;
    return this.inserted(this.index.placeOf(array).to - 1, `${elements.length === 0 ? '' : ','}${value}`);
  }

  /** Returns the text without a member or an element. Undefined if there is none. */
  without(pointer: string): string | undefined {
    const path = pathOf(pointer);
    const value = this.find(path);
    const parent = this.find(path.slice(0, -1));
    if (value === undefined || parent === undefined || path.length === 0) return undefined;
    const siblings = this.index.childrenOf(parent);
    const at = siblings.indexOf(value);
    const [before, after] = [siblings[at - 1], siblings[at + 1]];
    const { to } = this.index.placeOf(value);
    // The comma goes too: the one after the value, or that before the last value.
    if (after !== undefined)
      return this.replaced({ from: this.index.startOf(value), to: this.index.startOf(after) }, '');
    if (before !== undefined) return this.replaced({ from: this.index.placeOf(before).to, to }, '');
    return this.replaced({ from: this.index.startOf(value), to }, '');
  }

  /** Whether the value at a pointer is an array. */
  isArray(pointer: string): boolean {
    const value = this.find(pathOf(pointer));
    return value !== undefined && this.index.containerAt(value) === '[';
  }

  private inserted(at: number, text: string): string {
    return this.replaced({ from: at, to: at }, text);
  }

  private replaced({ from, to }: { readonly from: number; readonly to: number }, value: string): string {
    return this.text.slice(0, from) + value + this.text.slice(to);
  }

  /** Finds a value by the names that lead to it. Of members with the same name the last one counts, as in JSON.parse. */
  private find(names: readonly string[]): number | undefined {
    return this.index.find(names).at(-1);
  }
}

/** Returns the value of a text, if it is the text of a JSON string. */
export function stringIn(text: string): string | undefined {
  return text.startsWith('"') ? contentOf(text) : undefined;
}
