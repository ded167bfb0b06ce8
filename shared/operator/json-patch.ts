import { z } from 'zod';

/** Each operation indexes the text anew, and a text may have 10 MB. */
const maxOperations = 100;

const names = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;
const isPointer = /^(?:\/(?:[^/~]|~[01])*)*$/;
const notAPointer = 'is not a JSON Pointer (RFC 6901): it begins with "/", and "~" is written as "~0"';

const value = z.custom<unknown>((given) => given !== undefined, 'is missing');
const pointer = z.string('is missing, or is no text').regex(isPointer, notAPointer);
const operationSchema = z.discriminatedUnion(
  'op',
  [
    z.object({ op: z.literal(['add', 'replace', 'test']), path: pointer, value }),
    z.object({ op: z.literal('remove'), path: pointer }),
    z.object({ op: z.literal(['move', 'copy']), path: pointer, from: pointer }),
  ],
  { error: ({ input }) => (isObject(input) ? `must be one of ${names.join(', ')}` : 'is no object') },
);

export type PatchOperation = z.infer<typeof operationSchema>;
export type ParsedPatch = { readonly operations: readonly PatchOperation[] } | { readonly problem: string };

/** Reads a JSON Patch (RFC 6902). The problem of a wrong one names the operation, by its number from 0, and its path. */
export function parsePatch(given: unknown): ParsedPatch {
  if (!Array.isArray(given)) return { problem: 'a JSON Patch (RFC 6902) is a list of operations' };
  if (given.length > maxOperations)
    return { problem: `a patch may have ${maxOperations} operations, and this one has ${given.length}` };
  const operations: PatchOperation[] = [];
  for (const [i, one] of (given as readonly unknown[]).entries()) {
    const parsed = operationSchema.safeParse(one);
    const problem = parsed.success ? problemOfMove(parsed.data) : spellIssue(parsed.error.issues[0]);
    if (problem !== undefined) return { problem: `${spellOperation(i, one)}: ${problem}` };
    if (parsed.success) operations.push(parsed.data);
  }
  return { operations };
}

/** Spells an operation by its number, its name and its path, as far as it has them. */
export function spellOperation(number: number, operation: unknown): string {
  const { op, path } = (operation ?? {}) as { readonly op?: unknown; readonly path?: unknown };
  const known = [op, path].filter((one) => typeof one === 'string').join(' ');
  return known === '' ? `operation ${number}` : `operation ${number} (${known})`;
}

function spellIssue(issue: z.core.$ZodIssue | undefined): string | undefined {
  return issue && [...issue.path.map(String), issue.message].join(' ');
}

function isObject(given: unknown): boolean {
  return typeof given === 'object' && given !== null;
}

function problemOfMove(operation: PatchOperation): string | undefined {
  if (operation.op !== 'move' || !operation.path.startsWith(`${operation.from}/`)) return undefined;
  return 'a value cannot be moved into itself';
}
