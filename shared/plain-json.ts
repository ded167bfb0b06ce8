import type { Branch } from './replacement.ts';

/*
 * JSON as most producers write it: small, with each name once, and with numbers as JSON.stringify writes them. Its
 * canonical text follows from the parsed value, which takes a fifth of the time that its text would take.
 */

/** The longest text, in characters. The canonical text of a longer one is never built in one piece. */
const maxLength = 65_536;
/** The maximum nesting depth. What is deeper must not be visited by recursion. */
const maxDepth = 64;

/**
 * Matches numbers that JSON.stringify would not write as they are: those with an exponent, negative zeros, fractions that
 * end in 0, very small fractions, and those that may have more digits than a double. The pattern also matches in some
 * strings. That costs time, but does no harm.
 */
const oddNumber = /[:,[]\s*(?:-?\d[\d.]{15}|-?\d[\d.]*[eE]|-0[\s,}\]]|-?0\.0{6}|-?\d+\.\d*0[\s,}\]])/;

/**
 * Whether a JSON text is plain.
 *
 * @param value The parsed text.
 * @param nodes The number of values and names in the text.
 * @param mayHaveOdd Whether a number of the text may be odd.
 */
export function isPlainJson(text: string, value: unknown, nodes: number, mayHaveOdd: boolean): boolean {
  if (text.length > maxLength || (mayHaveOdd && oddNumber.test(text))) return false;
  // A name that occurs twice is once in the value.
  return nodesIn(value, 0) === nodes;
}

/** Counts the values and names of a JSON value. NaN if it is nested too deeply. */
function nodesIn(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (depth === maxDepth) return Number.NaN;
  let count = 1;
  if (Array.isArray(value)) for (const element of value) count += nodesIn(element, depth + 1);
  else for (const name in value) count += 1 + nodesIn((value as Record<string, unknown>)[name], depth + 1);
  return count;
}

/** Returns the canonical text of a plain JSON value: members sorted by name, without white space. */
export function canonicalPlain(value: unknown, replaced?: Branch): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value)
    ? canonicalArray(value, replaced)
    : canonicalObject(value as Readonly<Record<string, unknown>>, replaced);
}

function canonicalArray(elements: readonly unknown[], replaced: Branch | undefined): string {
  let out = '';
  for (let i = 0; i < elements.length; i++) {
    const text = canonicalUnder(elements[i], replaced?.inside?.get(String(i)));
    if (text !== undefined) out += out === '' ? text : `,${text}`;
  }
  return `[${out}]`;
}

function canonicalObject(members: Readonly<Record<string, unknown>>, replaced: Branch | undefined): string {
  let out = '';
  for (const name of sortNames(Object.keys(members))) {
    const text = canonicalUnder(members[name], replaced?.inside?.get(name));
    if (text === undefined) continue;
    const member = `${JSON.stringify(name)}:${text}`;
    out += out === '' ? member : `,${member}`;
  }
  return `{${out}}`;
}

/** Undefined for a value that is left out. */
function canonicalUnder(value: unknown, branch: Branch | undefined): string | undefined {
  if (branch?.isLeaf !== true) return canonicalPlain(value, branch);
  return branch.text;
}

const maxInserted = 12;

/** Sorts names. Few of them are sorted by insertion, because Array.sort takes several times longer. */
function sortNames(names: string[]): readonly string[] {
  if (names.length > maxInserted) return names.sort();
  for (let i = 1; i < names.length; i++) {
    const name = names[i] ?? '';
    let at = i;
    for (let before = names[at - 1]; before !== undefined && before > name; before = names[at - 1])
      names[at--] = before;
    names[at] = name;
  }
  return names;
}
