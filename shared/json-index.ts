import type { JsonObject } from './json.ts';
import { contentOf, isBlank, stringEnd } from './json-text.ts';

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const none = -1;

/**
 * The positions of all values in a JSON text, in the order of the text, so that a container comes before its children.
 * Each value takes 32 bytes.
 *
 *     {"a":[1,2],"b":3}      value   0 {…}   1 […]   2 1   3 2   4 3
 *                            next    5       4       3     4     5
 */
export class JsonIndex {
  readonly text: string;
  /** The maximum nesting depth. */
  depth = 0;
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  /** The number of the next value that is not inside this one. */
  private readonly next: number[] = [];
  /** The position of a member's name; `none` for an element of an array. */
  private readonly name: number[] = [];

  /** @param text Valid JSON. */
  constructor(text: string) {
    this.text = text;
    const open: number[] = [];
    let name = none;
    let isInObject = false;
    for (let at = 0; at < text.length;) {
      const code = text.charCodeAt(at);
      if (code === comma || code === colon || isBlank(code)) at++;
      else if (code === quote && isInObject && name === none) {
        name = at;
        at = stringEnd(text, at);
      } else if (code === openBrace || code === openBracket) {
        open.push(this.add(name, at, at + 1));
        this.depth = Math.max(this.depth, open.length);
        name = none;
        isInObject = code === openBrace;
        at++;
      } else if (code === closeBrace || code === closeBracket) {
        const closed = open.pop() ?? 0;
        at++;
        this.to[closed] = at;
        this.next[closed] = this.from.length;
        isInObject = text.charCodeAt(this.from[open.at(-1) ?? 0] ?? 0) === openBrace;
      } else {
        const end = code === quote ? stringEnd(text, at) : wordEnd(text, at);
        this.add(name, at, end);
        name = none;
        at = end;
      }
    }
  }

  /**
   * Returns the values at a path: several if an object names a member of the path more than once, in the order of the
   * text.
   */
  find(path: readonly string[]): readonly number[] {
    return path.reduce<readonly number[]>(
      (found, name) => found.flatMap((value) => this.childrenNamed(value, name)),
      [0],
    );
  }

  get size(): number {
    return this.from.length;
  }

  /** Returns the opening bracket of an array or object. Undefined for other values. */
  containerAt(value: number): '[' | '{' | undefined {
    const first = this.text[this.from[value] ?? 0];
    return first === '[' || first === '{' ? first : undefined;
  }

  /** The index at which a value begins, and the index after it. */
  placeOf(value: number): { readonly from: number; readonly to: number } {
    return { from: this.from[value] ?? 0, to: this.to[value] ?? 0 };
  }

  /** Returns the index at which a member or an element begins: that of a member's name, or of the value. */
  startOf(value: number): number {
    const name = this.name[value] ?? none;
    return name === none ? (this.from[value] ?? 0) : name;
  }

  textOf(value: number): string {
    return this.text.slice(this.from[value], this.to[value]);
  }

  /** Returns the elements of an array or the members of an object. */
  childrenOf(value: number): number[] {
    const children: number[] = [];
    const end = this.next[value] ?? 0;
    for (let child = value + 1; child < end; child = this.next[child] ?? end) children.push(child);
    return children;
  }

  /** Returns the name of a member. */
  nameOf(value: number): string {
    const from = this.name[value] ?? 0;
    const name = this.text.slice(from, stringEnd(this.text, from));
    // V8 keeps a slice of more than twelve characters as a reference to the text, which makes sorting four times
    // slower.
    return name.length > 14 ? (JSON.parse(name) as string) : contentOf(name);
  }

  /** Returns the members of a name, or the element of an array at an index. */
  private childrenNamed(value: number, name: string): readonly number[] {
    const container = this.containerAt(value);
    if (container === '[') return this.childrenOf(value).slice(...elementRange(name));
    return container === '{' ? this.childrenOf(value).filter((child) => this.nameOf(child) === name) : [];
  }

  private add(name: number, from: number, to: number): number {
    this.name.push(name);
    this.to.push(to);
    this.next.push(this.from.length + 1);
    return this.from.push(from) - 1;
  }
}

function elementRange(index: string): readonly [number, number] {
  return /^(?:0|[1-9]\d{0,9})$/.test(index) ? [Number(index), Number(index) + 1] : [0, 0];
}

const indexes = new WeakMap<JsonObject, JsonIndex>();

/** Returns the index of an object's text. It is made once. @param object An object whose text is valid JSON. */
export function indexOf(object: JsonObject): JsonIndex {
  const index = indexes.get(object) ?? new JsonIndex(object.text);
  indexes.set(object, index);
  return index;
}

/** Returns the index after a number, `true`, `false` or `null`. */
function wordEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && !endsWord(text.charCodeAt(at))) at++;
  return at;
}

function endsWord(code: number): boolean {
  return code === comma || code === closeBracket || code === closeBrace || isBlank(code);
}
