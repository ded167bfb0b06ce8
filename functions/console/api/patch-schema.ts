import { z } from 'zod';
import { parsePatch } from '../../../shared/operator/json-patch.ts';

/** A JSON Patch (RFC 6902) in a body. */
export const patchSchema = z.array(z.unknown()).transform((given, context) => {
  const parsed = parsePatch(given);
  if ('operations' in parsed) return parsed.operations;
  context.addIssue(parsed.problem);
  return z.NEVER;
});
