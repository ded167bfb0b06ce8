import type { z } from 'zod';

/** Describes issues by paths, without values: `to: below from; attempt: Too small`. */
export function spellIssues({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`).join('; ');
}
