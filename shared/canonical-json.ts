import { spellDecimal } from './decimal.ts';
import { PiecewiseDigest, type Digest } from './digest.ts';
import type { JsonIndex } from './json-index.ts';
import { contentOf } from './json-text.ts';
import { treeOf, type Branch, type Replacement } from './replacement.ts';

/** The rules by which canonical JSON differs from the text that it is made of. */
export interface CanonicalForm {
  readonly replacements: readonly Replacement[];
  /** Writes a number. By default equal numbers become equal. */
  readonly spellNumber?: (text: string) => string;
  /** Whether of members with one name only the last is written. By default each is, in the order of the text. */
  readonly onlyLast?: boolean;
}

/** An array or object that is being written. Members are in the order of their names. */
interface Open {
  readonly children: readonly number[];
  readonly names: readonly string[] | undefined;
  readonly replaced: Branch | undefined;
  /** Whether several members have one name. */
  readonly isDoubled: boolean;
  at: number;
  isEmpty: boolean;
}

export interface CanonicalDigest {
  readonly digest: Digest;
  /** Whether an object has several members of one name. */
  readonly hasDoubled: boolean;
  /** Whether a number was spelt otherwise. */
  readonly hasRespelt: boolean;
}

/**
 * Digests canonical JSON: members sorted by name, without white space. It uses a stack and no recursion, because the
 * producer chooses the depth of an event. It never builds the whole text, because the producer chooses the length.
 */
export function digestCanonical(index: JsonIndex, form: CanonicalForm): CanonicalDigest {
  const out = new PiecewiseDigest();
  const open: Open[] = [];
  let hasDoubled = false;
  let hasRespelt = false;
  const spellNumber = form.spellNumber ?? spellDecimal;
  const writeValue = (value: number, replaced: Branch | undefined): void => {
    const container = index.containerAt(value);
    if (container === undefined) {
      const text = index.textOf(value);
      const isNumber = text < 'A' && !text.startsWith('"');
      const spelt = isNumber ? spellNumber(text) : canonicalText(text);
      hasRespelt ||= isNumber && spelt !== text;
      out.add(spelt);
      return;
    }
    out.add(container);
    const opened =
      container === '['
        ? openArray(index, value, replaced)
        : openObject(index, value, replaced, form.onlyLast === true);
    hasDoubled ||= opened.isDoubled;
    open.push(opened);
  };
  writeValue(0, treeOf(form.replacements));
  for (let last = open.at(-1); last; last = open.at(-1)) {
    const child = last.children[last.at];
    if (child === undefined) {
      out.add(last.names ? '}' : ']');
      open.pop();
      continue;
    }
    const name = last.names?.[last.at];
    const branch = last.replaced?.inside?.get(name ?? String(last.at));
    last.at++;
    if (branch?.isLeaf === true && branch.text === undefined) continue;
    if (!last.isEmpty) out.add(',');
    last.isEmpty = false;
    if (name !== undefined) out.add(`${JSON.stringify(name)}:`);
    if (branch?.text === undefined) writeValue(child, branch);
    else out.add(branch.text);
  }
  return { digest: out.end(), hasDoubled, hasRespelt };
}

function openArray(index: JsonIndex, array: number, replaced: Branch | undefined): Open {
  return { children: index.childrenOf(array), names: undefined, replaced, isDoubled: false, at: 0, isEmpty: true };
}

function openObject(index: JsonIndex, object: number, replaced: Branch | undefined, onlyLast: boolean): Open {
  const children = index.childrenOf(object);
  const byName = new Map<string, number>();
  for (const child of children) byName.set(index.nameOf(child), child);
  const isDoubled = byName.size < children.length;
  if (isDoubled && !onlyLast) return openDoubled(index, children, replaced);
  const names = [...byName.keys()].sort();
  return { children: names.map((name) => byName.get(name) ?? 0), names, replaced, isDoubled, at: 0, isEmpty: true };
}

/** Opens an object that has several members of one name. They are written in the order of the text. */
function openDoubled(index: JsonIndex, children: readonly number[], replaced: Branch | undefined): Open {
  const members = children.map((child) => ({ child, name: index.nameOf(child) }));
  members.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return {
    children: members.map(({ child }) => child),
    names: members.map(({ name }) => name),
    replaced,
    isDoubled: true,
    at: 0,
    isEmpty: true,
  };
}

/** Writes a string with the escapes of JSON.stringify, so that all its spellings become equal. Literals keep their text. */
function canonicalText(text: string): string {
  return text.startsWith('"') && text.includes('\\') ? JSON.stringify(contentOf(text)) : text;
}
