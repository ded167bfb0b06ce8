import { applyPatch } from 'rfc6902';
import { pathOf } from '../json-pointer.ts';
import { JsonPlaces } from '../verification/json-places.ts';
import { parsePatch, spellOperation, type PatchOperation } from './json-patch.ts';

/** A text after a patch, or the reason why the patch cannot be applied. Then nothing of it was applied. */
export type PatchedText = { readonly text: string } | { readonly problem: string };

/**
 * Applies a JSON Patch (RFC 6902) to a JSON text. Members that the patch does not name keep their bytes, and values of the
 * patch are written as the patch spells them, so that no number changes its digits.
 *
 * The library decides what an operation means and whether it may be applied. The text is changed in the same way, and both
 * results are compared.
 *
 * @param patch The JSON text of the patch.
 */
export function patchText(text: string, patch: string): PatchedText {
  const given = readValue(patch);
  if (!given) return { problem: 'the patch is not JSON' };
  const read = parsePatch(given.value);
  if ('problem' in read) return read;
  const parsed = readValue(text);
  if (!parsed) return { problem: 'the body is not JSON text: send the whole body' };
  const values = new JsonPlaces(patch);
  let edited = text;
  for (const [i, operation] of read.operations.entries()) {
    const spelt = spellOperation(i, operation);
    const problem = problemOf(operation, parsed, edited);
    if (problem !== undefined) return { problem: `${spelt}: ${problem}` };
    const next = editText(edited, operation, values.textAt(`/${i}/value`) ?? 'null');
    if (next === undefined) return { problem: `${spelt}: cannot be made in the text: send the whole body` };
    edited = next;
  }
  const isSame = JSON.stringify(JSON.parse(edited)) === JSON.stringify(parsed.value);
  return isSame ? { text: edited } : { problem: 'the patch cannot be made in the text: send the whole body' };
}

function readValue(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Applies an operation to the parsed value. @returns The reason why it cannot be applied. */
function problemOf(operation: PatchOperation, parsed: { readonly value: unknown }, text: string): string | undefined {
  const places = new JsonPlaces(text);
  const pointers = 'from' in operation ? [operation.from, operation.path] : [operation.path];
  if (pointers.some((pointer) => pathOf(pointer).includes('__proto__')))
    return 'a member __proto__ cannot be patched: send the whole body';
  if (pointers.some((pointer) => places.isAmbiguous(pointer)))
    return 'the object has the member twice: send the whole body';
  try {
    const [error] = applyPatch(parsed.value, [operation]);
    if (!error) return undefined;
    return error.name === 'TestError'
      ? 'the value is another one'
      : 'there is nothing at this path, or it cannot be there';
  } catch {
    return 'the path is not a JSON Pointer (RFC 6901) to a member or an element';
  }
}

function editText(text: string, operation: PatchOperation, value: string): string | undefined {
  const places = new JsonPlaces(text);
  switch (operation.op) {
    case 'test':
      return text;
    case 'add':
      return added(text, operation.path, value);
    case 'replace':
      return places.withValue(operation.path, value);
    case 'remove':
      return places.without(operation.path);
    case 'copy':
    case 'move': {
      const taken = places.textAt(operation.from);
      const rest = operation.op === 'move' ? places.without(operation.from) : text;
      return taken === undefined || rest === undefined ? undefined : added(rest, operation.path, taken);
    }
  }
}

function added(text: string, pointer: string, value: string): string | undefined {
  const places = new JsonPlaces(text);
  const end = pointer.lastIndexOf('/');
  const parent = pointer.slice(0, Math.max(0, end));
  if (!places.isArray(parent)) return places.withValue(pointer, value);
  const index = pointer.slice(end + 1);
  return places.withElement(parent, index === '-' ? 'end' : Number(index), value);
}
