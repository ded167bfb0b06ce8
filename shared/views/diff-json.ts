import { JsonIndex } from '../json-index.ts';
import { pointerInto } from '../json-pointer.ts';
import { readJson } from '../json.ts';

/** A value that differs. The values are JSON texts, so that numbers stay as they are written. */
export interface JsonChange {
  /** A JSON Pointer. */
  readonly path: string;
  /** Undefined if the value was added. */
  readonly before: string | undefined;
  /** Undefined if the value was removed. */
  readonly after: string | undefined;
}

/** The maximum number of changes that are listed. */
const maxJsonChanges = 200;
const maxDepth = 200;

/**
 * Lists the values of two JSON texts that differ.
 *
 * @returns Undefined if one of them is not JSON, or is nested too deeply.
 */
export function diffJson(before: Uint8Array, after: Uint8Array): readonly JsonChange[] | undefined {
  const [a, b] = [indexIn(before), indexIn(after)];
  if (!a || !b) return undefined;
  const changes: JsonChange[] = [];
  collect(a, 0, b, 0, '', changes);
  return changes.slice(0, maxJsonChanges);
}

function indexIn(data: Uint8Array): JsonIndex | undefined {
  const json = readJson(data);
  if (typeof json === 'string') return undefined;
  const index = new JsonIndex(json.text);
  return index.depth <= maxDepth ? index : undefined;
}

function collect(a: JsonIndex, from: number, b: JsonIndex, to: number, path: string, changes: JsonChange[]): void {
  if (changes.length >= maxJsonChanges) return;
  const [before, after] = [a.textOf(from), b.textOf(to)];
  if (before === after) return;
  const container = a.containerAt(from);
  if (container === undefined || container !== b.containerAt(to)) {
    changes.push({ path, before, after });
    return;
  }
  const [old, now] = [childrenByName(a, from, container), childrenByName(b, to, container)];
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const [left, right] = [old.get(name), now.get(name)];
    const inside = pointerInto(path, name);
    if (left !== undefined && right !== undefined) collect(a, left, b, right, inside, changes);
    else changes.push({ path: inside, before: textAt(a, left), after: textAt(b, right) });
  }
}

function textAt(index: JsonIndex, value: number | undefined): string | undefined {
  return value === undefined ? undefined : index.textOf(value);
}

/** Returns the children of a container. Of members with one name it takes the last, as JSON.parse does. */
function childrenByName(index: JsonIndex, value: number, container: '[' | '{'): ReadonlyMap<string, number> {
  return new Map(
    index.childrenOf(value).map((child, i) => [container === '{' ? index.nameOf(child) : String(i), child]),
  );
}
