import { applyPatch } from 'rfc6902';
import { z } from 'zod';
import { pathOf } from '../json-pointer.ts';
import { JsonPlaces } from '../verification/json-places.ts';

/** A text after a patch, or the reason why the patch cannot be applied. Then nothing of it was applied. */
export type PatchedText = { readonly text: string } | { readonly problem: string };

/** Each operation indexes the text anew, and a text may have 10 MB. */
const maxOperations = 100;

const value = z.custom<unknown>((given) => given !== undefined);
const path = z.string();
const operationsSchema = z
  .array(
    z.discriminatedUnion('op', [
      z.object({ op: z.literal(['add', 'replace', 'test']), path, value }),
      z.object({ op: z.literal('remove'), path }),
      z.object({ op: z.literal(['move', 'copy']), path, from: path }),
    ]),
  )
  .max(maxOperations);

type PatchOperation = z.infer<typeof operationsSchema>[number];

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
  const operations = readOperations(patch);
  if (!operations) return { problem: `not a JSON Patch (RFC 6902) with at most ${maxOperations} operations` };
  const parsed = readValue(text);
  if (!parsed) return { problem: 'the body is not JSON text: send the whole body' };
  const values = new JsonPlaces(patch);
  let edited = text;
  for (const [i, operation] of operations.entries()) {
    const spelt = `operation ${i} (${operation.op} ${operation.path})`;
    const problem = problemOf(operation, parsed, edited);
    if (problem !== undefined) return { problem: `${spelt}: ${problem}` };
    const next = editText(edited, operation, values.textAt(`/${i}/value`) ?? 'null');
    if (next === undefined) return { problem: `${spelt}: cannot be made in the text: send the whole body` };
    edited = next;
  }
  const isSame = JSON.stringify(JSON.parse(edited)) === JSON.stringify(parsed.value);
  return isSame ? { text: edited } : { problem: 'the patch cannot be made in the text: send the whole body' };
}

function readOperations(patch: string): readonly PatchOperation[] | undefined {
  const read = readValue(patch);
  return read && operationsSchema.safeParse(read.value).data;
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
