import { JsonIndex } from '../json-index.ts';
import { diffJson, type JsonChange } from './diff-json.ts';
import { mask } from './mask-personal.ts';

/** A message as an editor shows it at first. */
export interface ShownText {
  readonly text: string;
  /** The pointers to the personal values in whose place the mask stands. `all`: nothing of the message is shown. */
  readonly masked: readonly string[] | 'all';
}

/** The members of a request that change a message, each as JSON. */
export type BodyMembers = Readonly<Partial<Record<'patch' | 'body', string>>>;

/** The API takes no more operations in a patch. */
const maxOperations = 100;

/**
 * Returns the change of a message, from the text that was shown to the text that was typed: a JSON Patch if one can say it.
 * A patch leaves the bytes of all other values as they are, also of those that are masked. Otherwise it is the whole text, or
 * the reason why that cannot be sent, if it has masks in place of values.
 */
export function changeOfText({ text, masked }: ShownText, typed: string): BodyMembers | { readonly problem: string } {
  if (typed === text) return {};
  const made = patchBetween(text, typed);
  return 'problem' in made && masked.length === 0 ? { body: JSON.stringify(typed) } : made;
}

function patchBetween(before: string, after: string): { readonly patch: string } | { readonly problem: string } {
  const changes = diffJson(bytesOf(before), bytesOf(after));
  if (!changes) return { problem: 'The draft is not JSON, or is nested too deeply.' };
  if (changes.some(({ path }) => path === '')) return { problem: 'The whole message is another value.' };
  if ([before, after].some(hasMemberTwice)) return { problem: 'An object of the draft has a member twice.' };
  if (changes.length > maxOperations) return { problem: `More than ${maxOperations} values differ.` };
  if (changes.some((change) => change.after?.includes(mask)))
    return { problem: 'A masked value stands where another value was.' };
  // The last element of an array is removed first, so that the indexes of the others stay.
  const removed = changes.filter((change) => change.after === undefined).toReversed();
  const operations = [...changes.filter((change) => change.after !== undefined), ...removed];
  return { patch: `[${operations.map(operationOf).join(',')}]` };
}

/** Writes an operation. Its value is written as it was typed, so that no number changes its digits. */
function operationOf({ path, before, after }: JsonChange): string {
  const place = JSON.stringify(path);
  if (after === undefined) return `{"op":"remove","path":${place}}`;
  return `{"op":"${before === undefined ? 'add' : 'replace'}","path":${place},"value":${after}}`;
}

/** Whether an object has a member twice. A patch can change only one of them. */
function hasMemberTwice(text: string): boolean {
  const index = new JsonIndex(text);
  return Array.from({ length: index.size }, (_, value) => value).some((value) => {
    if (index.containerAt(value) !== '{') return false;
    const names = index.childrenOf(value).map((child) => index.nameOf(child));
    return new Set(names).size < names.length;
  });
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
