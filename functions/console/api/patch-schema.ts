import { z } from 'zod';
import { parsePatch, type PatchOperation } from '../../../shared/operator/json-patch.ts';
import { isPersonal } from '../../../shared/views/mask-personal.ts';
import { RequestError } from '../response.ts';

/** A JSON Patch (RFC 6902) in a body. */
export const patchSchema = z.array(z.unknown()).transform((given, context) => {
  const parsed = parsePatch(given);
  if ('operations' in parsed) return parsed.operations;
  context.addIssue(parsed.problem);
  return z.NEVER;
});

/**
 * @param next The next step of the caller.
 * @throws RequestError if a patch copies, moves or tests a personal value: its answer, or its copy, would tell the value.
 */
export function refuseRevealing(patch: readonly PatchOperation[], personal: readonly string[], next: string): void {
  const revealing = patch.find((operation) => {
    const { op, path } = operation;
    const read = 'from' in operation ? operation.from : op === 'test' ? path : undefined;
    return read !== undefined && isPersonal(read, personal);
  });
  if (!revealing) return;
  throw new RequestError(400, `The patch has \`${revealing.op}\` of a personal value, which would show the value.`, {
    code: 'personal-value',
    next,
  });
}
