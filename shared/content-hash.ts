import { digest, PiecewiseDigest, type Digest } from './digest.ts';
import type { Instant } from './instant.ts';
import { JsonIndex } from './json-index.ts';
import { contentOf } from './json-text.ts';
import type { JsonObject } from './json.ts';

/**
 * The maximum depth for a canonical digest, if a plain parse may change numbers of the event. A deeper event is
 * digested as it is spelt. A recursive parser of earlier releases failed at about this depth, and stored digests must
 * stay valid.
 */
const maxExactDepth = 6_400;

/**
 * Digests the content of an event. The order of members, white space and `valid` do not matter. The timestamp is
 * compared as an instant, and numbers by their text (`1.0` is not `1`). An event that is ambiguous, or that was not
 * parsed, is digested as it is spelt. Two spellings of it are then a conflict and not a duplicate, and neither is lost.
 *
 * Blocks store these digests to recognise redelivered messages. So a change of the digest needs a new block format.
 */
export function contentHash({ text, isSkimmed, mayRound }: JsonObject, instant: Instant | undefined): Digest {
  if (isSkimmed) return digest(text);
  const index = new JsonIndex(text);
  if (mayRound && isAmbiguous(index)) return digest(text);
  const members = membersOf(index, 0);
  members.delete('valid');
  return digestCanonical(index, members, instant);
}

/** An array or object that is being written. Members are in the order of their names. */
interface Open {
  readonly children: readonly number[];
  readonly names: readonly string[] | undefined;
  written: number;
}

/**
 * Digests canonical JSON: members sorted by name, without white space. It uses a stack and no recursion, because the
 * producer chooses the depth of an event. It never builds the whole text, because the producer chooses the length.
 */
function digestCanonical(index: JsonIndex, members: ReadonlyMap<string, number>, instant: Instant | undefined): Digest {
  const out = new PiecewiseDigest();
  const open = [openMembers(members)];
  out.add('{');
  for (let last = open.at(-1); last; last = open.at(-1)) {
    const { children, names, written } = last;
    const child = children[written];
    const name = names?.[written];
    if (child === undefined) {
      out.add(names ? '}' : ']');
      open.pop();
      continue;
    }
    last.written++;
    if (written > 0) out.add(',');
    if (name !== undefined) out.add(`${JSON.stringify(name)}:`);
    const container = index.containerAt(child);
    if (instant && open.length === 1 && name === 'timestamp') out.add(JSON.stringify(instant.exact));
    else if (container === undefined) out.add(canonicalScalar(index.textOf(child)));
    else {
      out.add(container);
      open.push(container === '{' ? openMembers(membersOf(index, child)) : openElements(index, child));
    }
  }
  return out.end();
}

function openMembers(members: ReadonlyMap<string, number>): Open {
  const names = [...members.keys()].sort();
  return { children: names.map((name) => members.get(name) ?? 0), names, written: 0 };
}

function openElements(index: JsonIndex, array: number): Open {
  return { children: index.childrenOf(array), names: undefined, written: 0 };
}

/**
 * Writes a string with the escapes of JSON.stringify, so that all its spellings become equal. Other scalars keep their
 * text.
 */
function canonicalScalar(text: string): string {
  return text.startsWith('"') && text.includes('\\') ? JSON.stringify(contentOf(text)) : text;
}

/** Returns the members of an object by name. If a name occurs twice, the last member counts, as in JSON.parse. */
function membersOf(index: JsonIndex, object: number): Map<string, number> {
  const members = new Map<string, number>();
  for (const child of index.childrenOf(object)) members.set(index.nameOf(child), child);
  return members;
}

/** Whether an event is too deep, or gives two different values to one member. */
function isAmbiguous(index: JsonIndex): boolean {
  if (index.depth > maxExactDepth) return true;
  for (let value = 0; value < index.size; value++)
    if (index.containerAt(value) === '{' && namesOneTwice(index, value)) return true;
  return false;
}

function namesOneTwice(index: JsonIndex, object: number): boolean {
  const members = new Map<string, number>();
  for (const child of index.childrenOf(object)) {
    const name = index.nameOf(child);
    const before = members.get(name);
    if (before !== undefined && !areAlike(index, before, child)) return true;
    members.set(name, child);
  }
  return false;
}

/** Whether two values are equal. An array equals an object whose names are its indexes, as in earlier releases. */
function areAlike(index: JsonIndex, one: number, other: number): boolean {
  const pairs = [[one, other] as const];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair;
    if (index.containerAt(a) === undefined || index.containerAt(b) === undefined) {
      if (canonicalScalar(index.textOf(a)) !== canonicalScalar(index.textOf(b))) return false;
      continue;
    }
    const [inside, others] = [contentsOf(index, a), contentsOf(index, b)];
    if (inside.size !== others.size) return false;
    for (const [name, value] of inside) {
      const match = others.get(name);
      if (match === undefined) return false;
      pairs.push([value, match]);
    }
  }
  return true;
}

function contentsOf(index: JsonIndex, container: number): ReadonlyMap<string, number> {
  if (index.containerAt(container) === '{') return membersOf(index, container);
  return new Map(index.childrenOf(container).map((element, i) => [String(i), element]));
}
