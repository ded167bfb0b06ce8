import type { z } from 'zod';

/** Spells what is wrong, by the paths and without the values: `to: below from; attempt: Too small`. */
export function spellIssues({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`).join('; ');
}
