import { kindOf, type Read } from './misfit.ts';

/** Reads whether an event says that it is valid. Undefined if it does not say: `null` counts as absent. */
export function readValid(value: unknown): Read<boolean | undefined> {
  if (value === undefined || value === null) return { value: undefined };
  if (typeof value === 'boolean') return { value };
  return { misfit: { found: kindOf(value), accepted: 'true or false' } };
}
